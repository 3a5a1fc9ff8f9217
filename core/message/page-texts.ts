import type { Texts } from "#core/message/text.ts";

/** Buttons, headings and sentences of the scanner's own page (agent/page). */
const HEADINGS = {
  "page.title": { en: "Scanner {serial}", de: "Scanner {serial}" },
  "page.serial-unknown": { en: "(serial not known yet)", de: "(Seriennummer noch nicht bekannt)" },
  "page.this-scanner": { en: "This scanner", de: "Dieser Scanner" },
  "page.refresh": { en: "Refresh", de: "Neu laden" },
  "page.as-of": { en: "As of {nowAtMs}", de: "Stand {nowAtMs}" },
  "page.back-to-start": { en: "Back to the overview", de: "Zurück zur Übersicht" },
  "page.running": { en: "What runs", de: "Was läuft" },
  "page.booted": { en: "Booted", de: "Gestartet" },
  "page.safety": { en: "Safety daemon", de: "Sicherheitsdienst" },
  "page.link": { en: "Link to the server", de: "Verbindung zum Server" },
  "page.sessions": { en: "Who is connected", de: "Wer ist verbunden" },
  "page.change": { en: "Change", de: "Änderung" },
  "page.findings": { en: "What this scanner sees itself", de: "Was dieser Scanner selbst sieht" },
  "page.log": { en: "Entered here", de: "Hier eingetragen" },
  "page.acts": { en: "What you can do here", de: "Was Sie hier tun können" },
  "page.language": { en: "Deutsch", de: "English" },
} as const satisfies Texts;

const SAYINGS = {
  "page.word-safety": { en: "Safety not confirmed", de: "Sicherheit nicht bestätigt" },
  "page.word-stuck": { en: "A person is needed", de: "Ein Mensch wird gebraucht" },
  "page.word-moving": { en: "A change is under way", de: "Eine Änderung ist unterwegs" },
  "page.word-held": { en: "Held", de: "Gesperrt" },
  "page.word-waiting": { en: "A change waits", de: "Eine Änderung wartet" },
  "page.word-offline": { en: "Server not reached", de: "Server nicht erreicht" },
  "page.word-quiet": { en: "Nothing stands out", de: "Nichts fällt auf" },
  "page.word-unknown": { en: "Not known", de: "Nicht bekannt" },
  "page.quiet": {
    en: "This is what the scanner sees itself. Only the server compares it with its release.",
    de: "Das sieht der Scanner selbst. Mit seinem Release vergleicht ihn nur der Server.",
  },
  "page.no-activator": {
    en: "The program that knows does not answer. Nothing here is known, and nothing was changed.",
    de: "Das Programm, das es weiß, antwortet nicht. Hier ist nichts bekannt, und nichts wurde geändert.",
  },
  "page.not-read": { en: "not to be read", de: "nicht lesbar" },
  "page.no-release": { en: "no release known", de: "kein Release bekannt" },
  "page.confirmed-at": { en: "confirmed here {confirmedAtMs}", de: "hier bestätigt {confirmedAtMs}" },
  "page.safety-silent": { en: "It has not spoken.", de: "Er hat nichts gesagt." },
  "page.safety-well": { en: "Well. Scan: {scan:scan}.", de: "Gesund. Messung: {scan:scan}." },
  "page.safety-unwell": {
    en: "It says {state:safety}, {ageMs} ago. Scan: {scan:scan}.",
    de: "Er sagt {state:safety}, vor {ageMs}. Messung: {scan:scan}.",
  },
  "page.link-live": { en: "Reached, last {lastAtMs}.", de: "Erreicht, zuletzt {lastAtMs}." },
  "page.link-lost": {
    en: "Not reached since {sinceAtMs}. {waiting} {waiting|report waits|reports wait} here.",
    de: "Nicht erreicht seit {sinceAtMs}. {waiting} {waiting|Bericht wartet|Berichte warten} hier.",
  },
  "page.link-never": {
    en: "Not reached since the agent was started.",
    de: "Nicht erreicht, seit der Agent gestartet wurde.",
  },
  "page.nobody": {
    en: "Nobody but you, as far as this host shows.",
    de: "Niemand außer Ihnen, soweit dieser Rechner es zeigt.",
  },
  "page.session": {
    en: "{user} by {service}[, from {host}][, since {sinceAtMs}]",
    de: "{user} über {service}[, von {host}][, seit {sinceAtMs}]",
  },
  "page.sessions-unknown": { en: "This host does not show it.", de: "Dieser Rechner zeigt es nicht." },
  "page.not-booted": {
    en: "What runs is not what was booted.",
    de: "Es läuft nicht das, was gestartet wurde.",
  },
  "page.not-confirmed": {
    en: "What runs was never confirmed here.",
    de: "Was läuft, wurde hier nie bestätigt.",
  },
  "page.unread": {
    en: "{count} {count|fact|facts} could not be read: {names}.",
    de: "{count} {count|Angabe war|Angaben waren} nicht lesbar: {names}.",
  },
  "page.blocked": {
    en: "{count} {count|generation|generations} failed here and stay blocked.",
    de: "{count} {count|Generation ist|Generationen sind} hier gescheitert und bleiben blockiert.",
  },
  "page.no-findings": { en: "Nothing.", de: "Nichts." },
  "page.no-change": { en: "No change is under way.", de: "Keine Änderung ist unterwegs." },
  "page.changes-off": {
    en: "Changes are switched off on this scanner: it is only observed.",
    de: "Änderungen sind auf diesem Scanner ausgeschaltet: er wird nur beobachtet.",
  },
  "page.change-to": { en: "To {to}, asked for by {by}.", de: "Auf {to}, angefordert von {by}." },
  "page.waits-for": { en: "It waits for: {why:blocked}.", de: "Sie wartet auf: {why:blocked}." },
  "page.held-since": { en: "Held since {sinceAtMs}: {reason}", de: "Gesperrt seit {sinceAtMs}: {reason}" },
  "page.held-after": {
    en: "Held since {sinceAtMs}: it went back by itself from {to}, because {why:blocked}. Nothing new is taken until a person releases it. Rolling back stays possible.",
    de: "Angehalten seit {sinceAtMs}: er ging von selbst zurück von {to}, denn {why:blocked}. Neues nimmt er erst, wenn ihn jemand freigibt. Zurückrollen geht weiterhin.",
  },
  "page.last-change": {
    en: "The last one: {state:change}[, {why:blocked}].",
    de: "Die letzte: {state:change}[, {why:blocked}].",
  },
  "page.no-entries": { en: "Nothing was entered here yet.", de: "Hier wurde noch nichts eingetragen." },
  "page.entered-refused": { en: "refused", de: "abgelehnt" },
} as const satisfies Texts;

