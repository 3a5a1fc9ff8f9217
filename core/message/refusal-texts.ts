import type { Text, Texts } from "#core/message/text.ts";
import type { RefusalCode } from "#core/protocol/acknowledgement.ts";

/** Answers of the agent API, read by the person at the scanner: what was refused, and what to do about it. */
const AGENT = {
  "agent.wrong-method": { en: "This address takes POST only.", de: "Diese Adresse nimmt nur POST an." },
  "agent.too-large": {
    en: "The message is larger than the server reads.",
    de: "Die Nachricht ist größer, als der Server liest.",
  },
  "agent.too-slow": {
    en: "The message did not arrive in time.",
    de: "Die Nachricht kam nicht rechtzeitig an.",
  },
  "agent.wrong-headers": {
    en: "The key or the signature header is missing or malformed.",
    de: "Schlüssel- oder Signaturkopf fehlt oder ist fehlerhaft.",
  },
  "agent.unknown-key": {
    en: "The server does not know this scanner's key. Enrol the scanner.",
    de: "Der Server kennt den Schlüssel dieses Scanners nicht. Den Scanner anmelden.",
  },
  "agent.bad-signature": {
    en: "The signature does not fit the message.",
    de: "Die Signatur passt nicht zur Nachricht.",
  },
  "agent.wrong-type": {
    en: "The message is not declared as JSON.",
    de: "Die Nachricht ist nicht als JSON ausgewiesen.",
  },
  "agent.not-json": { en: "The message is not JSON.", de: "Die Nachricht ist kein JSON." },
  "agent.too-complex": {
    en: "The message is nested too deeply.",
    de: "Die Nachricht ist zu tief verschachtelt.",
  },
  "agent.wrong-schema": {
    en: "The message does not have the form the server expects.",
    de: "Die Nachricht hat nicht die Form, die der Server erwartet.",
  },
  "agent.wrong-protocol": {
    en: "The server does not speak this version of the protocol.",
    de: "Der Server spricht diese Version des Protokolls nicht.",
  },
  "agent.not-your-scanner": {
    en: "The key belongs to another scanner than the message names.",
    de: "Der Schlüssel gehört zu einem anderen Scanner als dem genannten.",
  },
  "agent.awaiting-approval": {
    en: "Enrolled, and waiting for a person to approve it.",
    de: "Angemeldet, wartet auf die Freigabe durch eine Person.",
  },
  "agent.refused-by-admin": {
    en: "A person refused this scanner.",
    de: "Eine Person hat diesen Scanner abgelehnt.",
  },
  "agent.retired": { en: "This scanner is retired.", de: "Dieser Scanner ist ausgemustert." },
  "agent.locked-out": {
    en: "Two machines used this identity. A person must release it.",
    de: "Zwei Maschinen haben diese Identität benutzt. Eine Person muss sie freigeben.",
  },
  "agent.replayed-conflict": {
    en: "Another report with this number is already stored.",
    de: "Ein anderer Bericht mit dieser Nummer ist schon gespeichert.",
  },
  "agent.token-unknown": {
    en: "The server does not know this token. Create a new one.",
    de: "Der Server kennt dieses Token nicht. Ein neues erstellen.",
  },
  "agent.token-expired": {
    en: "The token has expired. Create a new one.",
    de: "Das Token ist abgelaufen. Ein neues erstellen.",
  },
  "agent.token-used": {
    en: "The token has been used. Create a new one.",
    de: "Das Token ist verbraucht. Ein neues erstellen.",
  },
  "agent.serial-taken": {
    en: "Another scanner has this serial.",
    de: "Ein anderer Scanner hat diese Seriennummer.",
  },
  "agent.digest-mismatch": {
    en: "The path list does not have the digest it claims.",
    de: "Die Pfadliste hat nicht den angegebenen Digest.",
  },
  "agent.not-asked-for": {
    en: "The server did not ask for this path list.",
    de: "Der Server hat diese Pfadliste nicht verlangt.",
  },
  "agent.busy": {
    en: "The server is busy. Try again later.",
    de: "Der Server ist ausgelastet. Später erneut versuchen.",
  },
  "agent.database-away": {
    en: "The server's database does not answer. Try again later.",
    de: "Die Datenbank des Servers antwortet nicht. Später erneut versuchen.",
  },
} as const satisfies { readonly [K in `agent.${RefusalCode}`]: Text };

