import type { Texts } from "#core/message/text.ts";

/** Acts and refusals of keeping regions, sites and scanners. */
const ACTS = {
  "act.region.created": { en: "created a region", de: "hat eine Region angelegt" },
  "act.region.renamed": { en: "renamed a region", de: "hat eine Region umbenannt" },
  "act.region.removed": { en: "removed an empty region", de: "hat eine leere Region entfernt" },
  "act.site.moved": {
    en: "moved a site to another region",
    de: "hat einen Standort in eine andere Region verlegt",
  },
  "act.site.closed": { en: "closed a site", de: "hat einen Standort geschlossen" },
  "act.site.reopened": { en: "opened a site again", de: "hat einen Standort wieder geöffnet" },
  "act.scanner.tagged": { en: "changed the tags", de: "hat die Schlagwörter geändert" },
  "act.scanner.maintenance-began": { en: "marked maintenance", de: "hat Wartung vermerkt" },
  "act.scanner.maintenance-ended": { en: "ended maintenance", de: "hat die Wartung beendet" },
  "act.scanner.service-set": {
    en: "put it in or out of service",
    de: "hat es in oder außer Betrieb genommen",
  },
  "act.scanner.moved": {
    en: "moved the scanner to another site",
    de: "hat den Scanner an einen anderen Standort verlegt",
  },
  "act.scanner.retired": { en: "retired the scanner", de: "hat den Scanner ausgemustert" },
  "act.scanner.replacement-asked": {
    en: "asked to go on under this serial with other hardware",
    de: "bat, unter dieser Seriennummer mit anderer Hardware weiterzumachen",
  },
  "act.enrolment.replaced": {
    en: "approved the scanner's new key",
    de: "hat den neuen Schlüssel des Scanners freigegeben",
  },
  "act.enrolment.replacement-refused": {
    en: "refused the scanner's new key",
    de: "hat den neuen Schlüssel des Scanners abgelehnt",
  },
  "act.enrolment.hardware-accepted": {
    en: "lifted a lock-out and accepted the new hardware",
    de: "hat eine Aussperrung aufgehoben und die neue Hardware angenommen",
  },
} as const satisfies Texts;

const REFUSALS = {
  "refusal.region-name-taken": {
    en: "There is a region of this name.",
    de: "Eine Region dieses Namens gibt es schon.",
  },
  "refusal.region-not-empty": {
    en: "This region is not empty: {sites} {sites|site|sites}, {people} {people|role|roles} and {invitations} open {invitations|invitation|invitations}.",
    de: "Diese Region ist nicht leer: {sites} {sites|Standort|Standorte}, {people} {people|Rolle|Rollen} und {invitations} offene {invitations|Einladung|Einladungen}.",
  },
  "refusal.site-closed": {
    en: "{site} is closed. Open it again first.",
    de: "{site} ist geschlossen. Zuerst wieder öffnen.",
  },
  "refusal.site-open": { en: "{site} is open.", de: "{site} ist offen." },
  "refusal.site-not-empty": {
    en: "{scanners} {scanners|scanner belongs|scanners belong} to {site}. Move or retire {scanners|it|them} first.",
    de: "{scanners} {scanners|Scanner gehört|Scanner gehören} zu {site}. Zuerst verlegen oder ausmustern.",
  },
  "refusal.scanner-retired": {
    en: "{serial} is retired. Enrol it again to bring it back.",
    de: "{serial} ist ausgemustert. Zum Zurückholen neu anmelden.",
  },
  "refusal.hardware-differs": {
    en: "This is not the hardware that was seen last. Look again.",
    de: "Das ist nicht die zuletzt gesehene Hardware. Bitte erneut ansehen.",
  },
  "refusal.serial-differs": {
    en: "This is not the serial of the scanner. It is {serial}.",
    de: "Das ist nicht die Seriennummer des Scanners. Sie lautet {serial}.",
  },
  "refusal.too-many-tags": {
    en: "{serial} would have more than 20 tags.",
    de: "{serial} hätte mehr als 20 Schlagwörter.",
  },
  "refusal.maintenance-end-out-of-range": {
    en: "The end of maintenance lies in the past, or more than a year ahead.",
    de: "Das Ende der Wartung liegt in der Vergangenheit oder mehr als ein Jahr voraus.",
  },
  "refusal.not-in-maintenance": {
    en: "{serial} is not in maintenance.",
    de: "{serial} ist nicht in Wartung.",
  },
} as const satisfies Texts;

export const KEEPING_TEXTS = { ...ACTS, ...REFUSALS } as const;
