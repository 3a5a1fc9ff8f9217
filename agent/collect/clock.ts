import type { System } from "#agent/system.ts";
import { observed } from "#core/report/fact.ts";
import type { Probe, Source } from "./probe.ts";
import { notKnown } from "./reason.ts";

/** systemd-timesyncd touches this file whenever a server answered; it asks at least every 2048 s (timesyncd.conf(5)). */
const TIMESYNC_FILE = "/run/systemd/timesync/synchronized";
const TIMESYNC_STALE_MS = 4 * 2_048_000;
/** timedated is started by the question and stays for half a minute: it is not asked on every report. */
const TIMEDATE_PERIOD_MS = 10 * 60_000;
const RTC_TOLERANCE_MS = 60_000;

/** Daemons that keep the kernel clock, by the folder or file they leave in /run. */
const SOURCES: readonly (readonly [string, string])[] = [
  ["/run/chrony", "chrony"],
  ["/run/ntpd.pid", "ntpd"],
  ["/run/ptp4l", "ptp4l"],
];

/** SEE-12. Whether the kernel clock is synchronised, and who says so. Node cannot call adjtimex(2), so others are asked. */
export const clockProbe: Probe<"clock"> = {
  owner: "unit",
  while: "idle",
  read: async (source) => {
    const { system } = source;
    const told = (await timesync(system)) ?? (await timedate(source));
    if (told === null) return notKnown("no-time-service");
    const offsetMs = told.source === "chrony" ? await chronyOffset(source) : null;
    return observed({ ...told, offsetMs, rtcOk: await rtcAgrees(system) });
  },
};

type Told = { synchronised: boolean; source: string };

async function timesync(system: System): Promise<Told | null> {
  const file = await system.info(TIMESYNC_FILE);
  if (file.ok) {
    const fresh = Math.abs(system.nowMs() - file.value.modifiedMs) <= TIMESYNC_STALE_MS;
    return { synchronised: fresh, source: "systemd-timesyncd" };
  }
  // The folder without the file: timesyncd runs and has had no answer since the boot.
  const folder = await system.info("/run/systemd/timesync");
  return folder.ok ? { synchronised: false, source: "systemd-timesyncd" } : null;
}

async function timedate({ system, units, memo }: Source): Promise<Told | null> {
  const period = Math.floor(system.monotonicMs() / TIMEDATE_PERIOD_MS);
  const synchronised = await memo("timedate", String(period), () => units.clockSynchronised());
  if (synchronised === null) return null;
  for (const [path, source] of SOURCES) if ((await system.info(path)).ok) return { synchronised, source };
  return { synchronised, source: "kernel" };
}

const CHRONY_LIMITS = { timeoutMs: 3_000, maxBytes: 4096 };

/** chronyd tells everybody on the machine how far off the clock is (chronyc(1), tracking; chrony.conf(5), cmdallow). */
async function chronyOffset({ system, memo }: Source): Promise<number | null> {
  const period = Math.floor(system.monotonicMs() / TIMEDATE_PERIOD_MS);
  return memo("chrony", String(period), async () => {
    const ran = await system.run("chronyc", ["-c", "-n", "tracking"], CHRONY_LIMITS);
    return ran.ok && ran.value.status === 0 ? parseTracking(ran.value.stdout) : null;
  });
}

/**
 * Fields of `chronyc -c tracking`: the fifth is by how many seconds the clock is slow, the last whether there is a source at all.
 * @returns how far the clock is ahead, milliseconds; null: chrony does not know
 */
export function parseTracking(csv: string): number | null {
  const fields = csv.trim().split(",");
  const [, , , , slow] = fields;
  if (fields.length !== 14 || fields[13] === "Not synchronised") return null;
  const seconds = Number(slow);
  if (slow === undefined || slow === "" || !Number.isFinite(seconds)) return null;
  // To a microsecond, and never minus zero.
  return Math.round(-seconds * 1e6) / 1e3 + 0;
}

async function rtcAgrees(system: System): Promise<boolean | null> {
  const text = await system.readText("/sys/class/rtc/rtc0/since_epoch", 64);
  const seconds = text.ok ? Number.parseInt(text.value, 10) : Number.NaN;
  return Number.isFinite(seconds) ? Math.abs(seconds * 1000 - system.nowMs()) <= RTC_TOLERANCE_MS : null;
}
