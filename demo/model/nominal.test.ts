import { afterAll, describe, expect, test } from "vitest";
import { manifestSchema } from "#core/manifest/item.ts";
import { seenBy } from "#demo/fault/seen-headline.ts";
import { SteadyClock } from "#demo/host/clock.ts";
import { nominalState } from "#demo/host/nominal-state.ts";
import { SafetyRounds } from "#demo/host/safety-daemon.ts";
import { createSimulatedHost } from "#demo/host/simulated-system.ts";
import { Stage } from "#demo/host/stage.ts";
import { Systems } from "#demo/host/systems.ts";
import { manifestFor } from "#demo/model/manifest.ts";
import { MODEL_NAMES, type ModelName, SERIAL_PREFIX } from "#demo/model/model.ts";
import { releasesOf } from "#demo/release/release.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const clock = new SteadyClock(() => NOW);
const releases = Object.fromEntries(MODEL_NAMES.map((model) => [model, releasesOf(model, NOW)])) as Record<
  ModelName,
  ReturnType<typeof releasesOf>
>;
const rounds = new SafetyRounds(clock);
const stage = new Stage({ clock, systems: new Systems(releases), rounds });
afterAll(() => rounds.stop());

describe.each(MODEL_NAMES)("%s", (model) => {
  test.each(releases[model].map(({ name, counter }) => [name, counter] as const))(
    "a healthy host that runs %s has every item equal and no fact unknown [RUN-4]",
    async (name) => {
      const serial = `${SERIAL_PREFIX[model]}-0001`;
      const host = createSimulatedHost(nominalState({ serial, model, releases: [name] }, NOW), stage);
      const { facts, conclusion } = await seenBy(host, { releases: releases[model], nowMs: NOW });
      host.end();
      const unknown = Object.entries(facts).filter(([, fact]) => fact.state === "unknown");
      expect(unknown).toEqual(model === "FS-10" ? [["safety", expect.anything()]] : []);
      expect(conclusion.compared.filter(({ finding }) => finding !== null)).toEqual([]);
      expect(conclusion.basis.kind).toBe("running");
      expect(facts.agent?.state === "observed" && facts.agent.value.problems).toEqual([]);
    },
  );

  test("its manifest is one, and names safety only where there is a daemon [RUN-4]", () => {
    for (const release of releases[model]) {
      const manifest = manifestFor(release);
      expect(manifestSchema.parse(manifest)).toEqual(manifest);
      const ids = manifest.items.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(manifest.items.some((item) => item.class === "safety")).toBe(model !== "FS-10");
      expect(manifest.items.every((item) => item.class !== "safety" || item.riskControlId)).toBe(true);
    }
  });
});

test("the newest release of the largest model leads to the headline nominal [EXP-4]", async () => {
  const state = nominalState({ serial: "FM25-0137", model: "FM-25", releases: names("FM-25") }, NOW);
  const host = createSimulatedHost(state, stage);
  const { headline } = await seenBy(host, { releases: releases["FM-25"], nowMs: NOW });
  host.end();
  expect(headline).toMatchObject({ word: "nominal", variant: null });
});

function names(model: ModelName): string[] {
  return releases[model].slice(-3).map(({ name }) => name);
}
