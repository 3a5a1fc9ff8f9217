import type { Texts } from "#core/message/text.ts";

/** What is wrong with a line of a sheet that somebody imports, and what the log and the refusals say of importing. */
export const SHEET_TEXTS = {
  "sheet.empty-sheet": { en: "There is no line in it.", de: "Es enthält keine Zeile." },
  "sheet.not-csv": {
    en: "This line cannot be read as CSV: a quotation mark is not closed, or stands where none may.",
    de: "Diese Zeile ist kein lesbares CSV: Ein Anführungszeichen ist nicht geschlossen oder steht, wo keines stehen darf.",
  },
  "sheet.missing-column": { en: "This column is needed.", de: "Diese Spalte wird gebraucht." },
  "sheet.doubled-column": { en: "This column is there twice.", de: "Diese Spalte gibt es doppelt." },
  "sheet.other-cell-count": {
    en: "{cells} {cells|cell|cells}, but {columns} {columns|column|columns}.",
    de: "{cells} {cells|Zelle|Zellen}, aber {columns} {columns|Spalte|Spalten}.",
  },
  "sheet.missing-value": { en: "A value is needed here.", de: "Hier wird ein Wert gebraucht." },
  "sheet.too-long": { en: "Longer than {max} characters.", de: "Länger als {max} Zeichen." },
  "sheet.named-twice": {
    en: "{name} stands in line {line} already.",
    de: "{name} steht schon in Zeile {line}.",
  },
  "sheet.unknown-serial": {
    en: "No scanner with the serial {serial} is enrolled where you may change it.",
    de: "Kein Scanner mit der Seriennummer {serial} ist dort angemeldet, wo Sie ihn ändern dürfen.",
  },
  "sheet.retired-serial": { en: "{serial} is retired.", de: "{serial} ist ausgemustert." },
  "sheet.unknown-site": {
    en: "No site {site} that you may bring a scanner to.",
    de: "Kein Standort {site}, an den Sie einen Scanner verlegen dürfen.",
  },
  "sheet.closed-site": { en: "{site} is closed.", de: "{site} ist geschlossen." },
  "sheet.move-not-allowed": {
    en: "You may not take a scanner away from {site}.",
    de: "Sie dürfen keinen Scanner von {site} wegnehmen.",
  },
  "sheet.not-a-tag": {
    en: "{tag} is not a tag: letters, digits and . _ : / - only, at most {max}.",
    de: "{tag} ist kein Schlagwort: nur Buchstaben, Ziffern und . _ : / -, höchstens {max}.",
  },
  "sheet.too-many-tags": { en: "More than {max} tags.", de: "Mehr als {max} Schlagwörter." },
  "sheet.unknown-region": {
    en: "No region {region} in which you may make a site.",
    de: "Keine Region {region}, in der Sie einen Standort anlegen dürfen.",
  },
  "sheet.not-a-zone": { en: "{zone} is not a time zone.", de: "{zone} ist keine Zeitzone." },
  "act.sheet.labels-exported": {
    en: "exported the scanners' labels as a file",
    de: "hat die Bezeichnungen der Scanner als Datei exportiert",
  },
  "act.sheet.sites-exported": {
    en: "exported the sites as a file",
    de: "hat die Standorte als Datei exportiert",
  },
  "act.sheet.labels-imported": {
    en: "imported labels from a sheet",
    de: "hat Bezeichnungen aus einer Tabelle eingelesen",
  },
  "act.sheet.sites-imported": {
    en: "imported sites from a sheet",
    de: "hat Standorte aus einer Tabelle eingelesen",
  },
  "act.scanner.labels-imported": {
    en: "changed the scanner's labels from a sheet",
    de: "hat die Bezeichnungen des Scanners aus einer Tabelle geändert",
  },
  "act.site.imported": {
    en: "changed the site from a sheet",
    de: "hat den Standort aus einer Tabelle geändert",
  },
  "refusal.sheet-too-large": {
    en: "The sheet is larger than {limitBytes}.",
    de: "Die Tabelle ist größer als {limitBytes}.",
  },
  "refusal.sheet-too-long": {
    en: "The sheet has more than {lines} lines.",
    de: "Die Tabelle hat mehr als {lines} Zeilen.",
  },
  "refusal.sheet-has-problems": {
    en: "{problems} {problems|line is|lines are} wrong, so nothing was written.",
    de: "{problems} {problems|Zeile ist|Zeilen sind} falsch, deshalb wurde nichts geschrieben.",
  },
  "refusal.sheet-moved-on": {
    en: "What the sheet would change is no longer what you were shown. Look again.",
    de: "Die Tabelle würde nicht mehr das ändern, was Ihnen gezeigt wurde. Bitte erneut ansehen.",
  },
} as const satisfies Texts;
