import { expect, test } from "vitest";
import { isStorePath, storePathParts } from "#core/closure/store-path.ts";

const HASH = "86sjpykh48b7n9xd0pch2ybhc0nyfhqz";

test.each([
  [`/nix/store/${HASH}-hello-2.12`, true],
  [`/srv/nix/store/${HASH}-hello`, true],
  [`/nix/store/${HASH}-${"a".repeat(211)}`, true],
  [`/nix/store/${HASH}-${"a".repeat(212)}`, false],
  [`/nix/store/${HASH}-`, false],
  [`/nix/store/${HASH}`, false],
  [`${HASH}-hello`, false],
  [`/nix/store/${HASH.replace("8", "e")}-hello`, false],
  [`/nix/store/${HASH}-hello/bin`, false],
  [`/nix/store/../${HASH}-hello`, false],
  [`/nix/./store/${HASH}-hello`, false],
  [`/nix/store/${HASH}-hello\n`, false],
  [`/nix/store/${HASH}-hel lo`, false],
])("%j is a store path: %s [Z-10]", (path, answer) => {
  expect(isStorePath(path)).toBe(answer);
});

test("a store path splits into the hash and the name people read", () => {
  expect(storePathParts(`/nix/store/${HASH}-hello-2.12`)).toEqual({ hash: HASH, name: "hello-2.12" });
  expect(storePathParts(`${HASH}-hello-2.12`)).toEqual({ hash: HASH, name: "hello-2.12" });
});
