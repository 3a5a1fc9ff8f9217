import type { Text, Texts } from "#core/message/text.ts";
import type { REFUSAL_KINDS, RefusalReason } from "#core/trust/attack.ts";

type Kind = (typeof REFUSAL_KINDS)[RefusalReason];

/** Why a scanner refused, as a clause behind "refused:" or "blocked here:". A word of the scanner without a text does not compile. */
const BLOCKED = {
  "blocked.bad-signature": { en: "its signature is not valid", de: "seine Signatur ist nicht gültig" },
  "blocked.threshold-missed": { en: "too few people signed it", de: "zu wenige Personen haben es signiert" },
  "blocked.duplicate-key": { en: "one key counted twice", de: "ein Schlüssel zählte doppelt" },
  "blocked.metadata-rolled-back": {
    en: "it was shown older metadata than before",
    de: "ihm wurden ältere Metadaten gezeigt als zuvor",
  },
  "blocked.metadata-frozen": { en: "its metadata is out of date", de: "seine Metadaten sind veraltet" },
  "blocked.mix-and-match": {
    en: "files that do not belong together were mixed",
    de: "Dateien, die nicht zusammengehören, wurden gemischt",
  },
  "blocked.wrong-metadata": {
    en: "its metadata is not what it claims to be",
    de: "seine Metadaten sind nicht, was sie vorgeben",
  },
  "blocked.too-large": {
    en: "a file is larger than was signed",
    de: "eine Datei ist größer als signiert",
  },
  "blocked.too-slow": { en: "a file came too slowly", de: "eine Datei kam zu langsam" },
  "blocked.delegation": {
    en: "its metadata names other signers",
    de: "seine Metadaten nennen andere Signierende",
  },
  "blocked.wrong-recipient": { en: "it is for another scanner", de: "es ist für einen anderen Scanner" },
  "blocked.several-instructions": {
    en: "it was given several instructions at once",
    de: "es kamen mehrere Anweisungen zugleich",
  },
  "blocked.unknown-release": { en: "nobody signed this release", de: "niemand hat dieses Release signiert" },
  "blocked.releases-disagree": {
    en: "the instruction and the signed release disagree",
    de: "Anweisung und signiertes Release widersprechen sich",
  },
  "blocked.replayed": { en: "it was replayed", de: "es wurde wiederholt eingespielt" },
  "blocked.same-sequence": {
    en: "two instructions carry the same number",
    de: "zwei Anweisungen tragen dieselbe Nummer",
  },
  "blocked.instruction-too-long": {
    en: "its instruction is valid for too long",
    de: "seine Anweisung gilt zu lange",
  },
  "blocked.content-mismatch": {
    en: "its content is not what was signed",
    de: "sein Inhalt ist nicht der signierte",
  },
  "blocked.unsigned-path": {
    en: "it holds a path nobody signed",
    de: "es enthält einen nicht signierten Pfad",
  },
  "blocked.path-set-differs": {
    en: "its paths are not the signed ones",
    de: "seine Pfade sind nicht die signierten",
  },
  "blocked.wrong-system": { en: "it is not the signed system", de: "es ist nicht das signierte System" },
  "blocked.wrong-model": { en: "it is for another model", de: "es ist für ein anderes Modell" },
  "blocked.below-floor": { en: "it is below the security floor", de: "es liegt unter der Sicherheitsgrenze" },
  "blocked.older-release": { en: "it is older than what runs", de: "es ist älter als das laufende" },
  "blocked.never-confirmed-here": {
    en: "it was never confirmed on this scanner",
    de: "es wurde auf diesem Scanner nie bestätigt",
  },
  "blocked.withdrawn": { en: "it was withdrawn", de: "es wurde zurückgezogen" },
  "blocked.instruction-expired": { en: "its instruction expired", de: "seine Anweisung ist verfallen" },
  "blocked.blocked-here": { en: "it failed here before", de: "es ist hier schon einmal gescheitert" },
  "blocked.held": {
    en: "it is held since it went back by itself",
    de: "er ist angehalten, seit er von selbst zurückging",
  },
  "blocked.not-on-disk": { en: "it is not on its disk", de: "es liegt nicht auf dem Datenträger" },
  "blocked.firmware-does-not-fit": {
    en: "its firmware does not fit[: {part} has {found}][: what {unseen} has was not seen][, needed is {wanted}][; {more} more do not fit]",
    de: "die Firmware passt nicht[: {part} hat {found}][: was {unseen} hat, war nicht zu sehen][, nötig ist {wanted}][; {more} weitere passen nicht]",
  },
  "blocked.calibration-does-not-fit": {
    en: "its calibration does not fit[: {part} is {found}][: what {unseen} is was not seen][, needed is {wanted}][; {more} more do not fit]",
    de: "die Kalibrierung passt nicht[: {part} ist {found}][: was {unseen} ist, war nicht zu sehen][, nötig ist {wanted}][; {more} weitere passen nicht]",
  },
  "blocked.changes-off": { en: "changes are switched off", de: "Änderungen sind ausgeschaltet" },
  "blocked.disk-full": { en: "the disk is full", de: "der Datenträger ist voll" },
  "blocked.busy": { en: "another change is under way", de: "eine andere Änderung ist unterwegs" },
  "blocked.clock-wrong": { en: "its clock is wrong", de: "seine Uhr geht falsch" },
} as const satisfies { readonly [K in `blocked.${RefusalReason}`]: Text };

