import { afterAll, describe, expect, test } from "vitest";
import { judgeOrder } from "#core/identity/judge.ts";
import type { Facts } from "#core/report/report.ts";
import { FAULT_IDS, type FaultId } from "#demo/fault/fault-id.ts";
import { canHave, FAULTS, mended, withFault } from "#demo/fault/faults.ts";
import { seenBy } from "#demo/fault/seen-headline.ts";
import { SteadyClock } from "#demo/host/clock.ts";
import { nominalState } from "#demo/host/nominal-state.ts";
import { SafetyRounds } from "#demo/host/safety-daemon.ts";
import { createSimulatedHost, type SimulatedHost } from "#demo/host/simulated-system.ts";
import { Stage } from "#demo/host/stage.ts";
import { Systems } from "#demo/host/systems.ts";
import { MODEL_NAMES, type ModelName, SERIAL_PREFIX } from "#demo/model/model.ts";
import { type DemoRelease, releasesOf } from "#demo/release/release.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE_MS = 60_000;
const clock = new SteadyClock(() => NOW);
const releases = Object.fromEntries(MODEL_NAMES.map((model) => [model, releasesOf(model, NOW)])) as Record<
  ModelName,
  DemoRelease[]
>;
const rounds = new SafetyRounds(clock);
const stage = new Stage({ clock, systems: new Systems(releases), rounds });
afterAll(() => rounds.stop());

function healthyHost(model: ModelName): SimulatedHost {
  const names = releases[model].slice(-3).map(({ name }) => name);
  return createSimulatedHost(
    nominalState({ serial: `${SERIAL_PREFIX[model]}-0137`, model, releases: names }, NOW),
    stage,
  );
}

/** What the server holds about the link and the identity by the time the fault's word is due. */
function standing(id: FaultId, before: Facts, after: Facts) {
  const silentMs = { F21: 200_000, F22: 60_000 }[id as string] ?? 0;
  const flapping = id === "F28" ? { reconnects: 3, reconnectsSinceMs: NOW - 20 * MINUTE_MS } : {};
  return { link: { lastSeenMs: NOW - silentMs, ...flapping }, ...identityAfter(before, after) };
}

function identityAfter(before: Facts, after: Facts): { identity?: "locked-out" } {
  const position = (facts: Facts, seq: number) => ({
    bootCounter: seq,
    startCounter: seq,
    seq,
    bootId: `boot-${seq}`,
    hardwareFingerprint: facts.host?.state === "observed" ? facts.host.value.hardwareFingerprint : null,
  });
  const verdict = judgeOrder(position(before, 1), position(after, 2));
  return verdict.kind === "conflict" ? { identity: "locked-out" } : {};
}

/** All of them on one model; on the others those whose parts differ between models. */
const EVERYWHERE: readonly FaultId[] = ["F02", "F03", "F07", "F14", "F26"];
const cases = MODEL_NAMES.flatMap((model) =>
  FAULT_IDS.filter((id) => canHave({ model }, id) && (model === "FM-25" || EVERYWHERE.includes(id))).map(
    (id) => [id, model, FAULTS[id].title] as const,
  ),
);

describe("every fault gives exactly the headline of the fault table, and mending takes it back [RUN-4]", () => {
  test.each(cases)("%s on %s: %s", async (id, model) => {
    const host = healthyHost(model);
    const judging = { releases: releases[model], nowMs: NOW };
    const before = await seenBy(host, judging);
    expect(before.headline).toMatchObject({ word: "nominal", variant: null });
    host.change((state) => withFault(state, id, NOW));
    const { facts } = await seenBy(host, judging);
    const after = await seenBy(host, { ...judging, ...standing(id, before.facts, facts) });
    const { word, variant, chip } = FAULTS[id].headline;
    const { reason, chips, ...shown } = after.headline;
    expect({ ...shown, reason }).toMatchObject({ word, variant });
    if (chip !== null) expect(chips.map(({ code }) => code)).toContain(chip);
    host.change((state) => mended(state, NOW, [id]));
    const again = await seenBy(host, judging);
    host.end();
    expect(again.headline).toMatchObject({ word: "nominal", variant: null });
    expect(host.picture).toMatchObject({ agent: "running", link: "open" });
  });
});

/** What a fault must show beside its word, so that a cause can be found and not only a colour. */
const EVIDENCE: Partial<Record<FaultId, readonly string[]>> = {
  F01: ["module.nvidia", "gpu.problem"],
  F02: ["gpu.card", "gpu.node", "gpu.problem"],
  F03: ["module.comedi", "daq.ni.card", "daq.ni.node"],
  F04: ["su.ident"],
  F05: ["daq.rp-2.image"],
  F06: ["safety.chain.daq-watchdog", "daq.rp-2.status"],
  F07: ["daq.rp-1.status"],
  F08: ["safety.chain.over-temp", "su.zone-3.temperature"],
  F09: ["safety.link", "unit.safetyd.service"],
  F10: ["safety.chain.flow", "cooling.flow"],
  F11: ["safety.bypasses", "su.surveillance"],
  F12: ["safety.link", "unit.safetyd.service"],
  F13: ["safety.limits"],
  F14: ["closure.digest"],
  F18: ["disk.root"],
  F23: ["motion.isel.state", "motion.isel.referenced"],
  F24: ["unit.gcaps.service"],
  F25: ["ptp.offset"],
  F26: ["safety.chain.estop"],
};

test.each(Object.entries(EVIDENCE))("%s names its cause: %j", async (id, items) => {
  const host = healthyHost("FM-25");
  host.change((state) => withFault(state, id as FaultId, NOW));
  const { conclusion } = await seenBy(host, { releases: releases["FM-25"], nowMs: NOW });
  host.end();
  expect(conclusion.beliefs.findings.map(({ itemId }) => itemId)).toEqual(expect.arrayContaining([...items]));
});

test("faults add up, and mending one leaves the others", async () => {
  const host = healthyHost("FM-25");
  const word = async () => (await seenBy(host, { releases: releases["FM-25"], nowMs: NOW })).headline.word;
  host.change((state) => withFault(withFault(state, "F05", NOW), "F26", NOW));
  expect(await word()).toBe("unsafe");
  host.change((state) => mended(state, NOW, ["F26"]));
  expect(await word()).toBe("degraded");
  host.change((state) => mended(state, NOW));
  expect(await word()).toBe("nominal");
  host.end();
});

test("a bench spectrometer has nothing to press, heat or drive", () => {
  const cannot = FAULT_IDS.filter((id) => !canHave({ model: "FS-10" }, id));
  expect(cannot).toEqual(["F04", "F06", "F08", "F09", "F10", "F11", "F12", "F13", "F23", "F24", "F26"]);
});

test("a machine that is started anew has another boot id, and never an earlier one", () => {
  const state = nominalState({ serial: "FM25-0001", model: "FM-25", releases: [name(0)] }, NOW);
  const later = mended(withFault(state, "F17", NOW), NOW + MINUTE_MS);
  expect(later.boot.id).not.toBe(state.boot.id);
  expect(mended(withFault(state, "F05", NOW), NOW + MINUTE_MS).boot.id).toBe(state.boot.id);
});

function name(at: number): string {
  return releases["FM-25"][at]?.name ?? "";
}
