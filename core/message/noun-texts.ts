import type { Role, ScopeKind } from "#core/access/role.ts";
import type { ProbeKind } from "#core/manifest/kinds.ts";
import type { Text, Texts } from "#core/message/text.ts";
import type { FactKind } from "#core/report/kinds.ts";

const ROLES = {
  "role.viewer": { en: "Viewer", de: "Betrachter" },
  "role.technician": { en: "Technician", de: "Techniker" },
  "role.service-engineer": { en: "Service engineer", de: "Serviceingenieur" },
  "role.release-manager": { en: "Release manager", de: "Release-Manager" },
  "role.fleet-manager": { en: "Fleet manager", de: "Flottenmanager" },
  "role.auditor": { en: "Auditor", de: "Auditor" },
  "role.admin": { en: "Administrator", de: "Administrator" },
  "role.site-contact": { en: "Site contact", de: "Ansprechpartner vor Ort" },
  "scope.organisation": { en: "Organisation", de: "Organisation" },
  "scope.region": { en: "Region", de: "Region" },
  "scope.site": { en: "Site", de: "Standort" },
} as const satisfies { readonly [K in `role.${Role}` | `scope.${ScopeKind}`]: Text };

const FACTS = {
  "fact.host": { en: "Host", de: "Rechner" },
  "fact.closures": { en: "Closures", de: "Closures" },
  "fact.generations": { en: "Generations", de: "Generationen" },
  "fact.closureDigests": { en: "Closure digests", de: "Closure-Digests" },
  "fact.verification": { en: "Verification on disk", de: "Prüfung auf der Platte" },
  "fact.kernel": { en: "Kernel", de: "Kernel" },
  "fact.modules": { en: "Kernel modules", de: "Kernelmodule" },
  "fact.units": { en: "systemd units", de: "systemd-Units" },
  "fact.safety": { en: "Safety daemon", de: "Sicherheitsdienst" },
  "fact.provided": { en: "Facts from device owners", de: "Angaben der Gerätebesitzer" },
  "fact.disks": { en: "Disks", de: "Platten" },
  "fact.clock": { en: "Clock", de: "Uhr" },
  "fact.nix": { en: "Nix", de: "Nix" },
  "fact.agent": { en: "Agent", de: "Agent" },
} as const satisfies { readonly [K in `fact.${FactKind}`]: Text };

/** What an item looks at, in words. */
const PROBES = {
  "probe.closure": { en: "Closure", de: "Closure" },
  "probe.closure-digest": { en: "Closure digest", de: "Closure-Digest" },
  "probe.closure-verified": { en: "Closure verified on disk", de: "Closure auf der Platte geprüft" },
  "probe.kernel-release": { en: "Kernel release", de: "Kernelversion" },
  "probe.kernel-parameter": { en: "Kernel parameter", de: "Kernelparameter" },
  "probe.kernel-realtime": { en: "Real-time kernel", de: "Echtzeitkernel" },
  "probe.kernel-taint": { en: "Kernel taint", de: "Kernel-Taint" },
  "probe.module": { en: "Kernel module", de: "Kernelmodul" },
  "probe.modules-match": { en: "Modules as in their tree", de: "Module wie in ihrem Baum" },
  "probe.unit": { en: "systemd unit", de: "systemd-Unit" },
  "probe.system-state": { en: "systemd state", de: "Zustand von systemd" },
  "probe.safety-link": { en: "Safety daemon heard", de: "Sicherheitsdienst zu hören" },
  "probe.safety-state": { en: "Safety state", de: "Sicherheitszustand" },
  "probe.safety-heartbeat-age": { en: "Safety heartbeat age", de: "Alter des Sicherheits-Lebenszeichens" },
  "probe.safety-chain": { en: "Safety chain element", de: "Glied der Sicherheitskette" },
  "probe.safety-limits": { en: "Safety limits", de: "Sicherheitsgrenzwerte" },
  "probe.safety-bypasses": { en: "Protections switched off", de: "Überbrückte Schutzeinrichtungen" },
  "probe.safety-permission": { en: "Safety permission", de: "Sicherheitsfreigabe" },
  "probe.safety-daemon": { en: "Safety daemon", de: "Sicherheitsdienst" },
  "probe.provided": { en: "Value from its owner", de: "Wert des Besitzers" },
  "probe.disk-free": { en: "Free disk space", de: "Freier Plattenplatz" },
  "probe.clock-synchronised": { en: "Clock synchronised", de: "Uhr synchronisiert" },
  "probe.clock-offset": { en: "Clock offset", de: "Abweichung der Uhr" },
  "probe.nix-version": { en: "Nix version", de: "Nix-Version" },
  "probe.nix-setting": { en: "Nix setting", de: "Nix-Einstellung" },
  "probe.host": { en: "Host", de: "Rechner" },
} as const satisfies { readonly [K in `probe.${ProbeKind}`]: Text };

