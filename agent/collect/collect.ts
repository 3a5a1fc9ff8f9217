import type { System } from "#agent/system.ts";
import type { Fact } from "#core/report/fact.ts";
import { FACT_KIND_NAMES, type FactKind, type FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";
import { agentProbe } from "./agent.ts";
import { changeProbe } from "./change.ts";
import { clockProbe } from "./clock.ts";
import { closureDigestsProbe } from "./closure-digests.ts";
import { closuresProbe } from "./closures.ts";
import { confirmedProbe } from "./confirmed.ts";
import { deviceNodesProbe } from "./device-nodes.ts";
import { disksProbe } from "./disks.ts";
import { firmwareProbe } from "./firmware.ts";
import { generationsProbe } from "./generations.ts";
import { gpusProbe } from "./gpus.ts";
import { hostProbe } from "./host.ts";
import { kernelProbe } from "./kernel.ts";
import { localProbe } from "./local.ts";
import { createMemo } from "./memo.ts";
import { memoryProbe } from "./memory.ts";
import { modulesProbe } from "./modules.ts";
import { nixProbe } from "./nix.ts";
import { createNvidiaSmi } from "./nvidia-smi.ts";
import { pciProbe } from "./pci.ts";
import type { AgentProblem, CollectOptions, Probe, Source } from "./probe.ts";
import { providedProbe } from "./provided.ts";
import { quarantineProbe } from "./quarantine.ts";
import { notKnown } from "./reason.ts";
import { safetyProbe } from "./safety.ts";
import { isScanning } from "./safety-hearing.ts";
import { createSafetyListener, waitForSafety } from "./safety-socket.ts";
import { createUnitSource } from "./unit-source.ts";
import { unitsProbe } from "./units.ts";
import { usbProbe } from "./usb.ts";
import { verificationProbe } from "./verification.ts";
import { watchHost } from "./watch.ts";

export type { CollectOptions } from "./probe.ts";

/** One probe per fact kind; the compiler refuses a kind without one (SEE-13). */
export const PROBES = {
  host: hostProbe,
  closures: closuresProbe,
  generations: generationsProbe,
  closureDigests: closureDigestsProbe,
  verification: verificationProbe,
  kernel: kernelProbe,
  modules: modulesProbe,
  units: unitsProbe,
  safety: safetyProbe,
  provided: providedProbe,
  disks: disksProbe,
  clock: clockProbe,
  nix: nixProbe,
  pci: pciProbe,
  usb: usbProbe,
  deviceNodes: deviceNodesProbe,
  gpus: gpusProbe,
  memory: memoryProbe,
  firmware: firmwareProbe,
  change: changeProbe,
  confirmed: confirmedProbe,
  quarantine: quarantineProbe,
  local: localProbe,
  agent: agentProbe,
} satisfies { [K in FactKind]: Probe<K> };

/** A probe that hangs (a dead disk) costs its own fact, not the report. */
const PROBE_TIMEOUT_MS = 20_000;

export type Collector = {
  /** Reads every kind; never rejects. What could not be read is unknown with its reason (SEE-14). */
  collect(): Promise<Facts>;
  /** Calls back, at most twice a second, when something worth a new report happened; returns the way to stop. */
  watch(changed: (why: string) => void): () => void;
  /** Whether the safety daemon says that the scanner must be left in peace (SEE-17). */
  scanning(): boolean;
};

export function createCollector(system: System, options: CollectOptions): Collector {
  return new HostCollector(system, options);
}

type Reading = { fact: Fact<unknown>; atMs: number };

class HostCollector implements Collector {
  readonly #system: System;
  readonly #source: Omit<Source, "note" | "noted">;
  readonly #last = new Map<FactKind, Reading>();
  readonly #problems = new Map<string, AgentProblem[]>();
  #running: Promise<Facts> | null = null;
  #next: Promise<Facts> | null = null;
  #watching = false;

  constructor(system: System, options: CollectOptions) {
    this.#system = system;
    this.#source = {
      system,
      options,
      memo: createMemo(),
      smi: createNvidiaSmi(system),
      hotplug: { count: 0 },
      safety: createSafetyListener(system, options.safetySocket),
      units: createUnitSource(system, (source, reason) => this.#note("units", source, reason)),
    };
  }

  scanning(): boolean {
    return isScanning(this.#source.safety.hearing(), this.#system.monotonicMs());
  }

  /**
   * One reading at a time. Who calls during a reading gets the next one, shared by all who wait: the running one may have read
   * already what the caller heard has changed.
   */
  collect(): Promise<Facts> {
    if (this.#next !== null) return this.#next;
    if (this.#running === null) return this.#begin();
    this.#next = this.#running.then(() => {
      this.#next = null;
      return this.#begin();
    });
    return this.#next;
  }

  #begin(): Promise<Facts> {
    const running = this.#collectAll().finally(() => {
      this.#running = null;
    });
    this.#running = running;
    return running;
  }

  watch(changed: (why: string) => void): () => void {
    this.#watching = true;
    const stop = watchHost(this.#source, changed, () => this.scanning());
    return () => {
      this.#watching = false;
      stop();
    };
  }

  async #collectAll(): Promise<Facts> {
    const silence = await waitForSafety(this.#source.safety, this.#system, this.#watching);
    const facts: Record<string, Fact<unknown>> = {};
    try {
      // The agent's own fact comes last, because it names what the others could not read.
      const kinds = FACT_KIND_NAMES.filter((kind) => kind !== "agent");
      for (const kind of [...kinds, "agent" as const]) facts[kind] = await this.#readOne(kind);
    } finally {
      silence();
      this.#source.units.rest();
    }
    return facts as Facts;
  }

  async #readOne(kind: FactKind): Promise<Fact<unknown>> {
    const probe = PROBES[kind] as Probe<FactKind>;
    if (probe.while !== "always" && this.scanning()) return this.#held(kind);
    this.#problems.set(kind, []);
    const fact = await this.#attempt(kind, probe);
    this.#last.set(kind, { fact, atMs: this.#system.nowMs() });
    return fact;
  }

  /** The last reading with its time, so that its age shows; a value from before the scan is never passed off as current. */
  #held(kind: FactKind): Fact<unknown> {
    const last = this.#last.get(kind);
    if (last === undefined) return notKnown("quiet-while-scanning");
    return last.fact.state === "observed" ? { ...last.fact, atMs: last.atMs } : last.fact;
  }

  async #attempt(kind: FactKind, probe: Probe<FactKind>): Promise<Fact<FactValue<FactKind>>> {
    const source: Source = {
      ...this.#source,
      note: (from, reason) => this.#note(kind, from, reason),
      noted: () => [...this.#problems.values()].flat(),
    };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Fact<FactValue<FactKind>>>((resolve) => {
      timer = setTimeout(() => resolve(notKnown("timeout", { path: kind })), PROBE_TIMEOUT_MS);
    });
    try {
      return await Promise.race([probe.read(source), late]);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#note(kind, kind, `probe failed: ${detail}`);
      return notKnown("probe-failed", { probe: kind, detail });
    } finally {
      clearTimeout(timer);
    }
  }

  #note(kind: string, source: string, reason: string): void {
    const list = this.#problems.get(kind) ?? [];
    list.push({ source: source.slice(0, 128), reason: reason.slice(0, 300) });
    this.#problems.set(kind, list);
  }
}
