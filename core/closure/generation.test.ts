import * as fc from "fast-check";
import { expect, test } from "vitest";
import { generationNumber, generationOf, readGenerations } from "#core/closure/generation.ts";

test.each([
  ["system-1-link", 1],
  ["system-42-link", 42],
  ["system-042-link", null],
  ["system-0-link", null],
  ["system--1-link", null],
  ["system-1-link.bak", null],
  ["system-link", null],
  ["system", null],
  ["per-user", null],
  ["system-lab-3-link", null],
  ["system-1e3-link", null],
  ["system-9999999999999999-link", null],
])("%s stands for generation %s [SEE-1]", (name, number) => {
  expect(generationNumber("system", name)).toBe(number);
});

test("a name is read back as the number it was made of", async () => {
  await fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), (number) => {
      expect(generationNumber("system", `system-${number}-link`)).toBe(number);
    }),
  );
});

const link = (name: string, target: string | null = `/nix/store/x-${name}`) => ({
  name,
  target,
  present: true,
  createdAtMs: 1,
});

test("generations come newest first; a dangling one stays, an unreadable or lookalike one is named [SEE-1]", () => {
  const { entries, unreadable } = readGenerations("system", [
    link("system", "system-10-link"),
    link("system-9-link"),
    { ...link("system-10-link"), present: false },
    link("system-3-link", null),
    link("system-007-link"),
    link("per-user"),
  ]);
  expect(entries.map((one) => [one.number, one.present])).toEqual([
    [10, false],
    [9, true],
  ]);
  expect(unreadable).toEqual(["system-3-link", "system-007-link"]);
});

test("a closure is the generation the profile points to, else the newest that is it, else none [SEE-1]", () => {
  const generation = (number: number, path: string) => ({ number, path, createdAtMs: null, present: true });
  const entries = [generation(2, "a"), generation(5, "b"), generation(9, "a"), generation(7, "a")];
  expect(generationOf(entries, "a", 7)?.number).toBe(7);
  expect(generationOf(entries, "a", 5)?.number).toBe(9);
  expect(generationOf(entries, "a")?.number).toBe(9);
  expect(generationOf(entries, "c")).toBeNull();
});
