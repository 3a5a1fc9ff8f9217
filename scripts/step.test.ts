import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ROOT, run, runIfStale, StepError } from "./step.mjs";

let folder: string;
let runs: number;

beforeEach(() => {
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  folder = mkdtempSync(join(ROOT, ".cache", "step-"));
  mkdirSync(join(folder, "source"));
  writeFileSync(join(folder, "source", "a.ts"), "one");
  runs = 0;
});

afterEach(() => {
  rmSync(join(ROOT, ".cache", "build", `test-${name()}`), { force: true });
  rmSync(folder, { recursive: true });
});

const name = () => relative(join(ROOT, ".cache"), folder);
const here = (path: string) => relative(ROOT, join(folder, path));

const step = () =>
  runIfStale({
    name: `test-${name()}`,
    doing: "Testing",
    inputs: [here("source"), here("absent")],
    outputs: [here("built")],
    run: async () => {
      runs += 1;
      writeFileSync(join(folder, "built"), "");
    },
  });

test("a step runs once and then again only when an input's content changed or its output is gone", async () => {
  expect([await step(), await step()]).toEqual([true, false]);
  writeFileSync(join(folder, "source", "a.ts"), "one");
  expect(await step()).toBe(false);
  writeFileSync(join(folder, "source", "a.ts"), "two");
  expect([await step(), await step()]).toEqual([true, false]);
  writeFileSync(join(folder, "source", "b.ts"), "");
  expect([await step(), await step()]).toEqual([true, false]);
  rmSync(join(folder, "built"));
  expect([await step(), await step()]).toEqual([true, false]);
  expect(runs).toBe(4);
});

test("a changed test is no reason to build", async () => {
  await step();
  writeFileSync(join(folder, "source", "a.test.ts"), "");
  expect(await step()).toBe(false);
});

test("a step that failed is run again", async () => {
  const broken = {
    name: `test-${name()}`,
    doing: "Testing",
    inputs: [here("source")],
    outputs: [here("built")],
  };
  await expect(runIfStale({ ...broken, run: () => Promise.reject(new Error("no")) })).rejects.toThrow("no");
  await expect(runIfStale({ ...broken, run: async () => undefined })).rejects.toThrow(
    "Testing ended without",
  );
  expect(await runIfStale({ ...broken, run: async () => writeFileSync(join(folder, "built"), "") })).toBe(
    true,
  );
});

test("a program that fails brings its last lines and its status", async () => {
  const failing = run(process.execPath, ["-e", "console.error('the reason'); process.exit(3)"]);
  await expect(failing).rejects.toThrow(StepError);
  await expect(failing).rejects.toThrow(/the reason[\s\S]*ended with 3\.$/);
  await expect(run("no-such-program", [])).rejects.toThrow("no-such-program cannot be run");
});
