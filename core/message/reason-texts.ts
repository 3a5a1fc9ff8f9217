import type { Texts } from "#core/message/text.ts";

/** Why a headline or an axis says what it says: what happened, what it means, and where it helps, what to do. */
export const REASON_TEXTS = {
  "reason.all-equal": {
    en: "Every item that counts was compared and is equal.",
    de: "Jeder Prüfpunkt, der zählt, wurde verglichen und stimmt überein.",
  },
  "reason.retired": { en: "Retired. It counts in no total.", de: "Ausgemustert. Zählt in keiner Summe." },

  "reason.safety-ok": {
    en: "The safety daemon reports no fault.",
    de: "Der Sicherheitsdienst meldet keine Störung.",
  },
  "reason.safety-warning": {
    en: "The safety daemon warns[: {element}]. Protection still holds.",
    de: "Der Sicherheitsdienst warnt[: {element}]. Der Schutz besteht.",
  },
  "reason.safety-tripped": {
    en: "The interlock tripped[: {element}][: {item}]. The scanner is in its safe state and is reset on site only.",
    de: "Die Verriegelung hat ausgelöst[: {element}][: {item}]. Der Scanner ist im sicheren Zustand und wird nur vor Ort zurückgesetzt.",
  },
  "reason.safety-bypassed": {
    en: "A protection is switched off[: {element}][: {item}]. Do not use the scanner.",
    de: "Ein Schutz ist überbrückt[: {element}][: {item}]. Den Scanner nicht benutzen.",
  },
  "reason.safety-lost": {
    en: "The safety daemon is not heard[: {item}]. Protection is not assured.",
    de: "Der Sicherheitsdienst ist nicht zu hören[: {item}]. Der Schutz ist nicht gewährleistet.",
  },
  "reason.safety-limit": {
    en: "A safety limit is exceeded[: {element}][: {item}].",
    de: "Ein Sicherheitsgrenzwert ist überschritten[: {element}][: {item}].",
  },
  "reason.safety-config": {
    en: "The safety configuration is not the expected one[: {element}][: {item}].",
    de: "Die Sicherheitskonfiguration ist nicht die erwartete[: {element}][: {item}].",
  },
  "reason.safety-item": {
    en: "Safety item {item} does not hold.",
    de: "Sicherheitsprüfpunkt {item} ist nicht erfüllt.",
  },
  "reason.safety-item-differs": {
    en: "{count} safety {count|item does|items do} not hold, first {item}.",
    de: "{count} {count|Sicherheitsprüfpunkt ist|Sicherheitsprüfpunkte sind} nicht erfüllt, zuerst {item}.",
  },
  "reason.safety-missing": {
    en: "Safety has not been seen since {sinceAtMs}[: {item}]. What nobody can see does not protect.",
    de: "Die Sicherheit ist seit {sinceAtMs} nicht zu sehen[: {item}]. Was niemand sieht, schützt nicht.",
  },
  "reason.safety-not-seen": {
    en: "The state of the safety daemon could not be read.",
    de: "Der Zustand des Sicherheitsdienstes war nicht zu lesen.",
  },
  "reason.safety-silent": {
    en: "The safety daemon stopped speaking.",
    de: "Der Sicherheitsdienst ist verstummt.",
  },
  "reason.safety-garbage": {
    en: "The safety daemon sends lines that cannot be believed.",
    de: "Der Sicherheitsdienst sendet unglaubwürdige Zeilen.",
  },
  "reason.safety-absent": {
    en: "The safety daemon that is expected is not there.",
    de: "Der erwartete Sicherheitsdienst ist nicht vorhanden.",
  },
  "reason.no-safety-items": {
    en: "No safety item is expected and no safety daemon was heard.",
    de: "Kein Sicherheitsprüfpunkt wird erwartet, kein Sicherheitsdienst wurde gehört.",
  },
  "reason.no-safety-daemon": {
    en: "No safety daemon is expected and none was heard; {count} safety {count|item is|items are} as expected.",
    de: "Kein Sicherheitsdienst wird erwartet und keiner wurde gehört; {count} {count|Sicherheitsprüfpunkt ist|Sicherheitsprüfpunkte sind} wie erwartet.",
  },

  "reason.no-report": {
    en: "No report since {lastSeenAtMs}. The scanner may be fine; its link is not.",
    de: "Kein Bericht seit {lastSeenAtMs}. Dem Scanner mag es gut gehen, seiner Verbindung nicht.",
  },
  "reason.link-returning": {
    en: "One message came at {lastSeenAtMs} after a silence. A second one ends it.",
    de: "Nach einer Stille kam eine Nachricht um {lastSeenAtMs}. Eine zweite beendet sie.",
  },
  "reason.link-live": {
    en: "The last message came at {lastSeenAtMs}.",
    de: "Die letzte Nachricht kam um {lastSeenAtMs}.",
  },
  "reason.link-late": {
    en: "The last message came at {lastSeenAtMs}, later than every 15 s.",
    de: "Die letzte Nachricht kam um {lastSeenAtMs}, später als alle 15 s.",
  },
  "reason.never-reported": { en: "Enrolled, and never reported.", de: "Angemeldet, aber nie gemeldet." },
  "reason.identity-locked-out": {
    en: "Two machines used this identity. Nothing is believed until a person releases it.",
    de: "Zwei Maschinen haben diese Identität benutzt. Nichts wird geglaubt, bis eine Person sie freigibt.",
  },
  "reason.clock-skew": {
    en: "The scanner's clock is {skewMs} off. Its times cannot be believed.",
    de: "Die Uhr des Scanners geht {skewMs} falsch. Seinen Zeiten ist nicht zu trauen.",
  },
  "reason.facts-not-received": {
    en: "It beats, but since {sinceAtMs} no report with its facts could be taken. What is shown is older.",
    de: "Er meldet sich, aber seit {sinceAtMs} kam kein annehmbarer Bericht mit seinen Tatsachen. Gezeigt wird Älteres.",
  },
  "reason.bad-signature": {
    en: "The newest report is not signed by this scanner's key.",
    de: "Der neueste Bericht ist nicht mit dem Schlüssel dieses Scanners signiert.",
  },
  "reason.wrong-schema": {
    en: "The newest report does not have the form of a report[: {problem}].",
    de: "Der neueste Bericht hat nicht die Form eines Berichts[: {problem}].",
  },
  "reason.no-baseline": {
    en: "There is no baseline, so nothing was compared. Adopt what it runs now, or pin a release.",
    de: "Es gibt keinen Sollzustand, also wurde nichts verglichen. Den jetzigen Zustand übernehmen oder ein Release festlegen.",
  },
  "reason.items-not-seen": {
    en: "{count} expected {count|item was|items were} not seen, first {item}.",
    de: "{count} {count|erwarteter Prüfpunkt wurde|erwartete Prüfpunkte wurden} nicht gesehen, zuerst {item}.",
  },
  "reason.function-not-seen": {
    en: "Whether the scanner can work was not seen.",
    de: "Ob der Scanner arbeiten kann, wurde nicht gesehen.",
  },
  "reason.software-not-seen": {
    en: "Which system runs was not seen completely.",
    de: "Welches System läuft, wurde nicht vollständig gesehen.",
  },
  "reason.running-not-seen": {
    en: "Which system runs was not seen.",
    de: "Welches System läuft, wurde nicht gesehen.",
  },
  "reason.booted-not-seen": {
    en: "Which system was booted was not seen.",
    de: "Welches System gestartet wurde, wurde nicht gesehen.",
  },

  "reason.change-stalled": {
    en: "The change is {phase:change} for more than {budgetMs}. It has stalled.",
    de: "Die Änderung steht seit mehr als {budgetMs} auf „{phase:change}“. Sie stockt.",
  },
  "reason.rollback-failed": {
    en: "The rollback failed. The scanner needs a person on site.",
    de: "Das Zurückrollen ist gescheitert. Der Scanner braucht jemanden vor Ort.",
  },
  "reason.probation-failing": {
    en: "The new generation is failing its probation[: {item}].",
    de: "Die neue Generation besteht ihre Bewährung nicht[: {item}].",
  },
  "reason.change-running": {
    en: "A change is under way: {phase:change}.",
    de: "Eine Änderung läuft: {phase:change}.",
  },

  "reason.function-differs": {
    en: "{count} function {count|item does|items do} not hold, first {item}.",
    de: "{count} {count|Funktionsprüfpunkt ist|Funktionsprüfpunkte sind} nicht erfüllt, zuerst {item}.",
  },
  "reason.function-failed": {
    en: "Something that the scanner needs to work has failed.",
    de: "Etwas, das der Scanner zum Arbeiten braucht, ist gestört.",
  },
  "reason.closure-damaged": {
    en: "Files on its disk are not the files that were built.",
    de: "Dateien auf seiner Platte sind nicht die gebauten.",
  },
  "reason.config-differs": {
    en: "{count} configuration {count|item does|items do} not hold, first {item}.",
    de: "{count} {count|Konfigurationsprüfpunkt ist|Konfigurationsprüfpunkte sind} nicht erfüllt, zuerst {item}.",
  },
  "reason.software-drifted": {
    en: "What runs is not what its release says.",
    de: "Was läuft, ist nicht, was das Release sagt.",
  },
  "reason.closure-untracked": {
    en: "It runs a system that no release knows.",
    de: "Es läuft ein System, das kein Release kennt.",
  },
  "reason.pending-reboot": {
    en: "It runs another system than it booted, since {sinceAtMs}. A reboot is pending.",
    de: "Seit {sinceAtMs} läuft ein anderes System als das gestartete. Ein Neustart steht aus.",
  },
  "reason.booted-differs": {
    en: "The booted system is not the running one.",
    de: "Das gestartete System ist nicht das laufende.",
  },
  "reason.pin-overdue": {
    en: "The pinned release was due {dueAtMs}.",
    de: "Das festgelegte Release war fällig: {dueAtMs}.",
  },

  "reason.no-pin": { en: "No release is pinned.", de: "Kein Release ist festgelegt." },
  "reason.runs-the-pin": { en: "It runs the pinned release.", de: "Es läuft das festgelegte Release." },
  "reason.runs-the-baseline": {
    en: "It runs the system adopted as its baseline; nobody pinned a release.",
    de: "Es läuft das als Bezug übernommene System; ein Release hat niemand festgelegt.",
  },
  "reason.not-the-baseline": {
    en: "It does not run the system adopted as its baseline; nobody pinned a release.",
    de: "Es läuft nicht das als Bezug übernommene System; ein Release hat niemand festgelegt.",
  },
  "reason.not-the-pin": {
    en: "It does not run the pinned release.",
    de: "Es läuft nicht das festgelegte Release.",
  },
  "reason.newer-than-pin": {
    en: "It runs a newer release than the pinned one.",
    de: "Es läuft ein neueres Release als das festgelegte.",
  },

  "reason.items-equal": {
    en: "{count} {count|item is|items are} as expected.",
    de: "{count} {count|Prüfpunkt ist|Prüfpunkte sind} wie erwartet.",
  },
  "reason.items-differ": {
    en: "{count} {count|item does|items do} not hold, first {item}.",
    de: "{count} {count|Prüfpunkt ist|Prüfpunkte sind} nicht erfüllt, zuerst {item}.",
  },
  "reason.no-items": {
    en: "No item of this class is expected, so none was compared.",
    de: "Kein Prüfpunkt dieser Klasse wird erwartet, also wurde keiner verglichen.",
  },
  "reason.paths-bad": {
    en: "{count} store {count|path is|paths are} damaged on disk.",
    de: "{count} {count|Store-Pfad ist|Store-Pfade sind} auf der Platte beschädigt.",
  },
  "reason.as-released": { en: "It is what its release says.", de: "Es ist, was das Release sagt." },
} as const satisfies Texts;
