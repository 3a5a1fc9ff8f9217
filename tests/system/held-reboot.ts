import type { Case } from "./fault-cases.ts";
import type { ScannerHost } from "./scanner-host.ts";

/** Where own units of a host lie that no system brings with it. */
const UNITS = "/usr/local/lib/systemd/system";
const HOLD_FILE = "/var/lib/fiducial-hold";

/**
 * A service that takes its time to stop, as any may: a scanner that goes down waits for it, and the change's unit lives until it has
 * stopped. Without it the reboot that was asked for mostly ends that unit before it comes to the point after asking.
 */
const SERVICE = `[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
ExecStop=/bin/sh ${UNITS}/fault-hold.sh
TimeoutStopSec=90
`;

/** Step, death and file of the fault; it holds up only the reboot of that step. */
const STOP = `[ -e ${HOLD_FILE} ] || exit 0
read -r step death faults <${HOLD_FILE}
grep -q "\\"step\\":\\"$step\\"" /var/lib/fiducial-activate/journal.json || exit 0
case $death in
kill) while grep -q . "$faults"; do sleep 0.1; done ;;
host) sleep 60 ;;
esac
`;

/** Units are stopped in the reverse order: what the change's unit is before is gone before it. */
const ORDER = "[Unit]\nBefore=fault-hold.service\n";

export async function installHold(host: ScannerHost): Promise<void> {
  await host.write(`${UNITS}/fault-hold.service`, SERVICE);
  await host.write(`${UNITS}/fault-hold.sh`, STOP);
  // Both names that it may have: fiducial-change, and fiducial-change-<pid>-<n>.
  for (const name of ["fiducial-change.service", "fiducial-change-.service"])
    await host.write(`${UNITS}/${name}.d/fault-hold.conf`, ORDER);
  await host.must("sh", [
    "-c",
    `mkdir -p ${UNITS}/multi-user.target.wants && ln -sf ../fault-hold.service ${UNITS}/multi-user.target.wants/ && systemctl daemon-reload && systemctl start fault-hold.service`,
  ]);
}

export async function holdReboot(host: ScannerHost, { point, death }: Case, faults: string): Promise<void> {
  const step = point.slice(0, point.indexOf("."));
  await host.write(HOLD_FILE, `${step} ${death} ${faults}\n`);
}

/** From the next reboot on; one that is held already waits for its own end. */
export async function releaseReboot(host: ScannerHost): Promise<void> {
  await host.run("rm", ["-f", HOLD_FILE]);
}