/** The name of what was refused, as people who know such attacks call it (update-systems.md §4.5). */
const NAMES = {
  "refusal-name.bad-signature": { en: "Invalid signature", de: "Ungültige Signatur" },
  "refusal-name.threshold-missed": { en: "Too few signatures", de: "Zu wenige Signaturen" },
  "refusal-name.duplicate-key": { en: "Key counted twice", de: "Doppelt gezählter Schlüssel" },
  "refusal-name.metadata-rolled-back": { en: "Metadata rollback", de: "Zurückgesetzte Metadaten" },
  "refusal-name.metadata-frozen": { en: "Freeze", de: "Eingefrorene Metadaten" },
  "refusal-name.mix-and-match": { en: "Mix-and-match", de: "Vermischte Dateien" },
  "refusal-name.wrong-metadata": { en: "Wrong metadata", de: "Falsche Metadaten" },
  "refusal-name.too-large": { en: "Endless data", de: "Endlose Daten" },
  "refusal-name.too-slow": { en: "Slow retrieval", de: "Gebremste Übertragung" },
  "refusal-name.delegation": { en: "Foreign delegation", de: "Fremde Delegation" },
  "refusal-name.wrong-recipient": { en: "Wrong recipient", de: "Falscher Empfänger" },
  "refusal-name.several-instructions": { en: "Several instructions", de: "Mehrere Anweisungen" },
  "refusal-name.unknown-release": { en: "Unsigned release", de: "Unsigniertes Release" },
  "refusal-name.releases-disagree": { en: "Repositories disagree", de: "Ablagen widersprechen sich" },
  "refusal-name.replayed": { en: "Replay", de: "Wiedereinspielung" },
  "refusal-name.same-sequence": { en: "Number used twice", de: "Doppelte Nummer" },
  "refusal-name.instruction-too-long": { en: "Instruction valid too long", de: "Zu lange gültige Anweisung" },
  "refusal-name.content-mismatch": { en: "Altered content", de: "Veränderter Inhalt" },
  "refusal-name.unsigned-path": { en: "Unsigned path", de: "Unsignierter Pfad" },
  "refusal-name.path-set-differs": { en: "Other set of paths", de: "Andere Pfadmenge" },
  "refusal-name.wrong-system": { en: "Wrong system", de: "Falsches System" },
  "refusal-name.wrong-model": { en: "Wrong model", de: "Falsches Modell" },
  "refusal-name.below-floor": { en: "Below the security floor", de: "Unter der Sicherheitsgrenze" },
  "refusal-name.older-release": { en: "Downgrade", de: "Herabstufung" },
  "refusal-name.never-confirmed-here": { en: "Never confirmed here", de: "Hier nie bestätigt" },
  "refusal-name.withdrawn": { en: "Withdrawn release", de: "Zurückgezogenes Release" },
  "refusal-name.instruction-expired": { en: "Expired", de: "Verfallen" },
  "refusal-name.blocked-here": { en: "Blocked here", de: "Hier blockiert" },
  "refusal-name.held": { en: "Held after a rollback", de: "Nach Rückkehr angehalten" },
  "refusal-name.not-on-disk": { en: "Not on disk", de: "Nicht auf dem Datenträger" },
  "refusal-name.firmware-does-not-fit": { en: "Firmware does not fit", de: "Firmware passt nicht" },
  "refusal-name.calibration-does-not-fit": { en: "Calibration does not fit", de: "Kalibrierung passt nicht" },
  "refusal-name.changes-off": { en: "Changes switched off", de: "Änderungen ausgeschaltet" },
  "refusal-name.disk-full": { en: "Disk full", de: "Datenträger voll" },
  "refusal-name.busy": { en: "Busy", de: "Beschäftigt" },
  "refusal-name.clock-wrong": { en: "Wrong clock", de: "Falsche Uhr" },
} as const satisfies { readonly [K in `refusal-name.${RefusalReason}`]: Text };

/** What kind of refusal it is: what it means, that nothing happened, what to do. */
const KINDS = {
  "refusal-kind.attack": {
    en: "Somebody or something meddled with what was sent. The scanner refused it and changed nothing. Tell whoever keeps the release keys and this server before you ask again.",
    de: "Jemand oder etwas hat das Gesendete verändert. Der Scanner hat es abgelehnt und nichts geändert. Wer die Release-Schlüssel und diesen Server betreut, muss es wissen, bevor Sie erneut anfragen.",
  },
  "refusal-kind.state": {
    en: "Nothing is wrong with the signatures: this scanner may not take it as things stand. It changed nothing.",
    de: "Die Signaturen sind in Ordnung: Dieser Scanner darf es nach Lage der Dinge nicht annehmen. Er hat nichts geändert.",
  },
  "refusal-kind.clock": {
    en: "With a wrong clock the scanner cannot tell old from new. This is no sign of an attack. Set its clock, then ask again.",
    de: "Mit falscher Uhr kann der Scanner Altes nicht von Neuem unterscheiden. Das ist kein Zeichen eines Angriffs. Die Uhr stellen, dann erneut anfragen.",
  },
} as const satisfies { readonly [K in `refusal-kind.${Kind}`]: Text };

export const REFUSED_TEXTS = { ...BLOCKED, ...NAMES, ...KINDS } as const satisfies Texts;
