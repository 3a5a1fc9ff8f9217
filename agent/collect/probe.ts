import type { System } from "#agent/system.ts";
import type { Fact } from "#core/report/fact.ts";
import type { FactKind, FactValue } from "#core/report/kinds.ts";
import type { Memo } from "./memo.ts";
import type { NvidiaSmi } from "./nvidia-smi.ts";
import type { SafetyListener } from "./safety-socket.ts";
import type { UnitSource } from "./unit-source.ts";

/** Who owns what a probe looks at (SEE-16): nobody, a unit that publishes it for readers, or the agent itself. */
type Owner = "none" | "unit" | "self";
/**
 * When a probe may read (SEE-16, SEE-17). `always` is what a scan does not notice: a few small reads of /proc, /sys, links,
 * facts.d and the open safety socket. `idle` is everything else. `commissioning` only when a person started it.
 */
type While = "always" | "idle" | "commissioning";

export type CollectOptions = {
  /** `/run/fiducial`. */
  runDir: string;
  safetySocket: string;
  /** `/nix/var/nix/profiles`. */
  profiles: string;
  mode: "service" | "by-hand";
  /** What only the running agent knows of itself; `problems` are added to those that the probes found. */
  agentFact: () => FactValue<"agent">;
};

export type AgentProblem = { source: string; reason: string };

/** All that a probe may use. */
export type Source = {
  system: System;
  options: CollectOptions;
  safety: SafetyListener;
  units: UnitSource;
  memo: Memo;
  smi: NvidiaSmi;
  /** Rises when udev says that devices came, went or were taken by another driver. */
  hotplug: { count: number };
  /** Names a file or program that was not read or not believed; it travels in the fact `agent`. */
  note: (source: string, reason: string) => void;
  /** What all probes noted in their last reading. */
  noted: () => AgentProblem[];
};

export type Probe<K extends FactKind> = {
  owner: Owner;
  while: While;
  /** Must not throw for anything the host does; what it throws is a defect and becomes `probe-failed`. */
  read: (source: Source) => Promise<Fact<FactValue<K>>>;
};
