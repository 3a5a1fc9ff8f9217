import type { ModelModule, Place, Weight } from "#demo/model/model.ts";

/** Kernel modules by whose version they carry, in the order of loading. */
type Options = { versionOf?: ModelModule["versionOf"]; item?: Place & Weight };

function modules(names: string, { versionOf = "kernel", item }: Options = {}): ModelModule[] {
  return names.split(" ").map((name) => ({ name, versionOf, item: item ?? null }));
}

const DRIVER = { class: "function", block: "drivers" } as const;

export const COMPUTER_MODULES: readonly ModelModule[] = [
  ...modules("efi_pstore dm_mod nvme_core nvme ahci libahci ext4 jbd2 mbcache fat vfat tpm_tis coretemp"),
  ...modules("i2c_i801 i2c_smbus iTCO_wdt drm drm_kms_helper snd_hda_intel snd_hda_codec snd_pcm snd_timer"),
  ...modules("xhci_hcd xhci_pci usbcore usbserial cdc_acm ftdi_sio cp210x pps_core ptp igc igb"),
  ...modules("nvidia", { versionOf: "nvidia", item: { ...DRIVER, part: "gpu", link: "pci" } }),
  ...modules("nvidia_uvm nvidia_modeset nvidia_drm", { versionOf: "nvidia" }),
];

/** National Instruments cards of the E and M series (comedi.org). */
export const COMEDI_MODULES: readonly ModelModule[] = [
  ...modules("comedi", {
    versionOf: "comedi",
    item: { class: "function", block: "daq", part: "ni", link: "pci" },
  }),
  ...modules("comedi_pci mite ni_tio ni_tiocmd ni_pcimio", { versionOf: "comedi" }),
];

export const SPECTRUM_MODULES: readonly ModelModule[] = modules("spcm4", {
  versionOf: "spcm4",
  item: { class: "function", block: "daq", part: "digitiser", link: "pci" },
});
