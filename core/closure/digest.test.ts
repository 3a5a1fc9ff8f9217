import * as fc from "fast-check";
import { expect, test } from "vitest";
import { closureDigestText, compareBytewise } from "#core/closure/digest.ts";
import { storePathSchema } from "#core/closure/store-path.ts";
import { hash, storePath } from "#tests/fixtures/made-closure.ts";

const entries = fc.uniqueArray(
  fc.record({
    path: fc.stringMatching(/^[A-Za-z0-9+._?=-]{1,20}$/).map(storePath),
    narHash: fc.nat(50).map(hash),
  }),
  { selector: (one) => one.path, minLength: 1 },
);

test("the text is the one every party computes, byte for byte, in an order no language changes [SEE-2]", () => {
  // One hash part, so that the names decide: capitals and underscore come before small letters in bytes, in no language.
  const named = (name: string) => storePathSchema.parse(`/nix/store/${"0".repeat(32)}-${name}`);
  const list = ["a", "B", "_", "b"].map((name, at) => ({ path: named(name), narHash: hash(at) }));
  expect(closureDigestText(list)).toBe(
    `fiducial.closure.v1
${named("B")} ${hash(1)}
${named("_")} ${hash(2)}
${named("a")} ${hash(0)}
${named("b")} ${hash(3)}
`,
  );
});

test("order is by bytes and not by any language", () => {
  expect(["b", "a", "B", "_", "a-", "a", "A"].sort(compareBytewise)).toEqual([
    "A",
    "B",
    "_",
    "a",
    "a",
    "a-",
    "b",
  ]);
});

test("the order of the list does not matter", async () => {
  await fc.assert(
    fc.property(
      entries.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      ([list, shuffled]) => {
        expect(closureDigestText(shuffled)).toBe(closureDigestText(list));
      },
    ),
  );
});

test("any other hash, and any path more or less, is another text [SEE-2]", async () => {
  await fc.assert(
    fc.property(entries, fc.nat(), (list, seed) => {
      const at = seed % list.length;
      const tampered = list.map((one, position) => (position === at ? { ...one, narHash: hash(51) } : one));
      expect(closureDigestText(tampered)).not.toBe(closureDigestText(list));
      expect(closureDigestText(list.filter((_, position) => position !== at))).not.toBe(
        closureDigestText(list),
      );
    }),
  );
});
