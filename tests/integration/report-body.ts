import { v4 } from "uuid";

/** A report as docs/protocol.md shows it; every part can be replaced. */
export type Counters = { bootCounter: number; startCounter: number; seq: number; bootId: string };

const BOOT = v4();

export function reportBody(
  scannerId: string,
  counters: Partial<Counters> = {},
  rest: { sentAtMs?: number; facts?: Record<string, unknown>; [key: string]: unknown } = {},
): Record<string, unknown> {
  const sentAtMs = rest.sentAtMs ?? Date.now();
  return {
    protocol: 1,
    scannerId,
    bootId: BOOT,
    bootCounter: 1,
    startCounter: 1,
    seq: 1,
    sentAtMs,
    observedAtMs: sentAtMs,
    uptimeMs: 1000,
    witness: null,
    facts: { clock: observedClock(true) },
    ...counters,
    ...rest,
  };
}

export function observedClock(synchronised: boolean) {
  return { state: "observed", value: { synchronised, source: "chrony", offsetMs: 0, rtcOk: true } };
}

/** One systemd unit in the words of systemctl(1). */
export function unit(name: string, active: string) {
  return {
    name,
    load: "loaded",
    active,
    sub: active === "active" ? "running" : "dead",
    result: "success",
    enabled: "enabled",
    restarts: 0,
    mainStatus: 0,
    sinceMs: null,
  };
}

export function unitsFact(...units: ReturnType<typeof unit>[]) {
  return { state: "observed", value: { systemState: "running", units, more: 0 } };
}

export function closuresFact(toplevel: string) {
  const ref = { state: "observed", value: { path: toplevel, generation: 1, sinceMs: null } };
  return { state: "observed", value: { running: ref, booted: ref, profile: ref, nextBoot: ref } };
}

export function heartbeatBody(scannerId: string, beat: number, rest: Record<string, unknown> = {}) {
  return {
    protocol: 1,
    scannerId,
    bootId: BOOT,
    bootCounter: 1,
    startCounter: 1,
    beat,
    factsDigest: "0".repeat(64),
    sentAtMs: Date.now(),
    uptimeMs: 1000,
    outbox: 0,
    ...rest,
  };
}
