import { carry } from "#agent/change/carry.ts";
import type { ChangePort, Done } from "#agent/change/port.ts";
import { type Failures, NO_FAILURES } from "#core/change/blocked.ts";
import { type ConfirmedFile, NONE_CONFIRMED } from "#core/change/confirmed.ts";
import type { ChangeEvent, Seen } from "#core/change/event.ts";
import type { Held } from "#core/change/held.ts";
import { FIRST_JOURNAL, type Journal } from "#core/change/journal.ts";
import { type ChangeSettings, changeSettingsSchema } from "#core/change/settings.ts";
import { NO_WISHES, type Wishes } from "#core/local/wishes.ts";
import type { ChangeTold } from "#core/report/change-kind.ts";
import type { SafetyState } from "#core/safety/socket.ts";

/** Thrown where the change machine, or the whole scanner, dies. */
class Died extends Error {}

export type ModelPlan = {
  /** What the scanner runs at first. */
  runs: string;
  /** Toplevels under which the safety daemon objects, that do not boot, or whose switch ends otherwise than with 0. */
  sick?: readonly string[];
  unbootable?: readonly string[];
  switchStatus?: Readonly<Record<string, number | null>>;
  settings?: Partial<ChangeSettings>;
  /** Differ in their kernel from every other. */
  otherKernel?: readonly string[];
};

const WELL: SafetyState = {
  type: "state",
  state: "ok",
  chain: [],
  latched: false,
  permission: true,
  bypasses: [],
  limitsHash: null,
  energised: false,
  scanState: "idle",
  lastSelfTestAtMs: null,
};

/**
 * A scanner of a few fields: everything the port says is done at once and durable, and it can die at every named point. Time passes only
 * by sleeping. The real executors and the real table run on it.
 */
export class ModelScanner {
  current: string;
  booted: string;
  profile: string;
  bootDefault: string;
  oneShot: string | null = null;
  boots = 1;
  deadlineArmed = false;
  roots = new Map<string, string>();
  journal: Journal = FIRST_JOURNAL;
  confirmed: ConfirmedFile = NONE_CONFIRMED;
  failures: Failures = NO_FAILURES;
  told: ChangeTold[] = [];
  asked: string | null = null;
  consented: string[] = [];
  held: Held | null = null;
  wishes: Wishes = NO_WISHES;
  safety: Partial<SafetyState> = {};
  points: string[] = [];
  goesDown = false;
  #nowMs = 1_000_000;
  readonly #plan: ModelPlan;
  readonly #sickened: string[] = [];
  #deaths: string[] = [];
  readonly port: ChangePort;

  constructor(plan: ModelPlan) {
    this.#plan = plan;
    this.current = plan.runs;
    this.booted = plan.runs;
    this.profile = plan.runs;
    this.bootDefault = plan.runs;
    this.port = this.#makePort();
  }

  /** Dies when it comes to this point, once; several are met in this order. */
  dieAt(...points: string[]): void {
    this.#deaths = [...points];
  }

  /** From now on the safety daemon objects under it, too. */
  sicken(toplevel: string): void {
    this.#sickened.push(toplevel);
  }

  seen(): Seen {
    return {
      bootId: `boot-${this.boots}`,
      current: this.current,
      booted: this.booted,
      profile: this.profile,
    };
  }

  /** Gives one event to the machine; false when it died. */
  async take(event: ChangeEvent): Promise<boolean> {
    try {
      await carry(this.port, this.journal, event);
      return true;
    } catch (error) {
      if (error instanceof Died) return false;
      throw error;
    }
  }

  resume(): Promise<boolean> {
    return this.take({ kind: "resumed", seen: this.seen() });
  }

  boot(): void {
    this.goesDown = false;
    this.deadlineArmed = false;
    this.boots += 1;
    const wanted = this.oneShot ?? this.bootDefault;
    this.oneShot = null;
    const starts = this.#plan.unbootable?.includes(wanted) ? this.bootDefault : wanted;
    this.booted = starts;
    this.current = starts;
  }

