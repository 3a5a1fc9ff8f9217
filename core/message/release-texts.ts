import type { Texts } from "#core/message/text.ts";

/** The effect sentence of a release (SIG-5): parts that stand side by side, so each is a clause and begins in lower case. */
const EFFECT = {
  "effect.first": {
    en: "first release of this system, nothing to compare with",
    de: "erstes Release dieses Systems, kein Vergleich möglich",
  },
  "effect.removed": {
    en: "this system is no longer in the release",
    de: "dieses System ist nicht mehr im Release",
  },
  "effect.nothing": { en: "nothing changes", de: "es ändert sich nichts" },
  "effect.other-content": {
    en: "{count} {count|path has|paths have} other content under the same name",
    de: "{count} {count|Pfad hat|Pfade haben} unter gleichem Namen anderen Inhalt",
  },
  "effect.restarts": {
    en: "restarts {count} {count|unit|units}",
    de: "startet {count} {count|Unit|Units} neu",
  },
  "effect.starts": {
    en: "starts {count} new {count|unit|units}",
    de: "startet {count} {count|neue Unit|neue Units}",
  },
  "effect.stops": {
    en: "stops {count} {count|unit|units} for good",
    de: "beendet {count} {count|Unit|Units} für immer",
  },
  "effect.reboot": { en: "reboot needed", de: "Neustart nötig" },
  "effect.no-reboot": { en: "no reboot", de: "kein Neustart" },
  "effect.reboot-unknown": {
    en: "the closure does not say whether a reboot is needed",
    de: "die Closure sagt nicht, ob ein Neustart nötig ist",
  },
  "effect.kernel": { en: "kernel {from} → {to}", de: "Kernel {from} → {to}" },
  "effect.kernel-rebuilt": {
    en: "kernel of the same version rebuilt",
    de: "Kernel gleicher Version neu gebaut",
  },
  "effect.initrd": { en: "another initrd", de: "andere Initrd" },
  "effect.systemd": { en: "systemd {from} → {to}", de: "systemd {from} → {to}" },
  "effect.systemd-rebuilt": {
    en: "systemd of the same version rebuilt",
    de: "systemd gleicher Version neu gebaut",
  },
  "effect.modules": {
    en: "{count} kernel {count|module changes|modules change}",
    de: "{count} {count|Kernelmodul ändert|Kernelmodule ändern} sich",
  },
  "effect.parameters": {
    en: "{count} kernel {count|parameter changes|parameters change}",
    de: "{count} {count|Kernelparameter ändert|Kernelparameter ändern} sich",
  },
  "effect.driver": { en: "{driver:driver} {from} → {to}", de: "{driver:driver} {from} → {to}" },
  "effect.driver-added": { en: "{driver:driver} {version} is new", de: "{driver:driver} {version} ist neu" },
  "effect.driver-removed": {
    en: "{driver:driver} {version} is gone",
    de: "{driver:driver} {version} fällt weg",
  },
  "effect.driver-rebuilt": {
    en: "{driver:driver} {version} rebuilt",
    de: "{driver:driver} {version} neu gebaut",
  },
  "effect.packages": {
    en: "{count} {count|package changes|packages change}",
    de: "{count} {count|Paket ändert|Pakete ändern} sich",
  },
  "effect.expected": {
    en: "{count} expected {count|item changes|items change}",
    de: "{count} {count|Sollwert ändert|Sollwerte ändern} sich",
  },
  "effect.audience": {
    en: "it is for other scanners than before",
    de: "es gilt für andere Scanner als zuvor",
  },
  "effect.health": { en: "its proof of health changes", de: "sein Gesundheitsnachweis ändert sich" },
  "effect.compatibility": {
    en: "it fits other firmware or calibration than before",
    de: "es passt zu anderer Firmware oder Kalibrierung als zuvor",
  },
  "effect.fetch": { en: "{sizeBytes} to fetch", de: "{sizeBytes} zu laden" },
  "driver.gpu": { en: "GPU driver", de: "GPU-Treiber" },
} as const satisfies Texts;

export const RELEASE_TEXTS = { ...EFFECT } as const satisfies Texts;
