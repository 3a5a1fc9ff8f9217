import type { Text } from "#core/message/text.ts";
import type { RefusalReason } from "#core/trust/attack.ts";

/** What the scanner saw, one sentence per refusal; what it means and what to do is said by its kind (refused-texts.ts). */
export const REFUSED_SENTENCES = {
  "refusal-told.bad-signature": {
    en: "A signature does not fit the file it came with, or no known key made it.",
    de: "Eine Signatur passt nicht zu ihrer Datei, oder kein bekannter Schlüssel hat sie gemacht.",
  },
  "refusal-told.threshold-missed": {
    en: "Fewer people signed than the trusted root demands.",
    de: "Es haben weniger Personen signiert, als die vertraute Wurzel verlangt.",
  },
  "refusal-told.duplicate-key": {
    en: "One key stands in it under several names, so that one person could count as several.",
    de: "Ein Schlüssel steht unter mehreren Namen darin, sodass eine Person als mehrere zählen könnte.",
  },
  "refusal-told.metadata-rolled-back": {
    en: "It was shown an older version of metadata than it has already seen.",
    de: "Ihm wurde eine ältere Fassung der Metadaten gezeigt, als er schon gesehen hat.",
  },
  "refusal-told.metadata-frozen": {
    en: "The metadata it is shown is past its date: somebody keeps newer metadata from it, or nobody renewed it.",
    de: "Die gezeigten Metadaten sind abgelaufen: Jemand hält ihm neuere vor, oder niemand hat sie erneuert.",
  },
  "refusal-told.mix-and-match": {
    en: "Files of different times were put together: the snapshot lists other versions than those that came.",
    de: "Dateien verschiedener Zeitpunkte wurden zusammengestellt: Der Snapshot nennt andere Fassungen, als kamen.",
  },
  "refusal-told.wrong-metadata": {
    en: "A metadata file is of another kind, or says other things, than its place demands.",
    de: "Eine Metadaten-Datei ist von anderer Art oder sagt anderes, als an ihrer Stelle stehen darf.",
  },
  "refusal-told.too-large": {
    en: "A file went on beyond the size that was signed for it. The scanner stopped reading there.",
    de: "Eine Datei ging über die signierte Größe hinaus. Dort hat der Scanner aufgehört zu lesen.",
  },
  "refusal-told.too-slow": {
    en: "A file came so slowly that it would have kept the scanner busy without end.",
    de: "Eine Datei kam so langsam, dass sie den Scanner ohne Ende beschäftigt hätte.",
  },
  "refusal-told.delegation": {
    en: "The metadata hands the right to sign on to others, which nobody here is allowed to do.",
    de: "Die Metadaten geben das Recht zu signieren weiter, was hier niemand darf.",
  },
  "refusal-told.wrong-recipient": {
    en: "The instruction is addressed to another scanner.",
    de: "Die Anweisung ist an einen anderen Scanner gerichtet.",
  },
  "refusal-told.several-instructions": {
    en: "It was given more than one instruction at once, where there is one or none.",
    de: "Es kam mehr als eine Anweisung zugleich, wo es eine oder keine gibt.",
  },
  "refusal-told.unknown-release": {
    en: "The instruction points to something that nobody signed as a release.",
    de: "Die Anweisung zeigt auf etwas, das niemand als Release signiert hat.",
  },
  "refusal-told.releases-disagree": {
    en: "The instruction says other things of the release than the people who signed it.",
    de: "Die Anweisung sagt vom Release anderes als die Personen, die es signiert haben.",
  },
  "refusal-told.replayed": {
    en: "An instruction that was carried out or overtaken before was sent again.",
    de: "Eine Anweisung, die schon ausgeführt oder überholt war, wurde noch einmal geschickt.",
  },
  "refusal-told.same-sequence": {
    en: "Two different instructions carry the same number.",
    de: "Zwei verschiedene Anweisungen tragen dieselbe Nummer.",
  },
  "refusal-told.instruction-too-long": {
    en: "The instruction wants to be valid for longer than any may be.",
    de: "Die Anweisung will länger gelten, als eine gelten darf.",
  },
  "refusal-told.content-mismatch": {
    en: "What came has another hash or length than what was signed.",
    de: "Was ankam, hat einen anderen Hash oder eine andere Länge als das Signierte.",
  },
  "refusal-told.unsigned-path": {
    en: "A store path came along that is in no signed release.",
    de: "Es kam ein Store-Pfad mit, der in keinem signierten Release steht.",
  },
  "refusal-told.path-set-differs": {
    en: "The closure does not consist of exactly the paths that were signed.",
    de: "Die Closure besteht nicht genau aus den signierten Pfaden.",
  },
  "refusal-told.wrong-system": {
    en: "The system it was told to take is not the one that was signed under this name.",
    de: "Das genannte System ist nicht das, das unter diesem Namen signiert wurde.",
  },
  "refusal-told.wrong-model": {
    en: "The system is signed for another model or hardware revision.",
    de: "Das System ist für ein anderes Modell oder einen anderen Hardwarestand signiert.",
  },
  "refusal-told.below-floor": {
    en: "The release lies below the security floor that people signed. No portal act can lift that.",
    de: "Das Release liegt unter der signierten Sicherheitsgrenze. Aus dem Portal lässt sich das nicht aufheben.",
  },
  "refusal-told.older-release": {
    en: "It was told to go forward to a release that is older than the one it runs.",
    de: "Er sollte zu einem Release vorwärts gehen, das älter ist als das laufende.",
  },
  "refusal-told.never-confirmed-here": {
    en: "It was told to go back to a generation that was never confirmed on it.",
    de: "Er sollte zu einer Generation zurück, die auf ihm nie bestätigt wurde.",
  },
  "refusal-told.withdrawn": {
    en: "People withdrew this release. Choose another.",
    de: "Dieses Release wurde zurückgezogen. Ein anderes wählen.",
  },
  "refusal-told.instruction-expired": {
    en: "The scanner saw the instruction after its time was over. Ask again while the scanner is live.",
    de: "Der Scanner sah die Anweisung erst nach ihrer Frist. Erneut anfragen, solange der Scanner verbunden ist.",
  },
  "refusal-told.blocked-here": {
    en: "This closure failed here before and stays blocked on this scanner. Choose another release, or have the block lifted by two people.",
    de: "Diese Closure ist hier schon gescheitert und bleibt auf diesem Scanner blockiert. Ein anderes Release wählen oder die Blockade von zwei Personen aufheben lassen.",
  },
  "refusal-told.held": {
    en: "The scanner went back by itself and is held since. Find out why, then release it with a reason.",
    de: "Der Scanner ging von selbst zurück und ist seitdem angehalten. Die Ursache klären, dann mit Begründung freigeben.",
  },
  "refusal-told.not-on-disk": {
    en: "What it should go back to is no longer on its disk, or no longer whole.",
    de: "Wohin er zurück soll, liegt nicht mehr oder nicht mehr vollständig auf dem Datenträger.",
  },
  "refusal-told.firmware-does-not-fit": {
    en: "A device reports firmware that this release does not work with. Look at the firmware the release names.",
    de: "Ein Gerät meldet eine Firmware, mit der dieses Release nicht arbeitet. Die vom Release genannte Firmware ansehen.",
  },
  "refusal-told.calibration-does-not-fit": {
    en: "The scanner's calibration is not one this release works with.",
    de: "Mit der Kalibrierung des Scanners arbeitet dieses Release nicht.",
  },
  "refusal-told.changes-off": {
    en: "This scanner only observes: changes are switched off in its own configuration.",
    de: "Dieser Scanner beobachtet nur: Änderungen sind in seiner eigenen Konfiguration ausgeschaltet.",
  },
  "refusal-told.disk-full": {
    en: "There is not enough room on its disk. Free some, then ask again.",
    de: "Auf dem Datenträger ist nicht genug Platz. Platz schaffen, dann erneut anfragen.",
  },
  "refusal-told.busy": {
    en: "Another change is under way on it. Wait for its end, then ask again.",
    de: "Eine andere Änderung ist auf ihm unterwegs. Ihr Ende abwarten, dann erneut anfragen.",
  },
  "refusal-told.clock-wrong": {
    en: "Its clock is so far off that signatures cannot be judged by their dates.",
    de: "Seine Uhr geht so falsch, dass sich Signaturen nicht nach ihrem Datum beurteilen lassen.",
  },
} as const satisfies { readonly [K in `refusal-told.${RefusalReason}`]: Text };
