import { SEARCH_PATH } from "#agent/activate/search-path.ts";
import type { Done } from "#agent/change/port.ts";
import type { System } from "#agent/system.ts";

const LIMITS = { timeoutMs: 60_000, maxBytes: 256 * 1024 };

/**
 * Units that exist only while a change runs (`systemd-run`): the thing that switches is never the thing that gets restarted. Patterns,
 * because systemd may keep one that has ended loaded, and with it its name (seen for more than ten seconds where the kernel has cgroups of
 * version 1): the next one then has a name of its own.
 */
export const CHANGE_UNITS = "fiducial-change*.service";
export const SWITCH_UNITS = "fiducial-switch*.service";
const DEADLINE_TIMERS = "fiducial-deadline*.timer";
const DEADLINE_SERVICES = "fiducial-deadline*.service";
const CHANGE = "fiducial-change";
const SWITCH = "fiducial-switch";
const DEADLINE = "fiducial-deadline";
const NAME_TRIES = 5;

/** Where systemd keeps the text of every transient unit that is loaded (systemd.unit(5)). */
const TRANSIENT = "/run/systemd/transient";

/**
 * Whether none of ours fits the pattern, seen without starting a program. Where systemd has not made the folder yet, or it cannot be read,
 * systemd is asked.
 */
async function areNone(system: System, pattern: string): Promise<boolean> {
  const loaded = await system.list(TRANSIENT);
  if (!loaded.ok) return false;
  const [begin = "", end = ""] = pattern.split("*");
  return !loaded.value.some((name) => name.startsWith(begin) && name.endsWith(end));
}

async function systemctl(system: System, ...args: string[]): Promise<Done> {
  return outcome(await system.run("systemctl", args, LIMITS), "systemctl");
}

function outcome(ran: Awaited<ReturnType<System["run"]>>, name: string): Done {
  if (!ran.ok) return { ok: false, detail: `${name}: ${ran.detail}` };
  if (ran.value.status === 0) return { ok: true };
  return { ok: false, detail: `${name}: ${ran.value.stderr.trim().slice(0, 300)}` };
}

/** Ends it, whatever it does, and forgets how it ended. That none fits the pattern is what was wanted. */
export async function stopUnits(system: System, pattern: string): Promise<void> {
  await systemctl(system, "stop", pattern);
  await systemctl(system, "reset-failed", pattern);
}

/**
 * The change machine in a unit of its own. It is started again when it is killed: the journal then tells it what may have happened.
 * No --pipe: a reader that goes away must not end it (L5). `tries`: how often the caller was refused; the first has the usual name, so that
 * of two who start one at the same time the second is refused.
 */
export async function startChangeUnit(
  system: System,
  command: readonly string[],
  tries = 0,
): Promise<Started> {
  const properties = [
    "Restart=on-failure",
    "RestartSec=1",
    // What keeps it from going on may last, as a full disk does; who gave up after five times would leave a scanner half way back.
    "StartLimitIntervalSec=0",
    "KillMode=mixed",
    "UMask=0077",
    "TimeoutStopSec=5s",
  ];
  const options = ["--service-type=exec", ...properties.map((one) => `--property=${one}`)];
  const name = nameOf(CHANGE, tries);
  if (!(await areNone(system, `${name}.service`))) await systemctl(system, "reset-failed", `${name}.service`);
  return transient(system, name, options, command);
}

/** `again`: systemd was asked and said no, as it does while it holds a unit of that name; another name may be free. */
type Started = { ok: true } | { ok: false; detail: string; again: boolean };

function nameOf(base: string, tries: number): string {
  return tries === 0 ? base : `${base}-${process.pid}-${tries}`;
}

async function underAFreeName(
  system: System,
  base: string,
  start: (name: string) => Promise<Started>,
): Promise<Done> {
  for (let tries = 0; ; tries += 1) {
    const name = nameOf(base, tries);
    const started = await start(name);
    if (started.ok || !started.again || tries === NAME_TRIES) return started;
    // One that failed keeps its name until that is forgotten: for the next time, and not asked for every time, because that takes a program.
    await systemctl(system, "reset-failed", `${name}.*`);
  }
}

/**
 * How the script ended is told by the file it leaves (L6), so that systemd need not keep the unit, which the next switch would have to stop
 * first. One that failed stays loaded all the same, for people to see.
 */
export async function startSwitchUnit(system: System, command: readonly string[]): Promise<Done> {
  // exec and not oneshot: systemd-run then returns once it runs, and from there on "not running" means "ended".
  const properties = ["UMask=0022", "TimeoutStopSec=5s"];
  const options = ["--service-type=exec", ...properties.map((one) => `--property=${one}`)];
  if (!(await areNone(system, SWITCH_UNITS))) await systemctl(system, "stop", SWITCH_UNITS);
  return underAFreeName(system, SWITCH, (name) => transient(system, name, options, command));
}

/** By the monotonic clock: a clock that is set wrong neither fires it nor holds it back (F7). */
export async function startDeadline(system: System, ms: number, command: readonly string[]): Promise<Done> {
  const options = [
    `--on-active=${Math.ceil(ms / 1000)}s`,
    "--timer-property=AccuracySec=1s",
    "--property=UMask=0077",
  ];
  if (!(await areNone(system, DEADLINE_TIMERS))) await systemctl(system, "stop", DEADLINE_TIMERS);
  return underAFreeName(system, DEADLINE, (name) => transient(system, name, options, command));
}

/** Stops the timer. */
export async function stopDeadline(system: System): Promise<Done> {
  await stopUnits(system, DEADLINE_TIMERS);
  // Stopping the service would end the deadline that is itself going back; only a record of an old one is forgotten.
  await systemctl(system, "reset-failed", DEADLINE_SERVICES);
  return { ok: true };
}

/** systemd's own search path has neither Nix nor what NixOS brings; that of whoever starts it may have less (ACT-4). */
async function transient(
  system: System,
  unit: string,
  options: readonly string[],
  command: readonly string[],
): Promise<Started> {
  const args = [
    ...["--quiet", `--unit=${unit}`, "--working-directory=/", ...options],
    ...[`--setenv=PATH=${SEARCH_PATH}`, "--setenv=HOME=/root", ...command],
  ];
  const ran = await system.run("systemd-run", args, LIMITS);
  const done = outcome(ran, "systemd-run");
  return done.ok ? done : { ...done, again: ran.ok };
}

/** Whether a unit of this name, or any that fits this pattern, runs. */
export async function isRunning(system: System, unit: string): Promise<boolean> {
  if ([CHANGE_UNITS, SWITCH_UNITS].includes(unit) && (await areNone(system, unit))) return false;
  const ran = await system.run("systemctl", ["is-active", unit], LIMITS);
  if (!ran.ok) return false;
  const states = ran.value.stdout.split("\n");
  return states.some((state) => ["active", "activating", "reloading"].includes(state));
}

export async function restartUnit(system: System, unit: string): Promise<Done> {
  return systemctl(system, "restart", "--no-block", unit);
}

export async function rebootHost(system: System): Promise<Done> {
  return systemctl(system, "reboot", "--no-block");
}
