import { NO_CHANGE } from "#core/report/change-kind.ts";
import type { Begun } from "#demo/fault/fault.ts";
import { fault, setUnit } from "#demo/fault/fault.ts";
import { bootIdOf, type HostGeneration, type HostState, type SystemRef } from "#demo/host/host-state.ts";
import type { DemoRelease } from "#demo/release/release.ts";

/** Which system runs, which was booted, and how a change to another one went. */
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export const F01 = fault("F01", {
  title: "Switch the GPU driver under a running kernel",
  sentence:
    "A release with a newer NVIDIA library was switched to live; the kernel still has the old module loaded.",
  word: "degraded",
  chip: "pending-reboot",
  reboots: true,
  move: (state, begun) => {
    const running = releaseOf(state, begun, state.links.running);
    const other = nearest(begun, running, (one) => one.nvidiaVersion !== running.nvidiaVersion);
    return other === null ? state : bootedWith(state, begun, { kind: "release", name: other.name });
  },
});

export const F14 = fault("F14", {
  title: "Rebuild on site",
  sentence: "Somebody ran nixos-rebuild on the scanner: it runs a closure that no release has.",
  word: "drifted",
  move: (state, { sinceMs, ...begun }) => {
    const base = releaseOf(state, { sinceMs, ...begun }, state.links.running);
    const system: SystemRef = { kind: "untracked", base: base.name, builtAtMs: sinceMs };
    const number = newest(state) + 1;
    return {
      ...state,
      generations: [...state.generations, { number, system, createdAtMs: sinceMs }],
      links: { ...state.links, running: number, profile: number, nextBoot: number },
      switchedAtMs: sinceMs,
    };
  },
});

export const F15 = fault("F15", {
  title: "Forget a reboot",
  sentence:
    "Its system was switched to and never booted: the next start brings another one than ran for the last days.",
  word: "drifted",
  chip: "pending-reboot",
  reboots: true,
  move: (state, begun) => {
    const running = releaseOf(state, begun, state.links.running);
    const older = nearest(
      begun,
      running,
      (one) => one.nvidiaVersion === running.nvidiaVersion && one.counter < running.counter,
    );
    const builtAtMs = begun.sinceMs - 9 * DAY_MS;
    return bootedWith(
      state,
      begun,
      older === null
        ? { kind: "untracked", base: running.name, builtAtMs }
        : { kind: "release", name: older.name },
    );
  },
});

export const F16 = fault("F16", {
  title: "Hang an activation",
  sentence: "An activation began twelve minutes ago and has not ended; five were allowed.",
  word: "degraded",
  variant: "stalled",
  move: (state, begun) => {
    const running = releaseOf(state, begun, state.links.running);
    return {
      ...state,
      change: {
        ...NO_CHANGE,
        state: "activating",
        sinceMs: begun.sinceMs - 12 * MINUTE_MS,
        changeId: `activation-${state.serial}`,
        from: before(begun, running)?.name ?? null,
        to: running.name,
        budgetMs: 5 * MINUTE_MS,
        energised: false,
      },
    };
  },
});

export const F17 = fault("F17", {
  title: "Fail a boot",
  sentence: "The newest release did not boot; the boot loader fell back to the one before, which runs now.",
  word: "behind",
  chip: "rolled-back",
  reboots: true,
  move: (state, begun) => {
    const back = setBack(state, begun);
    if (back === null) return state;
    const { state: with_, number, older, running } = back;
    return {
      ...with_,
      links: { ...state.links, running: number, booted: number, nextBoot: number },
      boot: bootedAgain(state, begun),
      switchedAtMs: begun.sinceMs,
      change: {
        ...NO_CHANGE,
        state: "rolled-back",
        sinceMs: begun.sinceMs,
        changeId: `boot-${state.serial}`,
        from: older.name,
        to: running.name,
        reason: "boot-failed",
        energised: false,
      },
    };
  },
});

