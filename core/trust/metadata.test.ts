import { describe, expect, test } from "vitest";
import { rootBody, snapshotBody, targetsBody, timestampBody } from "#core/trust/bodies.ts";
import type { MetadataRole } from "#core/trust/layout.ts";
import { MOST_TARGETS, readBody, readMetadata } from "#core/trust/metadata.ts";

const HEX = "ab".repeat(32);
const EXPIRES = "2026-03-01T00:00:00Z";
const about = { version: 1, expires: EXPIRES };
const file = { version: 4, length: 10, hashes: { sha256: HEX } };
const role = { keys: [HEX], threshold: 1 };
const roles = { root: role, targets: role, snapshot: role, timestamp: role };
const bodies = {
  root: rootBody({ ...about, roles }, () => HEX),
  targets: targetsBody({ ...about, targets: {} }),
  snapshot: snapshotBody({ ...about, targets: file }),
  timestamp: timestampBody({ ...about, snapshot: file, signedAtMs: 7 }),
} as const;

const ofRole = (name: MetadataRole, change: Record<string, unknown> = {}) => ({
  signatures: [],
  signed: { ...bodies[name], ...change },
});

function refusal(name: MetadataRole, change: Record<string, unknown>) {
  const read = readMetadata(name, ofRole(name, change));
  return read.ok ? null : read.refusal;
}

test.each(["root", "targets", "snapshot", "timestamp"] as const)("a plain %s is read", (name) => {
  expect(readMetadata(name, ofRole(name))).toMatchObject({ ok: true, body: { _type: name } });
});

test("fields of a newer writer are kept and ignored", () => {
  const read = readBody("targets", { ...bodies.targets, "x-newer": { a: 1 } });
  expect(read).toMatchObject({ ok: true, body: { "x-newer": { a: 1 } } });
});

test("a file that says nothing of itself is read with the others: it can be asked for by nobody", () => {
  const hashes = { sha256: HEX };
  const targets = { plain: { length: 1, hashes }, other: { length: 1, hashes, custom: { a: 1 } } };
  const read = readMetadata("targets", ofRole("targets", { targets }));
  expect(read).toMatchObject({ ok: true, body: { targets } });
});

describe("what is not metadata is refused before a signature is looked at [SIG-2]", () => {
  test.each([undefined, null, 7, "x", {}, { signatures: {}, signed: {} }])("%j", (json) => {
    expect(readMetadata("root", json)).toMatchObject({ ok: false, refusal: { refused: "wrong-metadata" } });
  });

  test("a timestamp in the place of a snapshot", () => {
    expect(readMetadata("snapshot", ofRole("timestamp"))).toMatchObject({ ok: false });
  });

  test.each([
    ["a version that is no counter", { version: 0 }],
    ["a version beyond what is counted", { version: 2_147_483_648 }],
    ["a date in another spelling", { expires: "1 March 2026" }],
    ["another TUF", { spec_version: "2.0.0" }],
    ["inconsistent snapshots", { consistent_snapshot: false }],
  ])("%s", (_, change) => {
    expect(refusal("root", change)).toMatchObject({ refused: "wrong-metadata", where: "root" });
  });

  test("a key that is no Ed25519 key, so that one key has one spelling (pitfall 10)", () => {
    const key = { keytype: "rsa", scheme: "rsassa-pss-sha256", keyval: { public: "-----BEGIN" } };
    expect(refusal("root", { keys: { [HEX]: key } })?.refused).toBe("wrong-metadata");
    const upper = { keytype: "ed25519", scheme: "ed25519", keyval: { public: HEX.toUpperCase() } };
    expect(refusal("root", { keys: { [HEX]: upper } })?.refused).toBe("wrong-metadata");
  });
});

describe("length and hash are demanded of every file named, else a stranger's bytes are parsed (pitfall 3)", () => {
  test.each([
    ["no length", { version: 4, hashes: { sha256: HEX } }],
    ["no hashes", { version: 4, length: 10 }],
    ["a hash that nobody here computes", { ...file, hashes: { sha256: HEX, crc: "00" } }],
    ["only another hash", { ...file, hashes: { sha512: "ab".repeat(64) } }],
  ])("%s", (_, named) => {
    expect(refusal("timestamp", { meta: { "snapshot.json": named } })?.refused).toBe("wrong-metadata");
    expect(refusal("snapshot", { meta: { "targets.json": named } })?.refused).toBe("wrong-metadata");
  });
});

describe("bounds", () => {
  test("more targets than the library copies in reasonable time (pitfall 2)", () => {
    const target = { length: 1, hashes: { sha256: HEX } };
    const targets = Object.fromEntries(
      Array.from({ length: MOST_TARGETS + 1 }, (_, n) => [`releases/${n}/release.json`, target]),
    );
    expect(refusal("targets", { targets })).toEqual({
      refused: "too-large",
      where: "targets",
      detail: "501 targets, at most 500",
    });
  });

  test("more keys than anybody has, in a root that anybody may have written", () => {
    const keys = Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, {}]));
    expect(refusal("root", { keys })?.refused).toBe("too-large");
  });

  test("lists that are no lists are wrong, not empty", () => {
    expect(refusal("root", { keys: 7 })?.refused).toBe("wrong-metadata");
    expect(refusal("snapshot", { meta: null })?.refused).toBe("wrong-metadata");
  });
});

describe("nothing hands its authority on [SIG-2]", () => {
  test("targets with delegations", () => {
    expect(refusal("targets", { delegations: { keys: {}, roles: [] } })?.refused).toBe("delegation");
  });

  test("a snapshot that names another role's file", () => {
    const meta = { "targets.json": file, "evil.json": file };
    expect(refusal("snapshot", { meta })).toMatchObject({
      refused: "delegation",
      detail: "names evil.json beside targets.json",
    });
  });
});
