import { ActivateError } from "#agent/activate/activate-error.ts";
import type { Host } from "#agent/activate/host.ts";
import { CHANGE_UNITS, isRunning } from "#agent/activate/unit-runner.ts";
import type { Journal } from "#core/change/journal.ts";
import { STEP_PHASES, type Step } from "#core/change/steps.ts";

const LOOK_EVERY_MS = 200;
/** systemd starts the change's unit again after a second; longer than this without it, nobody goes on. */
const NOBODY_MS = 30_000;

/** What a person at the scanner reads while it happens. */
const STEP_WORDS = {
  rest: "at rest",
  offered: "waiting for files",
  copy: "finding the generation on disk",
  verify: "comparing every file with what was confirmed",
  keep: "keeping it from being collected",
  staged: "looking whether it may begin",
  armed: "recording the way back and its deadline",
  set: "setting the system profile",
  boot: "writing its boot entry",
  switch: "switching",
  reboot: "rebooting; after it, fiducial-activate status says how it ended",
  arrived: "booted into it",
  "restart-agent": "restarting the agent",
  probe: "watching whether it is healthy",
  bless: "making it what boots from now on",
  confirm: "confirming",
  settle: "stopping the deadline",
  "back-arm": "going back: deadline",
  "back-set": "going back: system profile",
  "back-boot": "going back: boot entry",
  "back-switch": "going back: switching",
  "back-reboot": "going back: rebooting; after it, fiducial-activate status says how it ended",
  "back-probe": "going back: looking at what runs",
  "back-settle": "going back: stopping the deadline",
  stuck: "stuck",
} as const satisfies Record<Step, string>;

/**
 * Tells every step of the change under way and returns the journal once nothing moves any more. The work is done in the change's own
 * unit, so whoever stops following stops nothing. Throws `stopped` when that unit is gone and the change is not at its end.
 */
export async function follow(
  host: Pick<Host, "records" | "system" | "clock">,
  tell: (line: string) => void,
): Promise<Journal> {
  let told = "";
  let aliveAtMs = host.clock.monotonicMs();
  for (;;) {
    const journal = await host.records.journal();
    const line = lineOf(journal);
    if (line !== told) {
      told = line;
      if (journal.step !== "rest") tell(line);
      aliveAtMs = host.clock.monotonicMs();
    }
    if (isStill(journal)) return journal;
    if (await isRunning(host.system, CHANGE_UNITS)) aliveAtMs = host.clock.monotonicMs();
    if (host.clock.monotonicMs() - aliveAtMs > NOBODY_MS) throw nobody(journal);
    await host.clock.sleep(LOOK_EVERY_MS);
  }
}

function lineOf(journal: Journal): string {
  const waiting = journal.step === "staged" && journal.waiting !== null ? `: ${journal.waiting}` : "";
  return `${STEP_WORDS[journal.step]}${waiting}`;
}

function isStill(journal: Journal): boolean {
  if (journal.step === "staged") return journal.waiting !== null;
  return journal.step === "rest" || journal.step === "stuck";
}

function nobody({ step }: Journal): ActivateError {
  const rest =
    STEP_PHASES[step] === "before"
      ? "nothing on this scanner was changed"
      : "its deadline goes back from there";
  return new ActivateError(
    "stopped",
    `The unit that carries it out has ended in the step "${STEP_WORDS[step]}"; ${rest}. See journalctl -u '${CHANGE_UNITS}'.`,
  );
}
