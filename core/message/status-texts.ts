import type { Finding } from "#core/finding/finding.ts";
import type {
  ChangeState,
  Currency,
  FunctionAxis,
  HeadlineWord,
  Link,
  Safety,
  Service,
  Software,
} from "#core/headline/axes.ts";
import type { ItemClass } from "#core/manifest/item.ts";
import type { Text, Texts } from "#core/message/text.ts";

/** Every value of a closed list must be here: a new state without a word does not compile. */
type Words<Space extends string, Value extends string> = { readonly [K in `${Space}.${Value}`]: Text };

const HEADLINE = {
  "headline.unsafe": { en: "Unsafe", de: "Unsicher" },
  "headline.tripped": { en: "Tripped", de: "Ausgelöst" },
  "headline.offline": { en: "Offline", de: "Offline" },
  "headline.unknown": { en: "Unknown", de: "Unbekannt" },
  "headline.degraded": { en: "Degraded", de: "Eingeschränkt" },
  "headline.updating": { en: "Updating", de: "Wird aktualisiert" },
  "headline.drifted": { en: "Drifted", de: "Abgewichen" },
  "headline.behind": { en: "Behind", de: "Rückständig" },
  "headline.overdue": { en: "Overdue", de: "Überfällig" },
  "headline.nominal": { en: "Nominal", de: "Nominal" },
  "headline.retired": { en: "Retired", de: "Ausgemustert" },
  "variant.tripped": { en: "tripped, in its safe state", de: "ausgelöst, im sicheren Zustand" },
  "variant.stalled": { en: "stalled", de: "stockt" },
  "variant.overdue": { en: "overdue", de: "überfällig" },
  "variant.last-known": { en: "last known", de: "zuletzt bekannt" },
} as const satisfies Words<"headline", HeadlineWord | "tripped" | "overdue"> & Texts;

const AXES = {
  "axis.link": { en: "Link", de: "Verbindung" },
  "axis.safety": { en: "Safety", de: "Sicherheit" },
  "axis.function": { en: "Function", de: "Funktion" },
  "axis.software": { en: "Software", de: "Software" },
  "axis.currency": { en: "Release", de: "Release" },
  "axis.service": { en: "Service", de: "Betrieb" },
  "axis.change": { en: "Change", de: "Änderung" },
  "link.live": { en: "Live", de: "Verbunden" },
  "link.late": { en: "Late", de: "Verspätet" },
  "link.offline": { en: "Offline", de: "Offline" },
  "link.never": { en: "Never reported", de: "Nie gemeldet" },
  "safety.ok": { en: "Protected", de: "Geschützt" },
  "safety.warning": { en: "Warning", de: "Warnung" },
  "safety.tripped": { en: "Tripped", de: "Ausgelöst" },
  "safety.bypassed": { en: "Bypassed", de: "Überbrückt" },
  "safety.lost": { en: "Lost", de: "Verloren" },
  "safety.limit-exceeded": { en: "Limit exceeded", de: "Grenzwert überschritten" },
  "safety.config-mismatch": { en: "Configuration differs", de: "Konfiguration weicht ab" },
  "safety.unknown": { en: "Not seen", de: "Nicht gesehen" },
  "safety.none": { en: "Not expected", de: "Nicht erwartet" },
  "function.ok": { en: "As expected", de: "Wie erwartet" },
  "function.failed": { en: "Failed", de: "Gestört" },
  "function.unknown": { en: "Not seen", de: "Nicht gesehen" },
  "software.intact": { en: "Intact", de: "Intakt" },
  "software.pending-reboot": { en: "Reboot pending", de: "Neustart steht aus" },
  "software.drifted": { en: "Drifted", de: "Abgewichen" },
  "software.damaged": { en: "Damaged", de: "Beschädigt" },
  "software.untracked": { en: "Untracked", de: "Nicht zugeordnet" },
  "software.unknown": { en: "Not seen", de: "Nicht gesehen" },
  "currency.current": { en: "Current", de: "Aktuell" },
  "currency.behind": { en: "Behind", de: "Rückständig" },
  "currency.ahead": { en: "Ahead", de: "Voraus" },
  "currency.unpinned": { en: "No pin", de: "Kein Pin" },
  "service.in-service": { en: "In service", de: "In Betrieb" },
  "service.maintenance": { en: "Maintenance", de: "Wartung" },
  "service.out-of-service": { en: "Out of service", de: "Außer Betrieb" },
  "service.retired": { en: "Retired", de: "Ausgemustert" },
} as const satisfies Words<"link", Link> &
  Words<"safety", Safety> &
  Words<"function", FunctionAxis> &
  Words<"software", Software> &
  Words<"currency", Currency> &
  Words<"service", Service> &
  Texts;