const STAGES = {
  "stage.prepare": { en: "Prepared and verified", de: "Vorbereitet und geprüft" },
  "stage.arm": { en: "Way back recorded", de: "Rückweg festgehalten" },
  "stage.switch": { en: "Switching", de: "Umschalten" },
  "stage.probe": { en: "Probation", de: "Bewährung" },
  "stage.confirm": { en: "Confirmed", de: "Bestätigt" },
  "stage.back": { en: "Going back", de: "Auf dem Rückweg" },
  "stage.back-probe": { en: "Looking at what runs", de: "Nachsehen, was läuft" },
  "stage.back-done": { en: "Rolled back", de: "Zurückgerollt" },
  "stage.now": { en: "now", de: "jetzt" },
  "stage.done": { en: "done", de: "erledigt" },
  "stage.open": { en: "to come", de: "kommt noch" },
} as const satisfies Texts;

const FORMS = {
  "form.consent": {
    en: "Answer: now, tonight or not today",
    de: "Antworten: jetzt, heute Nacht oder heute nicht",
  },
  "form.consent-intro": {
    en: "{to} is on the disk and verified. Before it begins the scanner looks whether it may: no scan, drive off, safety daemon well.",
    de: "{to} liegt auf dem Datenträger und ist geprüft. Vor dem Beginn sieht der Scanner nach, ob er darf: keine Messung, Antrieb aus, Sicherheitsdienst gesund.",
  },
  "form.consent-now": { en: "Now", de: "Jetzt" },
  "form.consent-tonight": {
    en: "Tonight, between 22:00 and 05:00",
    de: "Heute Nacht, zwischen 22:00 und 05:00",
  },
  "form.consent-not-today": {
    en: "Not today (needs no passcode)",
    de: "Heute nicht (braucht keinen Passcode)",
  },
  "form.consent-send": { en: "Answer for scanner {serial}", de: "Für Scanner {serial} antworten" },
  "form.hold": { en: "Hold: no change until released", de: "Sperren: keine Änderung, bis jemand freigibt" },
  "form.hold-intro": {
    en: "No change that comes from outside begins until somebody releases the scanner with the passcode. Rolling back from here stays possible.",
    de: "Keine Änderung von außen beginnt, bis jemand den Scanner mit dem Passcode freigibt. Von hier aus zurückrollen geht weiterhin.",
  },
  "form.hold-send": { en: "Hold scanner {serial}", de: "Scanner {serial} sperren" },
  "form.release": { en: "Release: let changes begin again", de: "Freigeben: Änderungen wieder zulassen" },
  "form.release-intro": { en: "It is held: {reason}", de: "Gesperrt mit dem Grund: {reason}" },
  "form.release-send": { en: "Release scanner {serial}", de: "Scanner {serial} freigeben" },
  "form.report": { en: "Report a problem", de: "Ein Problem melden" },
  "form.report-intro": {
    en: "Your words are kept on this scanner with the time, its state and its journal. Words and facts are delivered when the server is reached. No patient data, please.",
    de: "Ihre Worte bleiben mit der Uhrzeit, dem Zustand und dem Journal auf diesem Scanner. Worte und Fakten werden übermittelt, wenn der Server erreicht ist. Bitte keine Patientendaten.",
  },
  "form.report-send": { en: "Keep and deliver this report", de: "Meldung behalten und übermitteln" },
  "form.rollback": {
    en: "Roll back to a confirmed generation",
    de: "Auf eine bestätigte Generation zurückrollen",
  },
  "form.rollback-intro": {
    en: "Only what was proved healthy on this very scanner. What runs now stays on the disk.",
    de: "Nur was sich auf genau diesem Scanner bewährt hat. Was jetzt läuft, bleibt auf dem Datenträger.",
  },
  "form.rollback-none": {
    en: "Nothing else was confirmed on this scanner yet.",
    de: "Auf diesem Scanner wurde noch nichts anderes bestätigt.",
  },
  "form.rollback-choose": { en: "Look at {to}", de: "{to} ansehen" },
  "form.rollback-to": { en: "Roll back to {to}", de: "Auf {to} zurückrollen" },
  "form.rollback-checks": { en: "Before it begins", de: "Vor dem Beginn" },
  "form.rollback-blocked": {
    en: "It cannot begin now: a check does not pass.",
    de: "Es kann jetzt nicht beginnen: eine Prüfung ist nicht erfüllt.",
  },
  "form.rollback-attest": {
    en: "I have seen it myself: the bore is empty and the drive is off",
    de: "Ich habe es selbst gesehen: die Röhre ist leer und der Antrieb ist aus",
  },
  "form.rollback-send": { en: "Roll back {serial} to {to}", de: "{serial} auf {to} zurückrollen" },
  "form.reason": { en: "Reason", de: "Grund" },
  "form.words": {
    en: "What happened, and what did you see?",
    de: "Was ist geschehen, und was haben Sie gesehen?",
  },
  "form.passcode": { en: "Passcode", de: "Passcode" },
  "form.stale": {
    en: "This page was open too long. Look at it again and send it once more.",
    de: "Diese Seite war zu lange offen. Bitte noch einmal ansehen und erneut senden.",
  },
  "done.consent-now": {
    en: "Agreed. It begins as soon as the scanner lets it.",
    de: "Zugestimmt. Es beginnt, sobald der Scanner es zulässt.",
  },
  "done.consent-tonight": { en: "Agreed for tonight.", de: "Für heute Nacht zugestimmt." },
  "done.not-today": {
    en: "Put off. It is asked again tomorrow.",
    de: "Verschoben. Morgen wird wieder gefragt.",
  },
  "done.hold": {
    en: "Held. No change begins until somebody releases it.",
    de: "Gesperrt. Keine Änderung beginnt, bis jemand freigibt.",
  },
  "done.release": { en: "Released.", de: "Freigegeben." },
  "done.report": {
    en: "Kept. It is delivered when the server is reached.",
    de: "Behalten. Es wird übermittelt, wenn der Server erreicht ist.",
  },
  "done.rollback": {
    en: "It has begun. What happens is shown here.",
    de: "Es hat begonnen. Was geschieht, steht hier.",
  },
} as const satisfies Texts;

export const PAGE_TEXTS = { ...HEADINGS, ...SAYINGS, ...STAGES, ...FORMS } as const satisfies Texts;
