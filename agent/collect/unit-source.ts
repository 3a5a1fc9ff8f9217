import { DbusError } from "#agent/dbus/signature.ts";
import {
  type ListedUnit,
  openSystemd,
  SYSTEM_BUS,
  type Systemd,
  type SystemdEvent,
  unitNameOf,
} from "#agent/dbus/systemd.ts";
import type { System } from "#agent/system.ts";
import { type Fact, observed, type Unknown } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { notKnown, reasonOf } from "./reason.ts";
import { fitting, isReported, isReportedMount, typeOf, UNIT_PATTERNS, type Unit } from "./unit-choice.ts";

/** Signals say when to look; once a minute is looked without one, in case a signal was missed. */
const RELIST_MS = 60_000;
/** Questions on their way at once; the bus refuses more than 128 open calls of one client. */
const AT_ONCE = 12;

export type UnitSource = {
  read: () => Promise<Fact<FactValue<"units">>>;
  /** Null: nobody answers that. */
  clockSynchronised: () => Promise<boolean | null>;
  /** Keeps the connection from now on and calls back when a unit changed. */
  start: (changed: () => void) => void;
  stop: () => void;
  /** After a collection: lets go of a connection that nobody wants kept. */
  rest: () => void;
};

type Session = {
  systemd: Systemd;
  /** What was asked about each unit, with the state it was asked in. */
  known: Map<string, { state: string; unit: Unit }>;
  /** Object paths whose properties moved since they were asked. */
  moved: Set<string>;
  /** The last complete answer, while nothing moved. */
  kept: { fact: Fact<FactValue<"units">>; atMs: number } | null;
};

export function createUnitSource(system: System, note: (source: string, reason: string) => void): UnitSource {
  return new Units(system, note);
}

class Units implements UnitSource {
  readonly #system: System;
  readonly #note: (source: string, reason: string) => void;
  #session: Session | null = null;
  #changed: (() => void) | null = null;

  constructor(system: System, note: (source: string, reason: string) => void) {
    this.#system = system;
    this.#note = note;
  }

  start(changed: () => void): void {
    this.#changed = changed;
  }

  stop(): void {
    this.#changed = null;
    this.rest();
  }