const CHANGES = {
  "change.none": { en: "none", de: "keine" },
  "change.offered": { en: "offered", de: "angeboten" },
  "change.refused": { en: "refused", de: "abgelehnt" },
  "change.waiting": { en: "waiting", de: "wartet" },
  "change.downloading": { en: "downloading", de: "lädt" },
  "change.staged": { en: "staged", de: "bereitgestellt" },
  "change.armed": { en: "armed", de: "scharf" },
  "change.activating": { en: "activating", de: "wird aktiviert" },
  "change.rebooting": { en: "rebooting", de: "startet neu" },
  "change.probation": { en: "in probation", de: "in Bewährung" },
  "change.confirmed": { en: "confirmed", de: "bestätigt" },
  "change.rolling-back": { en: "rolling back", de: "wird zurückgerollt" },
  "change.rolled-back": { en: "rolled back", de: "zurückgerollt" },
  "change.rollback-failed": { en: "rollback failed", de: "Zurückrollen gescheitert" },
  "change.cancelled": { en: "cancelled", de: "abgebrochen" },
  "change.expired": { en: "expired", de: "verfallen" },
} as const satisfies Words<"change", Exclude<ChangeState, "unknown">>;

const CHIPS = {
  "chip.late": { en: "Late", de: "Verspätet" },
  "chip.last-known": { en: "Last known {sinceAtMs}", de: "Zuletzt bekannt {sinceAtMs}" },
  "chip.flapping": { en: "Link flapping", de: "Verbindung wechselt ständig" },
  "chip.offline": { en: "Offline", de: "Offline" },
  "chip.unknown": { en: "Partly unknown", de: "Teils unbekannt" },
  "chip.degraded": { en: "Degraded", de: "Eingeschränkt" },
  "chip.updating": { en: "Updating", de: "Wird aktualisiert" },
  "chip.drifted": { en: "Drifted", de: "Abgewichen" },
  "chip.behind": { en: "Behind", de: "Rückständig" },
  "chip.pending-reboot": { en: "Reboot pending", de: "Neustart steht aus" },
  "chip.ahead": { en: "Ahead of its pin", de: "Dem Pin voraus" },
  "chip.unpinned": { en: "No pin", de: "Kein Pin" },
  "chip.info": { en: "{count} {count|note|notes}", de: "{count} {count|Hinweis|Hinweise}" },
  "chip.offered": { en: "Change offered", de: "Änderung angeboten" },
  "chip.refused": { en: "Change refused[: {why:blocked}]", de: "Änderung abgelehnt[: {why:blocked}]" },
  "chip.waiting": { en: "Change waiting[: {why:blocked}]", de: "Änderung wartet[: {why:blocked}]" },
  "chip.downloading": { en: "Downloading[ {percent}]", de: "Lädt[ {percent}]" },
  "chip.staged": { en: "Staged", de: "Bereitgestellt" },
  "chip.rolled-back": { en: "Rolled back[: {why:blocked}]", de: "Zurückgerollt[: {why:blocked}]" },
  "chip.maintenance": { en: "Maintenance[ until {untilAtMs}]", de: "Wartung[ bis {untilAtMs}]" },
  "chip.out-of-service": { en: "Out of service", de: "Außer Betrieb" },
  "chip.observed-baseline": {
    en: "Observed baseline, not signed",
    de: "Beobachteter Sollzustand, nicht signiert",
  },
  "chip.changes-off": { en: "Changes off", de: "Änderungen aus" },
} as const satisfies Texts;

const FINDINGS = {
  "class.safety": { en: "Safety", de: "Sicherheit" },
  "class.function": { en: "Function", de: "Funktion" },
  "class.config": { en: "Configuration", de: "Konfiguration" },
  "class.info": { en: "Information", de: "Information" },
  "problem.differs": { en: "Differs", de: "Weicht ab" },
  "problem.absent": { en: "Not there", de: "Nicht vorhanden" },
  "problem.too-old": { en: "Too old", de: "Zu alt" },
  "problem.unknown": { en: "Not seen", de: "Nicht gesehen" },
  "problem.not-reported": { en: "Not reported", de: "Nicht gemeldet" },
  "problem.unknown-kind": { en: "Newer than this server", de: "Neuer als dieser Server" },
} as const satisfies Words<"class", ItemClass> & Words<"problem", Finding["problem"]>;

export const STATUS_TEXTS = { ...HEADLINE, ...AXES, ...CHANGES, ...CHIPS, ...FINDINGS } as const;