  /** Boots when it went down or `cut`, and resumes, until nothing moves any more. */
  async settle(cut: boolean): Promise<void> {
    if (cut) this.boot();
    for (let rounds = 0; rounds < 10; rounds += 1) {
      if (this.goesDown) this.boot();
      const lived = await this.resume();
      if (lived && !this.goesDown) return;
      if (!lived && cut) this.boot();
    }
    throw new Error(`does not settle, in step ${this.journal.step}`);
  }

  #makePort(): ChangePort {
    const done = (action: () => void) => async (): Promise<Done> => {
      action();
      return { ok: true };
    };
    return {
      settings: changeSettingsSchema.parse({
        schema: "fiducial.changes/1",
        enable: true,
        consent: "not-needed",
        liveSwitch: true,
        ...this.#plan.settings,
      }),
      clock: {
        nowMs: () => this.#nowMs,
        monotonicMs: () => this.#nowMs,
        localMinute: () => 600,
        sleep: async (ms) => {
          this.#nowMs += ms;
        },
      },
      records: this.#records(),
      store: {
        copy: async () => ({ ok: true }),
        prove: async () => ({ ok: true }),
        root: async (name, toplevel) => void this.roots.set(name, toplevel),
        dropRootsBeyond: async () => {},
        sync: async () => {},
        space: async () => ({ freeBytes: 1e12 }),
      },
      profile: {
        set: (toplevel) =>
          done(() => {
            this.profile = toplevel;
          })(),
      },
      boot: {
        install: (toplevel, once) =>
          done(() => {
            if (!once) [this.bootDefault, this.oneShot] = [toplevel, null];
          })(),
        nextBoot: (toplevel) =>
          done(() => {
            this.oneShot = toplevel;
          })(),
        makeDefault: (toplevel) =>
          done(() => {
            this.bootDefault = toplevel;
          })(),
        space: async () => null,
        reboot: done(() => {
          this.goesDown = true;
        }),
      },
      switcher: { run: async (toplevel) => this.#switch(toplevel), busy: async () => false },
      units: {
        failed: async () => [],
        states: async (names) => Object.fromEntries(names.map((name) => [name, "active"])),
        restartAgent: done(() => {}),
        agentRestarts: async () => 0,
      },
      deadline: {
        arm: done(() => {
          this.deadlineArmed = true;
        }),
        disarm: done(() => {
          this.deadlineArmed = false;
        }),
      },
      safety: { heard: () => ({ last: { state: this.#daemon(), ageMs: 0 } }) },
      look: {
        seen: async () => this.seen(),
        switchFacts: async (toplevel) => this.#facts(toplevel),
        modules: async () => [],
        agentAgeMs: async () => 0,
        moveGuard: async (toplevel) => void this.roots.set("guard", toplevel),
      },
      ballast: { free: async () => {}, restore: async () => {} },
      fault: async (point) => {
        this.points.push(point);
        if (this.#deaths[0] !== point) return;
        this.#deaths.shift();
        throw new Died(point);
      },
      log: () => {},
    };
  }

  #records(): ChangePort["records"] {
    return {
      saveJournal: async (journal) => {
        this.journal = journal;
      },
      tell: async (told) => void this.told.push(told),
      confirmed: async () => this.confirmed,
      saveConfirmed: async (file) => {
        this.confirmed = file;
      },
      failures: async () => this.failures,
      saveFailures: async (file) => {
        this.failures = file;
      },
      held: async () => this.held,
      saveHeld: async (held) => {
        this.held = held;
      },
      askedChange: async () => this.asked,
      consented: async () => this.consented,
      wishes: async () => this.wishes,
    };
  }

  #switch(toplevel: string): number | null {
    const status = this.#plan.switchStatus?.[toplevel];
    if (status === undefined || status === 0 || status === 4) this.current = toplevel;
    return status ?? (status === null ? null : 0);
  }

  #daemon(): SafetyState {
    const bad = [...(this.#plan.sick ?? []), ...this.#sickened].includes(this.current)
      ? { state: "limit-exceeded" as const }
      : {};
    return { ...WELL, ...this.safety, ...bad };
  }

  #facts(toplevel: string) {
    const kernel = this.#plan.otherKernel?.includes(toplevel) ? `${toplevel}/kernel` : "kernel";
    const same = { initrd: "i", "kernel-modules": "m", systemd: "s", "dbus-unit": "d", inhibitors: null };
    return { toplevel, kernel, ...same };
  }
}
