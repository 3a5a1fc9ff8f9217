import type { LinkKind, LinkState } from "#core/block/link.ts";
import type { BlockStatus } from "#core/block/status.ts";
import type { Block } from "#core/manifest/item.ts";
import type { Text, Texts } from "#core/message/text.ts";

/** The words of the block diagram (TRI-7); a block or a state without one does not compile. */
type Words<Space extends string, Value extends string> = { readonly [K in `${Space}.${Value}`]: Text };

const NAMES = {
  "block.ui": { en: "UI and reconstruction", de: "Bedienung und Rekonstruktion" },
  "block.services": { en: "Service programs", de: "Dienstprogramme" },
  "block.drivers": { en: "Hardware drivers", de: "Hardwaretreiber" },
  "block.safety": { en: "Safety daemon", de: "Sicherheitsdienst" },
  "block.daq": { en: "Data acquisition", de: "Datenerfassung" },
  "block.motion": { en: "Motion controller", de: "Bewegungssteuerung" },
  "block.electronics": { en: "Power electronics", de: "Leistungselektronik" },
  "block.surveillance": { en: "Surveillance unit", de: "Überwachungseinheit" },
  "block.cooling": { en: "Cooling", de: "Kühlung" },
  "block.auxiliary": { en: "Auxiliaries", de: "Zusatzgeräte" },
} as const satisfies Words<"block", Block>;

const STATUSES = {
  "block-status.unsafe": { en: "Unsafe", de: "Unsicher" },
  "block-status.tripped": { en: "Tripped", de: "Ausgelöst" },
  "block-status.failed": { en: "Failed", de: "Gestört" },
  "block-status.unknown": { en: "Unknown", de: "Unbekannt" },
  "block-status.drifted": { en: "Drifted", de: "Abgewichen" },
  "block-status.noted": { en: "Noted", de: "Vermerkt" },
  "block-status.nominal": { en: "Nominal", de: "Nominal" },
  "block-status.not-expected": { en: "Not expected", de: "Nicht erwartet" },
  "block-status.not-compared": { en: "Not compared", de: "Nicht verglichen" },
} as const satisfies Words<"block-status", BlockStatus>;

const LINKS = {
  "link-kind.network": { en: "network", de: "Netzwerk" },
  "link-kind.serial": { en: "serial", de: "seriell" },
  "link-kind.pci": { en: "PCI", de: "PCI" },
  "link-kind.usb": { en: "USB", de: "USB" },
  "link-state.ok": { en: "connected", de: "verbunden" },
  "link-state.silent": { en: "silent", de: "stumm" },
  "link-state.broken": { en: "broken", de: "getrennt" },
  "link-state.unknown": { en: "not known", de: "nicht bekannt" },
} as const satisfies Words<"link-kind", LinkKind> & Words<"link-state", LinkState>;

const PIECES = {
  "piece.items-equal": {
    en: "{count} {count|item|items} as expected",
    de: "{count} {count|Punkt|Punkte} wie erwartet",
  },
  "piece.more-findings": { en: "{count} more", de: "{count} weitere" },
  "timeline.findings": {
    en: "{count} {count|finding|findings}",
    de: "{count} {count|Befund|Befunde}",
  },
  "piece.scan": { en: "scan {scan:scan}", de: "Messung {scan:scan}" },
} as const satisfies Texts;

export const BLOCK_TEXTS = { ...NAMES, ...STATUSES, ...LINKS, ...PIECES } as const;
