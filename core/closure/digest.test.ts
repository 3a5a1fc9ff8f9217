import * as fc from "fast-check";
import { expect, test } from "vitest";
import { closureDigestText, compareBytewise } from "#core/closure/digest.ts";
import type { StorePath } from "#core/closure/store-path.ts";
import { hash, storePath } from "#tests/fixtures/made-closure.ts";

const entries = fc.uniqueArray(
  fc.record({
    path: fc.stringMatching(/^[A-Za-z0-9+._?=-]{1,20}$/).map(storePath),
    narHash: fc.nat(50).map(hash),
  }),
  { selector: (one) => one.path, minLength: 1 },
);

test("the text is the one every party computes, byte for byte [SEE-2]", () => {
  const b = storePath("b-1.0");
  const capital = storePath("B-1.0");
  const [first, second] = [b, capital].sort(compareBytewise) as [StorePath, StorePath];
  expect(
    closureDigestText([
      { path: second, narHash: hash(2) },
      { path: first, narHash: hash(1) },
    ]),
  ).toBe(`fiducial.closure.v1\n${first} ${hash(1)}\n${second} ${hash(2)}\n`);
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
