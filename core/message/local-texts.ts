import type { LocalAct } from "#core/local/log.ts";
import type { LocalCheck } from "#core/local/preflight.ts";
import type { LocalRefusal } from "#core/local/verbs.ts";
import type { Text, Texts } from "#core/message/text.ts";

/** The scanner's own page (LOC-1), and what was done there in the audit log. */
type Words<Space extends string, Value extends string> = { readonly [K in `${Space}.${Value}`]: Text };

const ACTS = {
  "act.local.consent-now": {
    en: "agreed to a change, at the scanner",
    de: "hat einer Änderung am Scanner zugestimmt",
  },
  "act.local.consent-tonight": {
    en: "agreed to a change tonight, at the scanner",
    de: "hat einer Änderung in der Nacht am Scanner zugestimmt",
  },
  "act.local.not-today": {
    en: "put a change off, at the scanner",
    de: "hat eine Änderung am Scanner verschoben",
  },
  "act.local.hold": { en: "held the scanner, at the scanner", de: "hat den Scanner vor Ort gesperrt" },
  "act.local.release": { en: "ended the hold, at the scanner", de: "hat die Sperre vor Ort aufgehoben" },
  "act.local.report": { en: "reported a problem, at the scanner", de: "hat am Scanner ein Problem gemeldet" },
  "act.local.rollback": { en: "rolled back, at the scanner", de: "hat am Scanner zurückgerollt" },
  "act.local.unblock": {
    en: "lifted a block, at the scanner",
    de: "hat am Scanner eine Blockade aufgehoben",
  },
  "act.local.passcode-set": {
    en: "set the passcode, at the scanner",
    de: "hat am Scanner den Passcode gesetzt",
  },
  "act.local.passcode-refused": {
    en: "gave a wrong passcode, at the scanner",
    de: "hat am Scanner einen falschen Passcode genannt",
  },
  "act.local.unknown": {
    en: "did something at the scanner that is newer than this server",
    de: "hat am Scanner etwas getan, das neuer ist als dieser Server",
  },
  "act.local.missed": {
    en: "did not tell everything entered at it in time",
    de: "hat nicht alles rechtzeitig gemeldet, was an ihm eingetragen wurde",
  },
} as const satisfies Words<"act.local", LocalAct | "unknown" | "missed">;

const CHECKS = {
  "local-check.enabled": { en: "Changes are switched on here", de: "Änderungen sind hier eingeschaltet" },
  "local-check.confirmed": {
    en: "It was confirmed on this scanner",
    de: "Sie wurde auf diesem Scanner bestätigt",
  },
  "local-check.other": { en: "It is not what runs already", de: "Sie läuft nicht schon" },
  "local-check.alone": { en: "No other change is under way", de: "Keine andere Änderung ist unterwegs" },
  "local-check.scan": { en: "No scan is running", de: "Keine Messung läuft" },
  "local-check.energised": { en: "The drive is off", de: "Der Antrieb ist aus" },
  "local-check.safety": { en: "The safety daemon is well", de: "Der Sicherheitsdienst ist gesund" },
  "local-check.disk": { en: "There is room on the disk", de: "Auf dem Datenträger ist Platz" },
  "local-check.boot": { en: "There is room on the boot partition", de: "Auf der Boot-Partition ist Platz" },
  "verdict.pass": { en: "yes", de: "ja" },
  "verdict.fail": { en: "no", de: "nein" },
  "verdict.unknown": { en: "not known", de: "nicht bekannt" },
} as const satisfies Words<"local-check", LocalCheck> & Texts;

const REFUSALS = {
  "local-refused.no-passcode": {
    en: "Nobody has set a passcode on this scanner. Root sets one with: fiducial-activate passcode set.",
    de: "Auf diesem Scanner hat niemand einen Passcode gesetzt. Root setzt ihn mit: fiducial-activate passcode set.",
  },
  "local-refused.wrong-passcode": {
    en: "That is not the passcode. Nothing was changed[; the next try is looked at in {waitMs}].",
    de: "Das ist nicht der Passcode. Nichts wurde geändert[; der nächste Versuch zählt in {waitMs}].",
  },
  "local-refused.wait": {
    en: "Too many wrong passcodes. The next one is looked at in {waitMs}.",
    de: "Zu viele falsche Passcodes. Der nächste zählt in {waitMs}.",
  },
  "local-refused.too-many": {
    en: "Too much was entered here within an hour. Try again later, or use the command line.",
    de: "Hier wurde innerhalb einer Stunde zu viel eingetragen. Später noch einmal, oder auf der Kommandozeile.",
  },
  "local-refused.no-text": { en: "A few words are needed.", de: "Ein paar Worte sind nötig." },
  "local-refused.nothing-waits": {
    en: "That change does not wait here any more.",
    de: "Diese Änderung wartet hier nicht mehr.",
  },
  "local-refused.not-held": { en: "This scanner is not held.", de: "Dieser Scanner ist nicht gesperrt." },
  "local-refused.never-confirmed": {
    en: "That generation was never confirmed on this scanner.",
    de: "Diese Generation wurde auf diesem Scanner nie bestätigt.",
  },
  "local-refused.check": {
    en: "A check does not pass: {detail:local-check}.",
    de: "Eine Prüfung ist nicht erfüllt: {detail:local-check}.",
  },
  "local-refused.busy": {
    en: "Another change is just being carried out. Try again in a moment.",
    de: "Gerade wird eine andere Änderung ausgeführt. Gleich noch einmal versuchen.",
  },
} as const satisfies Words<"local-refused", LocalRefusal>;

export const LOCAL_TEXTS = {
  "fact.local": { en: "Entered at the scanner", de: "Am Scanner eingetragen" },
  "act.report.carried": {
    en: "reported, carried here by hand: made {madeAtMs}",
    de: "hat berichtet, von Hand gebracht: entstanden {madeAtMs}",
  },
  ...ACTS,
  ...CHECKS,
  ...REFUSALS,
} as const satisfies Texts;
