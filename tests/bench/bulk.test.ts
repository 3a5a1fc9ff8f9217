import { expect, test } from "vitest";
import { bulkPackages } from "#tests/bench/bulk.ts";

test("packages together weigh what was asked, most are small and few hold most of it", () => {
  const packages = bulkPackages("a", 600, 1_100);
  const sizes = packages.map(({ kib }) => kib).sort((a, b) => b - a);
  const total = sizes.reduce((sum, one) => sum + one, 0);
  expect(packages).toHaveLength(600);
  expect(total / 1024).toBeGreaterThan(1_090);
  expect(total / 1024).toBeLessThan(1_120);
  expect(sizes[300]).toBeLessThan(500);
  expect(sizes.slice(0, 60).reduce((sum, one) => sum + one, 0) / total).toBeGreaterThan(0.6);
});

test("each stands only on some before it, and every size is used once", () => {
  const packages = bulkPackages("a", 12, 2);
  for (const [index, { needs }] of packages.entries())
    for (const need of needs) expect(need).toBeLessThan(index);
  expect(packages[0]?.needs).toEqual([]);
  expect(new Set(packages.map(({ name }) => name)).size).toBe(12);
  const sizes = packages.map(({ kib }) => kib);
  expect([...sizes].sort((a, b) => a - b)).not.toEqual(sizes);
  expect(bulkPackages("a", 12, 2)).toEqual(packages);
});
