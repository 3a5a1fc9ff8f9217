import type { Failures } from "#core/change/blocked.ts";
import type { ConfirmedFile } from "#core/change/confirmed.ts";
import type { Seen } from "#core/change/event.ts";
import type { SafetyHeard } from "#core/change/gates.ts";
import type { Held } from "#core/change/held.ts";
import type { Journal } from "#core/change/journal.ts";
import type { Room } from "#core/change/room.ts";
import type { ChangeSettings } from "#core/change/settings.ts";
import type { SwitchFacts } from "#core/change/way.ts";
import type { Wishes } from "#core/local/wishes.ts";
import type { ChangeTold } from "#core/report/change-kind.ts";
import type { RefusalReason } from "#core/trust/attack.ts";

/**
 * Everything through which a change touches a scanner. The executors work on this and on nothing else, so that the same ones carry a
 * change out on a host, on a stand-in and in a test. Expected failures are values; what cannot be expected throws.
 */
export type ChangePort = {
  readonly settings: ChangeSettings;
  clock: {
    /** Wall clock, milliseconds since the epoch: for people, windows and expiry. */
    nowMs(): number;
    /** Monotonic, milliseconds: for ages and limits. */
    monotonicMs(): number;
    /** Minute of the local day, 0 to 1439. */
    localMinute(): number;
    sleep(ms: number): Promise<void>;
  };
  records: Records;
  store: Store;
  /** The name is durable once the store is synced. */
  profile: { set(toplevel: string): Promise<Done> };
  boot: BootLoader;
  switcher: Switcher;
  units: Units;
  deadline: { arm(ms: number): Promise<Done>; disarm(): Promise<Done> };
  safety: { heard(): SafetyHeard };
  look: Look;
  ballast: { free(): Promise<void>; restore(): Promise<void> };
  /** A named point in a change (`FAULT_POINTS`): where a test kills, nothing happens anywhere else. */
  fault(point: string): Promise<void>;
  log(text: string): void;
};

export type Done = { ok: true } | { ok: false; detail: string };
/** `refused`: what was found is not what people signed, or this scanner cannot hold it. */
export type Proved = Done | { ok: false; refused: RefusalReason; detail: string };

/** Files of the activator: each write is durable before it returns. */
export type Records = {
  saveJournal(journal: Journal): Promise<void>;
  /** change.json: what the agent reports. Failing to tell stops no change. */
  tell(told: ChangeTold): Promise<void>;
  confirmed(): Promise<ConfirmedFile>;
  saveConfirmed(file: ConfirmedFile): Promise<void>;
  /** Held since it went back by itself, until somebody released it (ACT-6). */
  held(): Promise<Held | null>;
  saveHeld(held: Held): Promise<void>;
  failures(): Promise<Failures>;
  saveFailures(file: Failures): Promise<void>;
  /** Number of the instruction that the director asks now; null: it asks nothing, or another change. */
  askedChange(): Promise<string | null>;
  consented(): Promise<string[]>;
  /** What people at the scanner said: a hold, and what they chose for the change that waits. */
  wishes(): Promise<Wishes>;
};

/** Names of our own GC roots: a closure with one is never collected (L21). `confirmed-<n>` counts from 1, the newest. */
type RootName = "target" | "from" | `confirmed-${number}`;

export type Store = {
  /** Brings a closure from the spool into the store, signatures required. */
  copy(toplevel: string): Promise<Proved>;
  /**
   * Paths, NAR hashes and bytes on disk against the digest that people signed. `fresh`: bytes that were read in this boot, not longer than a
   * day ago, are not read again; paths and hashes are compared all the same.
   */
  prove(toplevel: string, closureDigest: string | null, fresh: boolean): Promise<Proved>;
  root(name: RootName, toplevel: string): Promise<void>;
  dropRootsBeyond(confirmed: number): Promise<void>;
  /** Everything written to store, database and profiles is on the disk. */
  sync(): Promise<void>;
  space(): Promise<{ freeBytes: number }>;
};

export type BootLoader = {
  /** Makes an entry by the closure's own script; `once`: what is default stays default. */
  install(toplevel: string, once: boolean): Promise<Done>;
  /** The next boot, and only that, starts this closure. */
  nextBoot(toplevel: string): Promise<Done>;
  makeDefault(toplevel: string): Promise<Done>;
  /** Null: there is no partition to fill. One that could not be looked at, or whose kernel could not, has `freeBytes` null. */
  space(toplevel: string): Promise<Room | null>;
  reboot(): Promise<Done>;
};

export type Switcher = {
  /** Runs the closure's own script in a unit of its own and waits for the status it left. */
  run(toplevel: string, limitMs: number): Promise<number | null>;
  busy(): Promise<boolean>;
};

export type Units = {
  failed(): Promise<string[]>;
  /** Active state by unit. */
  states(names: readonly string[]): Promise<Record<string, string>>;
  restartAgent(): Promise<Done>;
  /** How often systemd has started the agent again after it died. */
  agentRestarts(): Promise<number>;
};

export type Look = {
  seen(): Promise<Seen>;
  switchFacts(toplevel: string): Promise<SwitchFacts>;
  modules(): Promise<string[]>;
  /** Of the agent's sign of life, since it was seen to change; one that was never seen to is infinitely old. Null: there is none. */
  agentAgeMs(): Promise<number | null>;
  /** Folder in the closure that holds the programs of the guard; null: it brings none. */
  moveGuard(toplevel: string): Promise<void>;
};
