import { describe, expect, test } from "vitest";
import type { Item } from "#core/manifest/item.ts";
import { diffReleases } from "#core/release/diff.ts";
import { systemListing } from "#core/release/listing.ts";
import { closure, hash, type Made, storePath } from "#tests/fixtures/made-closure.ts";
import { release } from "#tests/fixtures/made-release.ts";

function system(version: string, parts: readonly (string | Made)[]) {
  const made = parts.map((one) => (typeof one === "string" ? { name: one } : one));
  return closure([{ name: `nixos-system-x-${version}`, needs: made.map((one) => one.name) }, ...made]);
}

const item = (id: string, want: string): Item => ({
  id,
  kind: "closure",
  args: { which: "running" },
  expect: { op: "eq", want },
  class: "config",
  while: "always",
});

const old = system("1", ["zlib-1", { name: "gantry-1", narSize: 1000 }]);
const next = system("2", ["zlib-1", { name: "gantry-2", narSize: 2000 }]);

describe("two releases [SIG-1, SIG-5]", () => {
  test("a system of the same name is compared as a closure, and only what is new counts as fetched", () => {
    const diff = diffReleases(release(1, [{ listing: old }]), release(2, [{ listing: next }], 1));
    expect(diff).toMatchObject({ from: { name: "r1", floor: 0 }, to: { name: "r2", counter: 2, floor: 1 } });
    expect(diff.systems).toMatchObject([
      { name: "scanner", change: "changed", expected: [], parts: [], fetchBytes: 2100 },
    ]);
    expect(diff.systems[0]?.closure?.packages.map((one) => `${one.name} ${one.change}`)).toEqual([
      "gantry up",
      "nixos-system-x up",
    ]);
  });

  test("a path of the same name with other content is fetched again", () => {
    const other = system("1", ["zlib-1", { name: "gantry-1", narSize: 1000, narHash: hash(9) }]);
    const diff = diffReleases(release(1, [{ listing: old }]), release(2, [{ listing: other }]));
    expect(diff.systems).toMatchObject([{ change: "changed", fetchBytes: 1000 }]);
    expect(diff.systems[0]?.closure?.sameNameOtherContent).toHaveLength(1);
  });

  test("the first release, a new system and one that is gone have no closure to compare with", () => {
    expect(diffReleases(null, release(1, [{ listing: old }]))).toMatchObject({
      from: null,
      systems: [{ change: "added", closure: null, fetchBytes: 1200 }],
    });
    const diff = diffReleases(
      release(1, [{ name: "a", listing: old, items: [item("i", "x")] }]),
      release(2, [{ name: "b", listing: next, items: [item("i", "x")] }]),
    );
    expect(diff.systems.map(({ name, change, fetchBytes }) => [name, change, fetchBytes])).toEqual([
      ["a", "removed", 0],
      ["b", "added", 2200],
    ]);
    expect(diff.systems.map((one) => one.expected.map(({ from, to }) => [from?.id, to?.id]))).toEqual([
      [["i", undefined]],
      [[undefined, "i"]],
    ]);
  });

  test("the same system again is the same, although it expects itself by name", () => {
    const expected = (listing: typeof old) => [item("closure", listing.toplevel), item("kernel", "6.6.30")];
    const diff = (to: typeof old, items: Item[]) =>
      diffReleases(release(1, [{ listing: old, items: expected(old) }]), release(2, [{ listing: to, items }]))
        .systems[0];
    expect(diff(old, expected(old))?.change).toBe("same");
    expect(diff(next, expected(next))?.expected).toEqual([]);
    expect(diff(old, [item("closure", old.toplevel), item("kernel", "6.6.31")])).toMatchObject({
      change: "changed",
      expected: [{ id: "kernel", from: { expect: { want: "6.6.30" } }, to: { expect: { want: "6.6.31" } } }],
    });
    expect(diff(old, [item("closure", old.toplevel)])?.expected.map((one) => one.to)).toEqual([null]);
  });

  test("an item that expects the digest of its own closure is no change either", () => {
    const made = (counter: number, listing: typeof old) => {
      const one = release(counter, [{ listing }]);
      const [only] = one.systems;
      if (only !== undefined) only.expected.items = [item("digest", only.closureDigest)];
      return one;
    };
    expect(diffReleases(made(1, old), made(2, next)).systems[0]?.expected).toEqual([]);
  });

  test("whom it is for and what proves it healthy are signed, so their change is said", () => {
    const diff = diffReleases(
      release(1, [{ listing: old }]),
      release(2, [
        {
          listing: old,
          for: [{ model: "FM-26", hardwareRevisions: ["b"] }],
          health: { unitsActive: ["x.service"] },
        },
      ]),
    );
    expect(diff.systems).toMatchObject([{ change: "changed", parts: ["for", "health"], fetchBytes: 0 }]);
  });
});

describe("a system of a release as a closure", () => {
  test("shared paths get positions of their own; what leads out of the system is left out", () => {
    const two = release(1, [
      { name: "a", listing: old },
      { name: "b", listing: next },
    ]);
    const [a] = two.systems;
    if (a === undefined) throw new Error("no system");
    expect(systemListing(two, a)).toMatchObject({ toplevel: old.toplevel, paths: old.paths });
    const torn = {
      ...a,
      paths: [...a.paths.filter((one) => two.paths[one]?.path !== storePath("zlib-1")), 99],
    };
    const listing = systemListing(two, torn);
    expect(listing.paths.map((one) => one.path)).not.toContain(storePath("zlib-1"));
    expect(listing.paths.find((one) => one.path === old.toplevel)?.references).toHaveLength(1);
  });
});
