import type { Texts } from "#core/message/text.ts";

/** What is known of a scanner before anybody asks it for a change: what speaks against it (stands-against.ts), and what will hold it up. */
export const BEFOREHAND_TEXTS = {
  "blocked.not-seen-running": {
    en: "it says that it is confirmed, and was not seen to run",
    de: "es gilt dort als bestätigt, war aber nicht laufend zu sehen",
  },
  "blocked.not-seen-booted": {
    en: "it says that it is confirmed, and was not seen to be booted",
    de: "es gilt dort als bestätigt, war aber nicht gestartet zu sehen",
  },
  "blocked.overtaken": {
    en: "another change was begun at the scanner itself",
    de: "am Scanner selbst wurde eine andere Änderung begonnen",
  },
  "blocked.ended-unheard": {
    en: "its time was over, and the scanner was not heard",
    de: "ihre Frist war vorbei, und der Scanner war nicht zu hören",
  },
  "blocked.not-released-here": {
    en: "no release that was published here has it; only root on the scanner can go back to it",
    de: "kein hier veröffentlichtes Release enthält es; nur root am Scanner kann dorthin zurück",
  },
  "blocked.action-not-yours": {
    en: "your role at its site does not ask for this",
    de: "Ihre Rolle an seinem Standort fordert das nicht an",
  },
  "blocked.one-scanner-at-a-time": {
    en: "your role asks one scanner at a time",
    de: "Ihre Rolle fordert immer nur einen Scanner auf",
  },
  "blocked.locked-out": { en: "its identity is locked out", de: "seine Identität ist gesperrt" },
  "blocked.retired": { en: "it is retired", de: "er ist ausgemustert" },
  "blocked.runs-already": { en: "it runs this already", de: "es läuft schon" },
  "blocked.model-not-known": {
    en: "its model is not known here",
    de: "sein Modell ist hier nicht bekannt",
  },
  "note.link-late": {
    en: "Its last message is late. It may take a while to hear of it.",
    de: "Seine letzte Meldung ist verspätet. Es kann dauern, bis er davon hört.",
  },
  "note.link-offline": {
    en: "It is not heard. The change expires unless it comes back in time.",
    de: "Er ist nicht zu hören. Die Änderung verfällt, wenn er nicht rechtzeitig zurückkommt.",
  },
  "note.link-never": {
    en: "It has never reported. The change expires unless it does in time.",
    de: "Er hat sich nie gemeldet. Die Änderung verfällt, wenn er es nicht rechtzeitig tut.",
  },
  "note.energised": {
    en: "It is energised. It waits until it is switched off.",
    de: "Er steht unter Strom. Er wartet, bis er abgeschaltet ist.",
  },
  "note.scanning": {
    en: "It is scanning. It waits for the end of the scan.",
    de: "Er misst gerade. Er wartet auf das Ende der Messung.",
  },
  "note.safety-not-ok": {
    en: "Its safety daemon is not seen to be healthy. It does not go forward without it.",
    de: "Sein Sicherheitsdienst ist nicht gesund zu sehen. Ohne ihn geht es nicht vorwärts.",
  },
  "note.changes-not-told": {
    en: "It never said whether it makes changes at all.",
    de: "Er hat nie gesagt, ob er überhaupt Änderungen macht.",
  },
  "note.failed-here": {
    en: "This failed here before, {failedAtMs}. The scanner may refuse it.",
    de: "Das ist hier schon gescheitert, {failedAtMs}. Der Scanner lehnt es womöglich ab.",
  },
  "note.service-maintenance": { en: "It is in maintenance.", de: "Er ist in Wartung." },
  "note.service-out-of-service": { en: "It is out of service.", de: "Er ist außer Betrieb." },
  "note.service-retired": { en: "It is retired.", de: "Er ist ausgemustert." },
} as const satisfies Texts;
