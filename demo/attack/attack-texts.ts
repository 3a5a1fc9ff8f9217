import type { Texts } from "#core/message/text.ts";

/** What whoever owns the server does, one sentence per script (demo/attack/scripts.ts), in the catalogue's form. */
export const ATTACK_TEXTS = {
  "E-01": {
    en: "Names a closure that nobody signed as the system of a signed release; content-addressed, so that Nix itself asks for no signature.",
    de: "Nennt eine Closure, die niemand signiert hat, als System eines signierten Releases; inhaltsadressiert, sodass Nix selbst keine Signatur verlangt.",
  },
  "E-02": {
    en: "Signs a path with the cache's key and points at a release of its own that people never listed.",
    de: "Signiert einen Pfad mit dem Schlüssel des Caches und zeigt auf ein eigenes Release, das niemand gelistet hat.",
  },
  "E-03": {
    en: "Sends a release that people signed for another model.",
    de: "Schickt ein Release, das für ein anderes Modell signiert wurde.",
  },
  "E-04": {
    en: "Serves what was signed for a neighbouring scanner.",
    de: "Liefert aus, was für einen benachbarten Scanner signiert wurde.",
  },
  "E-05": {
    en: "Asks to go back to an old release with known holes, which the security floor has left behind.",
    de: "Verlangt die Rückkehr zu einem alten Release mit bekannten Lücken, das unter der Sicherheitsgrenze liegt.",
  },
  "E-06": {
    en: "Calls a release that never proved itself on this scanner a rollback.",
    de: "Nennt ein Release, das sich auf diesem Scanner nie bewährt hat, eine Rückkehr.",
  },
  "E-07": {
    en: "Replays the instruction before the last, freshly signed.",
    de: "Spielt die vorletzte Anweisung wieder ein, frisch signiert.",
  },
  "E-08": {
    en: "Gives another instruction the number of the last one.",
    de: "Gibt einer anderen Anweisung die Nummer der letzten.",
  },
  "E-09": {
    en: "Withholds newer releases and swears every day that the old list is the newest, for 200 days.",
    de: "Hält neuere Releases zurück und beschwört 200 Tage lang täglich, die alte Liste sei die neueste.",
  },
  "E-10": {
    en: "Signs nearly the highest version there is, so that no honest one is higher, and goes on with the old keys after people replaced them.",
    de: "Signiert fast die höchste Fassung, die es gibt, damit keine ehrliche höher ist, und macht mit den alten Schlüsseln weiter, nachdem sie ersetzt wurden.",
  },
  "E-11": {
    en: "Puts parts of one signed release into another and mends the file so that it holds together.",
    de: "Setzt Teile eines signierten Releases in ein anderes ein und passt die Datei an, sodass sie in sich stimmt.",
  },
  "E-12": {
    en: "Sends a file without an end.",
    de: "Schickt eine Datei ohne Ende.",
  },
  "E-13": {
    en: "Signs an instruction that is to be kept for ten years.",
    de: "Signiert eine Anweisung, die zehn Jahre aufgehoben werden soll.",
  },
  "E-14": {
    en: "Asks for a signed release in the middle of a scan.",
    de: "Verlangt mitten in einer Messung ein signiertes Release.",
  },
  "E-15": {
    en: "Pushes a signing key of its own for the store, as configuration.",
    de: "Schiebt einen eigenen Signaturschlüssel für den Store als Konfiguration unter.",
  },
  "E-16": {
    en: "Calls a release confirmed that failed its probes here, then asks for it again.",
    de: "Nennt ein Release bestätigt, das hier seine Proben nicht bestand, und verlangt es dann erneut.",
  },
} as const satisfies Texts;

/** What is arranged on the scanner beforehand, where an attack needs a past that it does not have; said before anybody takes it for one. */
export const SETUP_TEXTS = {
  "E-05": {
    en: "Arranged for it: the scanner once confirmed that release, and people raised the floor since.",
    de: "Dafür eingerichtet: Der Scanner hat jenes Release einst bestätigt, und die Grenze wurde seither angehoben.",
  },
  "E-07": {
    en: "Arranged for it where nothing was ever asked of the scanner: two instructions before.",
    de: "Dafür eingerichtet, falls vom Scanner noch nie etwas verlangt wurde: zwei frühere Anweisungen.",
  },
  "E-08": {
    en: "Arranged for it where nothing was ever asked of the scanner: two instructions before.",
    de: "Dafür eingerichtet, falls vom Scanner noch nie etwas verlangt wurde: zwei frühere Anweisungen.",
  },
  "E-09": {
    en: "Arranged for it: the scanner's verifier lives 200 days ahead.",
    de: "Dafür eingerichtet: Der Prüfer des Scanners lebt 200 Tage voraus.",
  },
  "E-10": {
    en: "Arranged for it: people signed the director's next root on the day of the ceremony, because their keys were not kept.",
    de: "Dafür eingerichtet: Die nächste Wurzel des Directors wurde am Tag der Zeremonie signiert, denn die Schlüssel der Personen wurden nicht behalten.",
  },
  "E-14": {
    en: "Arranged for it: a scan begins, and ends some seconds after the answer.",
    de: "Dafür eingerichtet: Eine Messung beginnt und endet einige Sekunden nach der Antwort.",
  },
  "E-16": {
    en: "Arranged for it: the scanner remembers that the release failed here.",
    de: "Dafür eingerichtet: Der Scanner erinnert sich, dass das Release hier gescheitert ist.",
  },
} as const satisfies Texts;

/** `{…}` is filled in by demo/tray/attack-view.ts. */
export const ANSWER_TEXTS = {
  refused: { en: "Refused: {name}. {told}", de: "Abgelehnt: {name}. {told}" },
  both: {
    en: "Its network half refused it first, then the half that decides.",
    de: "Zuerst lehnte der Netzwerkteil ab, dann der Teil, der entscheidet.",
  },
  waits: {
    en: "Refused for as long as it scans: {name}. Nothing begins before the scan is over.",
    de: "Abgelehnt, solange er misst: {name}. Vor dem Ende der Messung beginnt nichts.",
  },
  "taken-first": {
    en: "The first half of it a scanner has to take: nothing in it is wrong yet.",
    de: "Die erste Hälfte muss ein Scanner hinnehmen: Noch ist nichts daran falsch.",
  },
  through: {
    en: "It was not refused as it should have been. This is a defect.",
    de: "Es wurde nicht abgelehnt, wie es sein müsste. Das ist ein Fehler.",
  },
  same: { en: "Seen to run {release}, as before.", de: "Es läuft gesehen {release}, wie zuvor." },
  changed: {
    en: "What it runs is another than before. This is a defect.",
    de: "Es läuft etwas anderes als zuvor. Das ist ein Fehler.",
  },
} as const satisfies Texts;
