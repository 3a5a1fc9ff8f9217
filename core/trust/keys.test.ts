import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { rootBody } from "#core/trust/bodies.ts";
import { keyIdOf, keysOfRole, refuseKeys } from "#core/trust/keys.ts";
import type { RootBody } from "#core/trust/metadata.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const [A, B, C] = ["aa", "bb", "cc"].map((two) => two.repeat(32)) as [string, string, string];
const one = (key: string) => ({ keys: [key], threshold: 1 });

function root(
  change: Partial<Record<"root" | "targets", { keys: string[]; threshold: number }>> = {},
): RootBody {
  const roles = { root: one(A), targets: one(B), snapshot: one(C), timestamp: one(C), ...change };
  return rootBody({ version: 1, expires: "2026-03-01T00:00:00Z", roles }, sha256);
}

test("the id of a key is the SHA-256 of its canonical JSON (TUF 1.0 §4.2)", () => {
  // Made once with `@tufjs/canonical-json` over the same key.
  const canonical = `{"keytype":"ed25519","keyval":{"public":"${A}"},"scheme":"ed25519"}`;
  expect(keyIdOf(A, sha256)).toBe(sha256(canonical));
});

test("one key may speak for two roles, as a shop of one person has it", () => {
  expect(refuseKeys(root({ targets: one(A) }), sha256)).toBeNull();
});

test("one key under two ids counts once: it is refused (pitfall 10) [SIG-2]", () => {
  const body = root({ root: { keys: [A, B], threshold: 2 } });
  const second = keyIdOf(B, sha256);
  const first = body.keys[keyIdOf(A, sha256)];
  const twice = { ...body, keys: { ...body.keys, ...(first === undefined ? {} : { [second]: first }) } };
  expect(refuseKeys(twice, sha256)).toEqual({
    refused: "duplicate-key",
    where: "root",
    detail: "role root names one key twice",
  });
});

test("one id named twice, and a threshold that no number of signatures would meet", () => {
  expect(refuseKeys(root({ root: { keys: [A, A], threshold: 2 } }), sha256)?.refused).toBe("duplicate-key");
  expect(refuseKeys(root({ targets: { keys: [B], threshold: 2 } }), sha256)).toMatchObject({
    refused: "wrong-metadata",
    detail: "role targets wants 2 of 1 keys",
  });
});

test("a key under an id that is not its own", () => {
  const body = root();
  const renamed = { ...body, keys: { ...body.keys, [sha256("x")]: Object.values(body.keys)[0] } } as RootBody;
  expect(refuseKeys(renamed, sha256)).toMatchObject({ refused: "wrong-metadata" });
});

test("keys of a role come in one order", () => {
  const sorted = [keyIdOf(A, sha256), keyIdOf(B, sha256)].sort();
  expect(keysOfRole(root({ targets: { keys: [A, B], threshold: 1 } }), "targets")).toEqual(sorted);
  expect(keysOfRole(root({ targets: { keys: [B, A], threshold: 1 } }), "targets")).toEqual(sorted);
});
