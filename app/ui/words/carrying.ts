/** A change that is carried to its scanner on a USB stick. */
export const carrying = {
  "carry.act": { en: "Carry by USB stick", de: "Per USB-Stick bringen" },
  "carry.title": { en: "Carry by USB stick.", de: "Per USB-Stick bringen." },
  "carry.body": {
    en: "For a scanner that no network reaches. What is signed for {serial} lasts a day; this makes it last the whole way. The stick is written where the release was built.",
    de: "Für einen Scanner, den kein Netz erreicht. Was für {serial} signiert ist, gilt einen Tag; hiermit gilt es für den ganzen Weg. Geschrieben wird der Stick, wo das Release gebaut wurde.",
  },
  "carry.again": { en: "Make it last longer", de: "Länger gelten lassen" },
  "carry.dialogBody": {
    en: "Until then, whoever stands between the server and this scanner can keep a newer word from it. It ends with the change, {time} at the latest.",
    de: "Wer zwischen Server und diesem Scanner steht, kann ihm bis dahin ein neueres Wort vorenthalten. Es endet mit der Änderung, spätestens {time}.",
  },
  "carry.until": { en: "Until when ({zone})", de: "Bis wann ({zone})" },
  "carry.untilHint": {
    en: "As long as the journey takes. Left as it is: the end of the change.",
    de: "So lange, wie der Weg dauert. Unverändert: das Ende der Änderung.",
  },
  "form.carryUntil": {
    en: "A time from now on until the end of the change.",
    de: "Eine Zeit von jetzt an bis zum Ende der Änderung.",
  },
  "carry.by": {
    en: "{who}, {time}, until {until}: {why}",
    de: "{who}, {time}, bis {until}: {why}",
  },
  "carry.decided": {
    en: "Decided. It waits for the signer; nothing lasts longer yet.",
    de: "Entschieden. Es wartet auf den Signierdienst; noch gilt nichts länger.",
  },
  "carry.decidedUnsigned": {
    en: "Decided. The change itself waits for the signer first; nothing lasts longer yet.",
    de: "Entschieden. Zuerst wartet die Änderung selbst auf den Signierdienst; noch gilt nichts länger.",
  },
  "carry.refused": {
    en: "The signer would not sign it: {why}. It can be decided again.",
    de: "Der Signierdienst wollte es nicht signieren: {why}. Es lässt sich neu entscheiden.",
  },
  "carry.lapsed": {
    en: "The change went on or ended before it was signed. Nothing was made to last.",
    de: "Die Änderung ging weiter oder endete, bevor es signiert war. Nichts gilt länger.",
  },
  "carry.good": { en: "Good until {time}.", de: "Gültig bis {time}." },
  "carry.over": {
    en: "It was good until {time}. Decide it again to write another stick.",
    de: "Gültig war es bis {time}. Für einen weiteren Stick neu entscheiden.",
  },
  "carry.takenBack": {
    en: "The change was taken back. A stick that was written before still brings it until {time}, unless the scanner hears from its server first.",
    de: "Die Änderung wurde zurückgenommen. Ein vorher geschriebener Stick bringt sie noch bis {time}, außer der Scanner hört vorher von seinem Server.",
  },
  "carry.was": { en: "It was signed to last until {time}.", de: "Signiert war es bis {time}." },
  "carry.station": {
    en: "At the release station, with the stick mounted at /media/stick:",
    de: "An der Release-Station, mit dem Stick unter /media/stick:",
  },
  "carry.copyCommand": { en: "Copy the command", de: "Befehl kopieren" },
  "carry.atScanner": {
    en: "Then at the scanner, as root: three commands",
    de: "Dann am Scanner, als root: drei Befehle",
  },
  "carry.copyAtScanner": { en: "Copy the three commands", de: "Die drei Befehle kopieren" },
  "carry.atScannerBody": {
    en: "The second one changes nothing. The stick may go once the third says that it is no longer needed.",
    de: "Der zweite ändert nichts. Der Stick darf ab, sobald der dritte sagt, dass er nicht mehr gebraucht wird.",
  },
} as const;
