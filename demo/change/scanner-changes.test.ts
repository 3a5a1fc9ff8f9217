import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { withFault } from "#demo/fault/faults.ts";
import { ExampleChange } from "#tests/support/example-change.ts";

vi.setConfig({ testTimeout: 60_000 });

let example: ExampleChange;

afterEach(async () => {
  await example?.close();
});

/** Pinned to the newest release and a release or two behind it. */
async function behind(): Promise<ExampleChange> {
  example = await ExampleChange.open(
    ({ condition, model }) => condition.word === "behind" && model !== "FS-10",
  );
  return example;
}

const newest = () => example.signed.files.at(-1)?.release.name ?? "";
const runs = () => example.machine.host.picture.systems.running.release.name;

describe("a simulated scanner that is asked to change", () => {
  test("takes the newest release through all steps, and runs, boots and expects it [ACT-1, SIG-4]", async () => {
    const before = (await behind()).scanner.now.release;
    expect(runs()).toBe(before);
    await example.ask("activate", newest());
    expect(await example.fetch()).toEqual({ status: 0, last: expect.any(String) });
    await example.changes.settled();
    expect(example.told).toEqual([
      ...["offered", "downloading", "staged", "armed", "activating", "rebooting", "probation", "confirmed"],
    ]);
    const { links, generations, change } = example.machine.host.state;
    expect(new Set(Object.values(links)).size).toBe(1);
    expect(generations.at(-1)?.system).toEqual({ kind: "release", name: newest() });
    expect(change).toMatchObject({ from: before, to: newest(), reason: null });
    expect(runs()).toBe(newest());
  });

  test("goes back by itself when its safety daemon objects during probation, and is not asked twice [ACT-3, ACT-5]", async () => {
    const before = (await behind()).scanner.now.release;
    await example.ask("activate", newest());
    const { host } = example.machine;
    const { change } = host;
    host.change = (next) => {
      change.call(host, next);
      if (host.state.change?.state !== "probation" || host.state.faults.length > 0) return;
      change.call(host, (state) => withFault(state, "F26", Date.now()));
    };
    await example.fetch();
    await example.changes.settled();
    expect(host.state.change).toMatchObject({ state: "rolled-back", reason: "health-failed" });
    expect(example.told).toContain("rolling-back");
    expect(runs()).toBe(before);
    expect(new Set(Object.values(host.state.links)).size).toBe(1);
  });

  test("waits for the end of a scan and says so, then goes on [ACT-2]", async () => {
    await behind();
    const { host } = example.machine;
    host.change((state) => ({ ...state, scan: { state: "running", energised: true } }));
    await example.ask("activate", newest());
    await example.fetch();
    await vi.waitFor(() => expect(host.state.change).toMatchObject({ state: "waiting", reason: "scanning" }));
    host.change((state) => ({ ...state, scan: { state: "idle", energised: false } }));
    await example.changes.settled();
    expect(host.state.change?.state).toBe("confirmed");
  });

  test("goes back to what it ran before when a person asks, and fetches nothing for it [ACT-4]", async () => {
    example = await ExampleChange.open(({ condition, moments, now }) => {
      const before = moments.findLast((one) => one.kind === "switched" && one.release !== now.release);
      return condition.word === "nominal" && before !== undefined;
    });
    const before = example.scanner.moments.findLast(
      (one) => one.kind === "switched" && one.release !== example.scanner.now.release,
    );
    const target = before?.kind === "switched" ? before.release : "";
    await example.ask("rollback", target);
    await example.fetch();
    await example.changes.settled();
    expect(example.told).not.toContain("offered");
    expect(example.machine.host.state.change).toMatchObject({ state: "confirmed", to: target });
    expect(runs()).toBe(target);
  });

  test("refuses a release file that was changed after it was signed [SIG-3]", async () => {
    const before = (await behind()).scanner.now.release;
    await example.ask("activate", newest());
    const file = example.fileOfNewest;
    writeFileSync(file, readFileSync(file, "utf8").replace("NVIDIA", "nvidia"));
    expect(await example.fetch()).toMatchObject({ status: 2 });
    await example.changes.settled();
    expect(runs()).toBe(before);
  });

  test("that was never asked looks at nothing and makes no folder", async () => {
    await behind();
    example.changes.see(0);
    expect(await example.fetch()).toMatchObject({ status: 0, last: "nothing was ever asked" });
  });
});