  rest(): void {
    if (this.#changed !== null) return;
    this.#session?.systemd.close();
    this.#session = null;
  }

  async read(): Promise<Fact<FactValue<"units">>> {
    const running = await this.#system.info("/run/systemd/system");
    if (!running.ok) return notKnown("not-running-systemd");
    return this.#ask(async (session) => {
      const nowMs = this.#system.monotonicMs();
      if (session.kept !== null && nowMs - session.kept.atMs < RELIST_MS) return session.kept.fact;
      // Before the questions: what moves while they are answered counts for the next time.
      const moved = session.moved;
      session.moved = new Set();
      const kept: NonNullable<Session["kept"]> = { fact: notKnown("timeout"), atMs: nowMs };
      session.kept = kept;
      try {
        kept.fact = await this.#listAll(session, moved);
      } catch (error) {
        session.kept = null;
        for (const path of moved) session.moved.add(path);
        throw error;
      }
      return kept.fact;
    });
  }

  async clockSynchronised(): Promise<boolean | null> {
    const told = await this.#ask(async ({ systemd }) => observed(await systemd.clockSynchronised()));
    return told.state === "observed" ? told.value : null;
  }

  async #ask<T>(question: (session: Session) => Promise<Fact<T>>): Promise<Fact<T>> {
    try {
      const session = await this.#open();
      return "state" in session ? session : await question(session);
    } catch (error) {
      if (!(error instanceof DbusError)) throw error;
      return notKnown("bus-error", { detail: error.message });
    }
  }

  async #open(): Promise<Session | Unknown> {
    if (this.#session !== null) return this.#session;
    const bus = await this.#system.info(SYSTEM_BUS);
    if (!bus.ok)
      return bus.problem === "missing"
        ? notKnown("no-system-bus", { path: SYSTEM_BUS })
        : reasonOf(bus, SYSTEM_BUS);
    const session: Omit<Session, "systemd"> = { known: new Map(), moved: new Set(), kept: null };
    const systemd = await openSystemd(this.#system, process.getuid?.() ?? 0, {
      event: (event) => this.#heard(session, event),
      closed: () => this.#closed(session),
    });
    // One object, so that a signal during the opening is not lost.
    this.#session = Object.assign(session, { systemd });
    return this.#session;
  }

  #heard(session: Omit<Session, "systemd">, event: SystemdEvent): void {
    if (event.kind === "configuration") session.known.clear();
    else if (!isReported(event.kind === "job" ? event.name : unitNameOf(event.path))) return;
    if (event.kind === "unit") session.moved.add(event.path);
    session.kept = null;
    this.#changed?.();
  }

  #closed(session: Omit<Session, "systemd">): void {
    if (this.#session !== session) return;
    this.#session = null;
    this.#changed?.();
  }

  async #listAll(session: Session, moved: ReadonlySet<string>): Promise<Fact<FactValue<"units">>> {
    const { systemd, known } = session;
    const systemState = await systemd.systemState();
    const listed = (await systemd.listUnits(UNIT_PATTERNS)).filter(
      (one) => isReported(one.name) && isPresent(one),
    );
    const asked = listed.filter((one) => known.get(one.name)?.state !== stateOf(one) || moved.has(one.path));
    for (let at = 0; at < asked.length; at += AT_ONCE)
      await Promise.all(asked.slice(at, at + AT_ONCE).map((one) => this.#describe(session, one)));
    const units = listed.flatMap((one) => known.get(one.name)?.unit ?? []).filter(isReportedMount);
    const names = new Set(listed.map((one) => one.name));
    for (const name of known.keys()) if (!names.has(name)) known.delete(name);
    return observed({ systemState: systemState.slice(0, 32), ...fitting(units) });
  }

  async #describe({ systemd, known }: Session, listed: ListedUnit): Promise<void> {
    try {
      known.set(listed.name, { state: stateOf(listed), unit: await describeUnit(systemd, listed) });
    } catch (error) {
      if (!(error instanceof DbusError) || error.code !== "error-reply") throw error;
      // It went between the list and the question; if it did not, it is named instead of guessed.
      known.delete(listed.name);
      this.#note(listed.name, `systemd: ${error.message}`);
    }
  }
}

/** A name that others refer to and that has no file is not a unit of this host. */
function isPresent(unit: ListedUnit): boolean {
  return unit.load !== "not-found" || unit.active !== "inactive";
}

function stateOf(unit: ListedUnit): string {
  return `${unit.load} ${unit.active} ${unit.sub}`;
}

async function describeUnit(systemd: Systemd, { name, path, load, active, sub }: ListedUnit): Promise<Unit> {
  const type = typeOf(name);
  const isService = type === "Service";
  const [enabled, since, result, restarts, mainStatus] = await Promise.all([
    systemd.unitProperty(path, "Unit", "UnitFileState"),
    systemd.unitProperty(path, "Unit", "StateChangeTimestamp"),
    systemd.unitProperty(path, type, "Result"),
    isService ? systemd.unitProperty(path, type, "NRestarts") : 0,
    isService ? systemd.unitProperty(path, type, "ExecMainStatus") : 0,
  ]);
  // Microseconds since the epoch; 0: never.
  const sinceMs = Math.floor(Number(since) / 1000);
  return {
    name: name.slice(0, 256),
    load: load.slice(0, 32),
    active: active.slice(0, 32),
    sub: sub.slice(0, 32),
    result: String(result).slice(0, 32),
    enabled: String(enabled).slice(0, 32),
    restarts: Number(restarts),
    mainStatus: Number(mainStatus),
    sinceMs: sinceMs > 0 ? sinceMs : null,
  };
}