/** Refusals of the portal (`data.refusal.code`): said beside the form that was refused. */
const PORTAL = {
  "refusal.not-signed-in": { en: "Sign in first.", de: "Bitte zuerst anmelden." },
  "refusal.not-allowed": { en: "Your role does not allow this.", de: "Ihre Rolle erlaubt das nicht." },
  "refusal.foreign-origin": {
    en: "The request came from another site.",
    de: "Die Anfrage kam von einer anderen Website.",
  },
  "refusal.not-found": {
    en: "There is no such thing, or not for you.",
    de: "Das gibt es nicht, oder nicht für Sie.",
  },
  "refusal.wrong-input": {
    en: "The input does not fit[: {problem}].",
    de: "Die Eingabe passt nicht[: {problem}].",
  },
  "refusal.wrong-request": {
    en: "The server does not know this request. Reload the page.",
    de: "Der Server kennt diese Anfrage nicht. Die Seite neu laden.",
  },
  "refusal.too-large": { en: "The request is too large.", de: "Die Anfrage ist zu groß." },
  "refusal.too-many-requests": {
    en: "Too many attempts. Wait[ {waitMs}] and try again.",
    de: "Zu viele Versuche. Bitte[ {waitMs}] warten und erneut versuchen.",
  },
  "refusal.database-away": {
    en: "The database does not answer. Nothing was changed.",
    de: "Die Datenbank antwortet nicht. Nichts wurde geändert.",
  },
  "refusal.setup-done": {
    en: "The first administrator exists already. Sign in.",
    de: "Es gibt schon einen ersten Administrator. Bitte anmelden.",
  },
  "refusal.unknown-time-zone": { en: "This is not a time zone.", de: "Das ist keine Zeitzone." },
  "refusal.password-too-short": {
    en: "The password is too short[: at least {min} characters].",
    de: "Das Passwort ist zu kurz[: mindestens {min} Zeichen].",
  },
  "refusal.password-too-long": {
    en: "The password is too long[: at most {max} characters].",
    de: "Das Passwort ist zu lang[: höchstens {max} Zeichen].",
  },
  "refusal.email-taken": {
    en: "Somebody has this e-mail address.",
    de: "Diese E-Mail-Adresse ist vergeben.",
  },
  "refusal.own-account": {
    en: "Nobody can do this to their own account.",
    de: "Das geht nicht mit dem eigenen Konto.",
  },
  "refusal.already-deactivated": {
    en: "This person is deactivated already.",
    de: "Diese Person ist schon deaktiviert.",
  },
  "refusal.person-outside-scope": {
    en: "This person also holds roles outside your scope.",
    de: "Diese Person hat auch Rollen außerhalb Ihres Bereichs.",
  },
  "refusal.scope-outside-yours": {
    en: "This place is outside your scope.",
    de: "Dieser Ort liegt außerhalb Ihres Bereichs.",
  },
  "refusal.scope-does-not-fit-role": {
    en: "This role is held for single sites only.",
    de: "Diese Rolle gilt nur für einzelne Standorte.",
  },
  "refusal.already-invited": {
    en: "An invitation to this address is open.",
    de: "Eine Einladung an diese Adresse ist offen.",
  },
  "refusal.invitation-not-open": {
    en: "This invitation is not open any more.",
    de: "Diese Einladung ist nicht mehr offen.",
  },
  "refusal.link-unknown": {
    en: "This link is not known. Ask for a new one.",
    de: "Dieser Link ist unbekannt. Einen neuen anfordern.",
  },
  "refusal.link-expired": {
    en: "This link has expired. Ask for a new one.",
    de: "Dieser Link ist abgelaufen. Einen neuen anfordern.",
  },
  "refusal.link-used": { en: "This link has been used.", de: "Dieser Link ist verbraucht." },
  "refusal.link-revoked": { en: "This link was revoked.", de: "Dieser Link wurde widerrufen." },
  "refusal.site-name-taken": {
    en: "Another site has this name.",
    de: "Ein anderer Standort hat diesen Namen.",
  },
  "refusal.nothing-to-change": { en: "Nothing would change.", de: "Nichts würde sich ändern." },
  "refusal.token-not-open": {
    en: "This token is not open any more.",
    de: "Dieses Token ist nicht mehr offen.",
  },
  "refusal.fingerprint-differs": {
    en: "The fingerprint is not the one this scanner shows. Do not approve it.",
    de: "Der Fingerabdruck ist nicht der, den der Scanner zeigt. Nicht freigeben.",
  },
  "refusal.not-pending": {
    en: "This scanner is not waiting for approval.",
    de: "Dieser Scanner wartet nicht auf Freigabe.",
  },
  "refusal.not-locked-out": {
    en: "This scanner is not locked out.",
    de: "Dieser Scanner ist nicht ausgesperrt.",
  },
  "refusal.serial-taken": {
    en: "Another scanner has this serial.",
    de: "Ein anderer Scanner hat diese Seriennummer.",
  },
  "refusal.facts-moved-on": {
    en: "The scanner has changed since you looked. Look again before you adopt it.",
    de: "Der Scanner hat sich inzwischen geändert. Vor dem Übernehmen neu ansehen.",
  },
  "refusal.nothing-observed": {
    en: "The scanner has not reported yet, so there is nothing to adopt.",
    de: "Der Scanner hat noch nichts gemeldet, also gibt es nichts zu übernehmen.",
  },
  "refusal.nothing-counts": {
    en: "Nothing in this baseline would count: give at least one item the class safety, function or configuration.",
    de: "Nichts in diesem Stand würde zählen: Geben Sie mindestens einem Punkt die Klasse Sicherheit, Funktion oder Konfiguration.",
  },
  "refusal.unknown-item": {
    en: "The proposal has no such item[: {item}].",
    de: "Der Vorschlag hat keinen solchen Prüfpunkt[: {item}].",
  },
  "refusal.not-approved": {
    en: "This scanner is not approved.",
    de: "Dieser Scanner ist nicht freigegeben.",
  },
} as const satisfies Texts;

