/** What each word of a scanner's state means, most pressing first (the about page; status.md, Headline). */
export const meanings = {
  "meaning.title": { en: "What the words mean", de: "Was die Wörter bedeuten" },
  "meaning.intro": {
    en: "The first that applies is shown; chips beside it name what it hides.",
    de: "Gezeigt wird das erste, das zutrifft; Marken daneben nennen, was es verdeckt.",
  },
  "meaning.unsafe": {
    en: "Protection is not assured: the safety daemon is lost, bypassed, over a limit or wrongly configured. Do not scan.",
    de: "Der Schutz ist nicht gewährleistet: Der Sicherheitsdienst ist verstummt, überbrückt, über einem Grenzwert oder falsch eingestellt. Nicht scannen.",
  },
  "meaning.tripped": {
    en: "The interlock acted and the scanner is in its safe state. It is reset on site only.",
    de: "Die Verriegelung hat ausgelöst, der Scanner ist im sicheren Zustand. Zurückgesetzt wird nur vor Ort.",
  },
  "meaning.offline": {
    en: "Nothing was heard for three minutes. The scanner may be fine; its link is not.",
    de: "Seit drei Minuten war nichts zu hören. Der Scanner kann in Ordnung sein, seine Verbindung ist es nicht.",
  },
  "meaning.unknown": {
    en: "It cannot be said: never reported, not believable, or something that matters was not seen.",
    de: "Lässt sich nicht sagen: nie gemeldet, nicht glaubhaft, oder etwas Wichtiges war nicht zu sehen.",
  },
  "meaning.degraded": {
    en: "Something it needs for scanning does not work, or a change is stuck.",
    de: "Etwas, das er zum Scannen braucht, geht nicht, oder eine Änderung hängt fest.",
  },
  "meaning.updating": {
    en: "A change is running, within its time.",
    de: "Eine Änderung läuft, innerhalb ihrer Zeit.",
  },
  "meaning.drifted": {
    en: "It works, but it is not what it should be: settings, an unknown system, or a reboot that is due.",
    de: "Er arbeitet, ist aber nicht, was er sein soll: Einstellungen, ein unbekanntes System oder ein fälliger Neustart.",
  },
  "meaning.behind": {
    en: "All as its release says, but not the release that is pinned for it.",
    de: "Alles wie in seinem Release, aber nicht das Release, das für ihn festgelegt ist.",
  },
  "meaning.nominal": {
    en: "Every item that counts was seen and is equal, and the scanner was heard within three minutes.",
    de: "Jeder Prüfpunkt, der zählt, wurde gesehen und stimmt, und der Scanner war in den letzten drei Minuten zu hören.",
  },
} as const;
