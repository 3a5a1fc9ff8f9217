/** Adopting what a scanner runs now as its baseline. */
export const adopting = {
  "adopt.title": { en: "Adopt the state of {serial}", de: "Zustand von {serial} übernehmen" },
  "adopt.crumb": { en: "Adopt", de: "Übernehmen" },
  "adopt.intro": {
    en: "What is ticked here is expected of {serial} from now on; whatever differs later is a finding. The result is an observed baseline: nobody signed it.",
    de: "Was hier angekreuzt ist, wird künftig von {serial} erwartet; was später abweicht, ist ein Befund. Das Ergebnis ist ein beobachteter Bezug: niemand hat ihn signiert.",
  },
  "adopt.seen": { en: "Seen {time}.", de: "Gesehen {time}." },
  "adopt.what": { en: "The proposal", de: "Der Vorschlag" },
  "adopt.name": { en: "Name of the baseline", de: "Name des Bezugs" },
  "adopt.chosen": { en: "{n} of {total} items chosen.", de: "{n} von {total} Punkten gewählt." },
  "adopt.group": { en: "{name}, {n} of {total}", de: "{name}, {n} von {total}" },
  "adopt.all": { en: "All of {name}", de: "Alle von {name}" },
  "adopt.classOf": { en: "Class of {item}", de: "Klasse von {item}" },
  "adopt.classOfGroup": { en: "Class of all in {name}", de: "Klasse aller in {name}" },
  "adopt.mixed": { en: "mixed", de: "gemischt" },
  "adopt.look": { en: "Look twice", de: "Genau hinsehen" },
  "adopt.do": {
    en: "Adopt {n} {n?item:items} as baseline of {serial}",
    de: "{n} {n?Punkt:Punkte} als Bezug von {serial} übernehmen",
  },
  "adopt.nothing": { en: "Choose at least one item.", de: "Wählen Sie mindestens einen Punkt." },
  "adopt.moved": {
    en: "The scanner reported something new since this list was made. Your choices are kept; look at the new list and adopt again.",
    de: "Der Scanner hat Neues gemeldet, seit diese Liste entstand. Ihre Auswahl bleibt; sehen Sie die neue Liste an und übernehmen Sie dann.",
  },
  "adopt.reload": { en: "Load the new list", de: "Neue Liste laden" },
  "adopt.notYet": {
    en: "It has not reported yet, so there is nothing to adopt.",
    de: "Er hat noch nichts gemeldet, also gibt es nichts zu übernehmen.",
  },
} as const;