/** Why an identity is locked out (K-07, F27), told to whoever has to release it. */
const CONFLICTS = {
  "conflict.witness-disagrees": {
    en: "The scanner was shown another audit log than the one stored here.",
    de: "Dem Scanner wurde ein anderes Audit-Protokoll gezeigt als das hier gespeicherte.",
  },
  "conflict.boot-forked": {
    en: "Two machines count the same boot ({bootCounter}) with different boot ids.",
    de: "Zwei Maschinen zählen denselben Start ({bootCounter}) mit verschiedenen Boot-Ids.",
  },
  "conflict.start-forked": {
    en: "The running boot came back with a lower count: its state was copied or set back.",
    de: "Der laufende Start kam mit kleinerer Zählung zurück: Der Zustand wurde kopiert oder zurückgesetzt.",
  },
  "conflict.boot-reused": {
    en: "A later boot is counted under the boot id of an earlier one.",
    de: "Ein späterer Start wird unter der Boot-Id eines früheren gezählt.",
  },
  "conflict.report-forked": {
    en: "Two different reports have the number {seq}.",
    de: "Zwei verschiedene Berichte haben die Nummer {seq}.",
  },
  "conflict.history-forked": {
    en: "Report {seq} is new, yet later ones came before it: two machines count side by side.",
    de: "Bericht {seq} ist neu, doch spätere kamen vor ihm: Zwei Maschinen zählen nebeneinander.",
  },
  "conflict.other-hardware": {
    en: "The key is used on other hardware than the enrolled one.",
    de: "Der Schlüssel wird auf anderer Hardware als der angemeldeten benutzt.",
  },
} as const satisfies Texts;

export const REFUSAL_TEXTS = { ...AGENT, ...PORTAL, ...CONFLICTS } as const;
