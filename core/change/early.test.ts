import { describe, expect, test } from "vitest";
import { firstOf, inReferenceOrder, readyPaths, tipsOf } from "#core/change/early.ts";

const path = (name: string, ...references: string[]) => ({ path: name, references, narSize: 1 });
const names = (paths: readonly { path: string }[]) => paths.map((one) => one.path);

/** `top` stands on `left` and `right`, both on `base`, and each on itself, as store paths do. */
const DIAMOND = [
  path("top", "top", "left", "right"),
  path("left", "left", "base"),
  path("right", "base", "elsewhere"),
  path("base", "base"),
];

describe("what may be copied while the rest is still fetched", () => {
  test("all paths, what they refer to first; what is not in the list counts as there", () => {
    const ordered = names(inReferenceOrder(DIAMOND));
    expect(ordered[0]).toBe("base");
    expect(ordered.slice(1, 3).sort()).toEqual(["left", "right"]);
    expect(ordered[3]).toBe("top");
    expect(names(inReferenceOrder([path("a", "a", "b")]))).toEqual(["a"]);
    expect(names(inReferenceOrder([path("b", "a", "a"), path("a")])), "named twice").toEqual(["a", "b"]);
  });

  test("small ones come first, then the largest down, as far as references allow: no tail that all wait for", () => {
    const MIB = 1024 * 1024;
    const sized = (name: string, mib: number, ...references: string[]) => ({
      ...path(name, ...references),
      narSize: mib * MIB,
    });
    const closure = [
      sized("library", 30),
      sized("firmware", 5),
      sized("kernel", 90, "base"),
      sized("tool", 1, "library"),
      sized("base", 2),
      sized("modules", 60, "kernel"),
      sized("again", 30),
    ];
    const all = [sized("top", 1, ...names(closure)), ...closure];
    const order = ["base", "kernel", "modules", "again", "library", "tool", "firmware", "top"];
    expect(names(inReferenceOrder(all))).toEqual(order);
  });

  test("no path is lost where a list goes round in a circle", () => {
    expect(names(inReferenceOrder([path("a", "b"), path("b", "a"), path("c")]))).toEqual(["c", "a", "b"]);
  });

  test.each([
    ["nothing has come", [], []],
    ["only what others stand on", ["base"], ["base"]],
    ["what waits for another stays, and what stands on that", ["top", "left", "base"], ["base", "left"]],
    ["what stands on nothing that came", ["top", "left", "right"], []],
    ["all of it", ["top", "left", "right", "base"], ["base", "left", "right", "top"]],
  ])("%s [SIG-4]", (_, spooled, ready) => {
    expect(names(readyPaths(DIAMOND, new Set(spooled)))).toEqual(ready);
  });

  test("a reference that the store holds is not waited for, and a circle is never ready", () => {
    expect(names(readyPaths(DIAMOND.slice(0, 2), new Set(["left"])))).toEqual(["left"]);
    expect(readyPaths([path("a", "b"), path("b", "a")], new Set(["a", "b"]))).toEqual([]);
  });

  test("a chain as long as a closure may be", () => {
    const chain = Array.from({ length: 20_000 }, (_, at) => path(`p${at}`, `p${at + 1}`));
    expect(names(inReferenceOrder(chain)).slice(0, 2)).toEqual(["p19999", "p19998"]);
    expect(readyPaths(chain, new Set(["p3", ...names(chain.slice(9_000))]))).toHaveLength(11_000);
  });

  test("a batch is bounded, has one path at least, and is a beginning", () => {
    const sizes = [10, 20, 30, 1].map((narSize) => ({ narSize }));
    expect(firstOf(sizes, { paths: 9, bytes: 30 })).toEqual(sizes.slice(0, 2));
    expect(firstOf(sizes, { paths: 9, bytes: 5 })).toEqual(sizes.slice(0, 1));
    expect(firstOf(sizes, { paths: 3, bytes: 99 })).toEqual(sizes.slice(0, 3));
    expect(firstOf([], { paths: 3, bytes: 99 })).toEqual([]);
  });

  test("who keeps the tips keeps all", () => {
    expect(names(tipsOf(DIAMOND))).toEqual(["top"]);
    expect(names(tipsOf(DIAMOND.slice(1)))).toEqual(["left", "right"]);
  });
});
