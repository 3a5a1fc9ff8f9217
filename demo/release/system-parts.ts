import { type Recipe, recipes } from "#demo/release/recipe.ts";

/** What NixOS generates around the packages: unit files and configuration. They have no version; their content moves with what they need. */

type Unit = { name: string; needs: string; models?: string };

const UNITS: readonly Unit[] = [
  { name: "safetyd.service", needs: "safetyd" },
  { name: "safetyd.socket", needs: "safetyd" },
  { name: "motiond.service", needs: "motiond", models: "FM-25 FM-30 FM-H1" },
  { name: "coolingd.service", needs: "coolingd", models: "FM-25 FM-30 FM-H1" },
  { name: "temperatured.service", needs: "temperatured" },
  { name: "amplifierd.service", needs: "amplifierd" },
  { name: "daq-gateway.service", needs: "daq-gateway" },
  { name: "gcaps.service", needs: "gcaps", models: "FM-25 FM-30 FM-H1" },
  { name: "mpi-measurements.service", needs: "julia-MPIMeasurements julia" },
  { name: "mpi-reconstruction.service", needs: "julia-MPIReco julia" },
  { name: "mpi-ui.service", needs: "julia-MPIUI gtk4" },
  { name: "fiducial-agent.service", needs: "fiducial-agent" },
  { name: "fiducial-facts.service", needs: "fiducial-agent nix" },
  { name: "fiducial-facts.timer", needs: "systemd" },
  { name: "nvidia-persistenced.service", needs: "nvidia-persistenced" },
  { name: "chronyd.service", needs: "chrony" },
  { name: "ptp4l.service", needs: "linuxptp" },
  { name: "phc2sys.service", needs: "linuxptp" },
  { name: "sshd.service", needs: "openssh" },
  { name: "nix-daemon.service", needs: "nix" },
  { name: "nix-gc.service", needs: "nix" },
  { name: "nix-gc.timer", needs: "systemd" },
  { name: "smartd.service", needs: "smartmontools" },
  { name: "nftables.service", needs: "nftables" },
  { name: "dbus-broker.service", needs: "dbus-broker" },
];

const PLAIN_UNITS =
  "acquisition.slice audit.service cryptsetup.target display-manager.service firewall.service getty.target kmod-static-nodes.service logrotate.service logrotate.timer mpi-data.mount mpi.target network-local-commands.service network-setup.service nscd.service polkit.service post-resume.service reload-systemd-vconsole-setup.service resolvconf.service rngd.service save-hwclock.service scan-room.target systemd-backlight-.service systemd-fsck-.service systemd-journald.service systemd-logind.service systemd-modules-load.service systemd-networkd.service systemd-resolved.service systemd-sysctl.service systemd-timesyncd.service systemd-tmpfiles-clean.service systemd-udevd.service systemd-update-utmp.service systemd-user-sessions.service systemd-vconsole-setup.service user-.service"
    .split(" ")
    .map((name): Unit => ({ name, needs: "systemd" }));

const CONFIGURATION = recipes(`
  limits.toml | | 12
  Scanner.toml | | 24
  chrony.conf | | 4 | chrony
  ptp4l.conf | | 4
  nix.conf | | 4 | nix
  sshd.conf-final | | 8
  nftables-rules | | 8
  etc-os-release | | 4
  etc-profile | | 4 | bash
  etc-pam-environment | | 4
  issue | | 4
  hosts | | 4
  logrotate.conf | | 4
  udev-rules | | 2240 | systemd
  hwdb.bin | | 12480
  dbus-1 | | 48 | dbus
  fonts.conf | | 28
  modules-load.conf | | 4
  sysctl.d | | 12
  tmpfiles.d | | 96 | systemd
  locale-archive | | 3080
  set-environment | | 4
  users-groups.json | | 8
  system-units | | 96 | systemd
  user-units | | 32 | systemd
  etc | | 24 | limits.toml Scanner.toml chrony.conf ptp4l.conf nix.conf sshd.conf-final nftables-rules etc-os-release etc-profile hosts udev-rules hwdb.bin dbus-1 fonts.conf modules-load.conf sysctl.d tmpfiles.d set-environment system-units user-units
`);

export const SYSTEM_PARTS: readonly Recipe[] = [
  ...[...UNITS, ...PLAIN_UNITS].flatMap(({ name, needs, models = "" }) =>
    recipes(`unit-${name} | | 4 | ${needs} | ${models}`),
  ),
  ...CONFIGURATION,
];
