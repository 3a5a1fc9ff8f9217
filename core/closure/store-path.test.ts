import { expect, test } from "vitest";
import { isStorePath, liesInStore, storePathParts, storePathSchema } from "#core/closure/store-path.ts";

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
  [`/${"long/".repeat(100)}${HASH}-hello`, false],
])("%j is a store path: %s [Z-10]", (path, answer) => {
  expect(isStorePath(path)).toBe(answer);
  expect(storePathSchema.safeParse(path).success).toBe(answer);
});

test.each([
  [`/nix/store/${HASH}-linux/lib/modules/ext4.ko.xz`, true],
  [`/srv/store/${HASH}-linux/ext4.ko`, true],
  [`/nix/store/${HASH}-linux`, false],
  ["/lib/modules/6.12.7/ext4.ko", false],
  [`/srv/${HASH}/ext4.ko`, false],
])("%j is a file of a store path: %s", (path, answer) => {
  expect(liesInStore(path)).toBe(answer);
});

test("a store path splits into the hash and the name people read", () => {
  expect(storePathParts(`/nix/store/${HASH}-hello-2.12`)).toEqual({ hash: HASH, name: "hello-2.12" });
  expect(storePathParts(`${HASH}-hello-2.12`)).toEqual({ hash: HASH, name: "hello-2.12" });
});
