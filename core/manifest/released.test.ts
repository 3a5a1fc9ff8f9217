import { describe, expect, test } from "vitest";
import { EXAMPLE_VALUES, exampleFacts, OTHER_TOPLEVEL, TOPLEVEL } from "#core/report/example-facts.ts";
import { observed, unknown } from "#core/report/fact.ts";
import { basisOf, type KnownRelease, runningOf } from "./released.ts";

function release(id: string, change: Partial<KnownRelease> = {}): KnownRelease {
  return {
    releaseId: id as KnownRelease["releaseId"],
    toplevel: TOPLEVEL,
    counter: null,
    origin: "observed",
    own: true,
    createdAtMs: 1,
    manifest: { schema: "fiducial.expected/1", toplevel: TOPLEVEL, closureDigest: null, items: [] },
    ...change,
  };
}

const pin = release("pin", { toplevel: OTHER_TOPLEVEL, createdAtMs: 99, origin: "signed" });
const notNixos = {
  ...exampleFacts({ host: { os: "other" } }),
  closures: unknown("not-nixos"),
};

describe("what the facts are compared with [EXP-4]", () => {
  test("the release that runs, found by toplevel, whatever is pinned", () => {
    const runs = release("runs");
    for (const pinned of [null, pin, runs])
      expect(basisOf(exampleFacts(), [pin, runs], pinned)).toEqual({ kind: "running", release: runs });
  });

  test("the pin, where no release has the running toplevel, and this is said", () => {
    expect(basisOf(exampleFacts(), [], pin)).toEqual({ kind: "untracked", release: pin });
    expect(basisOf(exampleFacts(), [release("host", { toplevel: null })], pin).kind).toBe("untracked");
  });

  test("nothing, where there is no release at all", () => {
    expect(basisOf(exampleFacts(), [], null)).toEqual({ kind: "none", release: null });
    expect(basisOf({}, [], null)).toEqual({ kind: "none", release: null });
  });

  test("the pin, where what runs cannot be seen, with why", () => {
    expect(basisOf({}, [release("a")], pin)).toMatchObject({
      kind: "unseen",
      reason: { code: "not-reported" },
    });
    const facts = {
      ...exampleFacts(),
      closures: observed({ ...EXAMPLE_VALUES.closures, running: unknown("denied") }),
    };
    expect(basisOf(facts, [release("a")], pin)).toMatchObject({ kind: "unseen", reason: { code: "denied" } });
  });

  test("its own baseline, for a host without NixOS, and never a sibling's [EXP-8]", () => {
    const own = release("own", { toplevel: null });
    expect(basisOf(notNixos, [own], null)).toEqual({ kind: "host", release: own });
    expect(basisOf(notNixos, [{ ...own, own: false }], null).kind).toBe("none");
    expect(basisOf({ closures: unknown("denied") }, [own], null).kind).toBe("none");
  });

  test("a sibling's observed baseline never speaks for a scanner on which nobody adopted anything [EXP-8]", () => {
    const sibling = release("sibling", { own: false });
    expect(basisOf(exampleFacts(), [sibling], null).kind).toBe("none");
    expect(basisOf(exampleFacts(), [sibling], pin).kind).toBe("untracked");
  });

  test.each<[string, KnownRelease, KnownRelease]>([
    [
      "signed before observed",
      release("b", { origin: "signed", own: false, createdAtMs: 1 }),
      release("a", { createdAtMs: 9 }),
    ],
    ["the newest adoption", release("b", { createdAtMs: 9 }), release("a", { createdAtMs: 1 })],
    ["the same one always", release("a"), release("b")],
  ])("of several for one toplevel: %s", (_title, first, second) => {
    expect(basisOf(exampleFacts(), [first, second], null).release).toBe(first);
    expect(basisOf(exampleFacts(), [second, first], null).release).toBe(first);
  });
});

test("what runs is a path, or why it was not seen", () => {
  expect(runningOf(exampleFacts())).toEqual({ toplevel: TOPLEVEL });
  expect(runningOf(notNixos)).toEqual({ unseen: { code: "not-nixos" } });
});