export const F18 = fault("F18", {
  title: "Fill the disk",
  sentence: "It was set back to the release before; the disk is 97 % full, so the way forward does not fit.",
  word: "behind",
  chip: "refused",
  reboots: true,
  move: (state, begun) => {
    const back = setBack(state, begun);
    if (back === null) return state;
    const { state: with_, number, older, running } = back;
    return {
      ...with_,
      generations: with_.generations.filter((one) => one.number === number),
      links: { running: number, booted: number, profile: number, nextBoot: number },
      boot: bootedAgain(state, begun),
      switchedAtMs: begun.sinceMs,
      change: {
        ...NO_CHANGE,
        state: "refused",
        sinceMs: begun.sinceMs,
        changeId: `space-${state.serial}`,
        from: older.name,
        to: running.name,
        reason: "disk-full",
        energised: false,
      },
    };
  },
  alter: (picture, sinceMs) => {
    picture.disks = picture.disks.map((one) => (one.mount === "/" ? { ...one, used: 0.97 } : one));
    setUnit(picture, "nix-gc.timer", { active: "active", sub: "waiting", sinceMs });
  },
});

export const F20 = fault("F20", {
  title: "Offer a forged update",
  sentence: "It was offered an update whose signature does not hold, and refused it; nothing else changed.",
  word: "nominal",
  chip: "refused",
  move: (state, { sinceMs }) => ({
    ...state,
    change: {
      ...NO_CHANGE,
      state: "refused",
      sinceMs,
      changeId: `forged-${state.serial}`,
      reason: "bad-signature",
    },
  }),
});

function releaseOf(state: HostState, { releases }: Begun, number: number): DemoRelease {
  const system = state.generations.find((one) => one.number === number)?.system;
  const name = system?.kind === "untracked" ? system.base : system?.name;
  const release = releases.find((one) => one.name === name);
  if (release === undefined) throw new Error(`${state.serial} runs a release that does not exist: ${name}`);
  return release;
}

function before({ releases }: Begun, running: DemoRelease): DemoRelease | null {
  return releases.findLast(({ counter }) => counter < running.counter) ?? null;
}

/** With the release before the one that runs among its generations; null: there was none before. */
function setBack(state: HostState, begun: Begun) {
  const running = releaseOf(state, begun, state.links.running);
  const older = before(begun, running);
  if (older === null) return null;
  return { ...withGeneration(state, { kind: "release", name: older.name }, begun), older, running };
}

/** The release of that kind whose counter is nearest to what runs, an older one first. */
function nearest(
  { releases }: Begun,
  running: DemoRelease,
  fits: (one: DemoRelease) => boolean,
): DemoRelease | null {
  const older = releases.findLast((one) => one.counter < running.counter && fits(one));
  return older ?? releases.find((one) => one.counter > running.counter && fits(one)) ?? null;
}

/** Started with another system than the one that runs now. */
function bootedWith(state: HostState, begun: Begun, system: SystemRef): HostState {
  const { state: with_, number } = withGeneration(state, system, begun);
  return {
    ...with_,
    links: { ...with_.links, booted: number },
    boot: bootedAgain(state, begun),
    switchedAtMs: begun.sinceMs,
  };
}

function bootedAgain({ serial }: HostState, { sinceMs }: Begun): HostState["boot"] {
  return { id: bootIdOf(serial, `fault ${sinceMs}`), atMs: sinceMs - 2 * MINUTE_MS };
}

function withGeneration(
  state: HostState,
  system: SystemRef,
  { sinceMs }: Begun,
): { state: HostState; number: number } {
  const known = state.generations.find((one) => JSON.stringify(one.system) === JSON.stringify(system));
  if (known !== undefined) return { state, number: known.number };
  const oldest = Math.min(...state.generations.map(({ number }) => number));
  const number = oldest > 1 ? oldest - 1 : newest(state) + 1;
  const made: HostGeneration = { number, system, createdAtMs: sinceMs - 30 * DAY_MS };
  return { state: { ...state, generations: [...state.generations, made] }, number };
}

function newest({ generations }: HostState): number {
  return Math.max(...generations.map(({ number }) => number));
}
