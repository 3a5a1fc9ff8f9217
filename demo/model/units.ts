import type { ModelUnit, Place, Weight } from "#demo/model/model.ts";

/** Units of a scanner's main computer as systemd lists them; the names are those of the releases (demo/release/system-parts.ts). */
function running(name: string, item: (Place & Weight) | null = null): ModelUnit {
  return { name, active: "active", sub: "running", enabled: "enabled", item };
}

function done(name: string): ModelUnit {
  return { name, active: "active", sub: "exited", enabled: "enabled", item: null };
}

const FUNCTION = { class: "function" } as const;
const CONFIG = { class: "config" } as const;

const BASE: readonly ModelUnit[] = [
  running("chronyd.service", { ...CONFIG, block: "services" }),
  running("ptp4l.service"),
  running("phc2sys.service"),
  running("dbus-broker.service"),
  running("systemd-journald.service"),
  running("systemd-udevd.service"),
  running("systemd-logind.service"),
  running("systemd-networkd.service"),
  running("systemd-resolved.service"),
  running("nix-daemon.service"),
  running("sshd.service"),
  running("smartd.service"),
  running("nvidia-persistenced.service"),
  running("fiducial-agent.service"),
  done("nftables.service"),
  done("systemd-modules-load.service"),
  done("systemd-sysctl.service"),
  done("systemd-tmpfiles-setup.service"),
  { name: "fiducial-facts.timer", active: "active", sub: "waiting", enabled: "enabled", item: null },
  { name: "nix-gc.timer", active: "active", sub: "waiting", enabled: "enabled", item: null },
  { name: "logrotate.timer", active: "active", sub: "waiting", enabled: "enabled", item: null },
  { name: "boot.mount", active: "active", sub: "mounted", enabled: "generated", item: null },
  { name: "var.mount", active: "active", sub: "mounted", enabled: "generated", item: null },
];

const IMAGING: readonly ModelUnit[] = [
  running("mpi-measurements.service", { ...FUNCTION, block: "services", part: "mpi-measurements" }),
  running("mpi-reconstruction.service", { ...FUNCTION, block: "ui", part: "reconstruction" }),
  running("mpi-ui.service", { ...FUNCTION, block: "ui", part: "user-interface" }),
  running("temperatured.service"),
  running("amplifierd.service"),
  running("daq-gateway.service", { ...FUNCTION, block: "services", part: "daq-gateway" }),
];

const MACHINE: readonly ModelUnit[] = [
  running("motiond.service", { ...FUNCTION, block: "services", part: "motiond" }),
  running("gcaps.service", { ...FUNCTION, block: "motion", part: "galil", link: "network" }),
  running("coolingd.service"),
  running("safetyd.service", { class: "safety", riskControlId: "RC-001", block: "safety" }),
];

export const BENCH_UNITS: readonly ModelUnit[] = [...BASE, ...IMAGING];
export const SCANNER_UNITS: readonly ModelUnit[] = [...BENCH_UNITS, ...MACHINE];