const WORDS = {
  "identity.pending": { en: "Waiting for approval", de: "Wartet auf Freigabe" },
  "identity.approved": { en: "Approved", de: "Freigegeben" },
  "identity.refused": { en: "Refused", de: "Abgelehnt" },
  "identity.locked-out": { en: "Locked out", de: "Ausgesperrt" },
  "identity.retired": { en: "Retired", de: "Ausgemustert" },
  "token.open": { en: "Open", de: "Offen" },
  "token.used": { en: "Used", de: "Verbraucht" },
  "token.expired": { en: "Expired", de: "Abgelaufen" },
  "token.revoked": { en: "Revoked", de: "Widerrufen" },
  "chain.closed": { en: "closed", de: "geschlossen" },
  "chain.open": { en: "open", de: "offen" },
  "chain.bypassed": { en: "bypassed", de: "überbrückt" },
  "chain.unknown": { en: "not known", de: "nicht bekannt" },
  "scan.idle": { en: "idle", de: "im Leerlauf" },
  "scan.preparing": { en: "preparing", de: "bereitet vor" },
  "scan.running": { en: "scanning", de: "scannt" },
  "scan.robot-moving": { en: "robot moving", de: "Roboter fährt" },
  "scan.unknown": { en: "not known", de: "nicht bekannt" },
  "lane.releases": { en: "Releases", de: "Releases" },
  "lane.boots": { en: "Boots", de: "Starts" },
  "lane.headlines": { en: "Headline", de: "Status" },
  "lane.findings": { en: "Findings", de: "Befunde" },
  "lane.people": { en: "People", de: "Personen" },
  "timeline.booted": { en: "Booted {bootedAtMs}", de: "Gestartet {bootedAtMs}" },
  "timeline.boot-time-unknown": { en: "Booted, at an unknown time", de: "Gestartet, Zeit unbekannt" },
  "timeline.not-reported": { en: "Not reported", de: "Nicht gemeldet" },
  "timeline.stated": { en: "“{reason}”", de: "„{reason}“" },
} as const satisfies Texts;

/** What somebody did, after their name (audit log, lane of people). */
const ACTS = {
  "act.baseline.adopted": { en: "adopted a baseline", de: "hat einen Sollzustand übernommen" },
  "act.enrolment.approved": { en: "approved the scanner", de: "hat den Scanner freigegeben" },
  "act.enrolment.refused": { en: "refused the scanner", de: "hat den Scanner abgelehnt" },
  "act.enrolment.released": {
    en: "released the locked-out identity",
    de: "hat die ausgesperrte Identität freigegeben",
  },
  "act.enrolment.token-created": { en: "created an enrolment token", de: "hat ein Anmelde-Token erstellt" },
  "act.enrolment.token-revoked": { en: "revoked an enrolment token", de: "hat ein Anmelde-Token widerrufen" },
  "act.person.deactivated": { en: "deactivated a person", de: "hat eine Person deaktiviert" },
  "act.person.invitation-accepted": { en: "accepted an invitation", de: "hat eine Einladung angenommen" },
  "act.person.invitation-revoked": { en: "revoked an invitation", de: "hat eine Einladung widerrufen" },
  "act.person.invited": { en: "invited a person", de: "hat eine Person eingeladen" },
  "act.person.password-reset": { en: "set a new password", de: "hat ein neues Passwort gesetzt" },
  "act.person.reset-link-made": {
    en: "made a link to reset a password",
    de: "hat einen Link zum Zurücksetzen eines Passworts erstellt",
  },
  "act.scanner.asked-again": { en: "asked to be enrolled again", de: "hat erneut um Anmeldung gebeten" },
  "act.scanner.enrolled": { en: "enrolled", de: "hat sich angemeldet" },
  "act.scanner.locked-out": { en: "was locked out", de: "wurde ausgesperrt" },
  "act.scanner.renamed": { en: "changed the scanner's record", de: "hat die Daten des Scanners geändert" },
  "act.session.backup-code-used": {
    en: "passed the second factor with a backup code",
    de: "hat den zweiten Faktor mit einem Ersatzcode bestanden",
  },
  "act.session.backup-codes-made": { en: "made new backup codes", de: "hat neue Ersatzcodes erstellt" },
  "act.session.passkey-added": { en: "added a passkey", de: "hat einen Passkey hinzugefügt" },
  "act.session.passkey-removed": { en: "removed a passkey", de: "hat einen Passkey entfernt" },
  "act.session.password-accepted": { en: "gave the right password", de: "hat das richtige Passwort genannt" },
  "act.session.password-changed": { en: "changed their password", de: "hat das eigene Passwort geändert" },
  "act.session.revoked": { en: "ended a session", de: "hat eine Sitzung beendet" },
  "act.session.revoked-all": { en: "ended all their sessions", de: "hat alle eigenen Sitzungen beendet" },
  "act.session.revoked-others": {
    en: "ended their other sessions",
    de: "hat die eigenen anderen Sitzungen beendet",
  },
  "act.session.second-factor-passed": {
    en: "passed the second factor",
    de: "hat den zweiten Faktor bestanden",
  },
  "act.session.second-factor-prepared": {
    en: "prepared a second factor",
    de: "hat einen zweiten Faktor vorbereitet",
  },
  "act.session.second-factor-removed": {
    en: "removed the second factor",
    de: "hat den zweiten Faktor entfernt",
  },
  "act.session.signed-in-with-passkey": {
    en: "signed in with a passkey",
    de: "hat sich mit einem Passkey angemeldet",
  },
  "act.session.signed-out": { en: "signed out", de: "hat sich abgemeldet" },
  "act.session.preferences-set": {
    en: "changed their preferences",
    de: "hat die eigenen Einstellungen geändert",
  },
  "act.setup.admin-created": { en: "became the first administrator", de: "wurde erster Administrator" },
  "act.site.created": { en: "created a site", de: "hat einen Standort angelegt" },
  "act.site.renamed": { en: "changed a site", de: "hat einen Standort geändert" },
} as const satisfies Texts;

export const NOUN_TEXTS = { ...ROLES, ...FACTS, ...PROBES, ...WORDS, ...ACTS } as const;
