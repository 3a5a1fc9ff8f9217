import { expect, test } from "vitest";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { rootBody, snapshotBody, targetsBody, timestampBody } from "#core/trust/bodies.ts";

const recipient = scannerIdSchema.parse("019a5b1e-0000-7000-8000-0000000000a1");
const about = { version: 2, expires: "2026-03-01T00:00:00Z" };
const file = { version: 2, length: 10, hashes: { sha256: "ab".repeat(32) } };

test("a root names each key once, under its id, and what each role needs", () => {
  const solo = { keys: ["aa"], threshold: 1 };
  const online = { keys: ["bb"], threshold: 1 };
  const roles = { root: solo, targets: solo, snapshot: online, timestamp: online };
  expect(rootBody({ ...about, roles }, (text) => (text.includes("aa") ? "id-a" : "id-b"))).toEqual({
    _type: "root",
    spec_version: "1.0.31",
    ...about,
    consistent_snapshot: true,
    keys: {
      "id-a": { keytype: "ed25519", scheme: "ed25519", keyval: { public: "aa" } },
      "id-b": { keytype: "ed25519", scheme: "ed25519", keyval: { public: "bb" } },
    },
    roles: {
      root: { keyids: ["id-a"], threshold: 1 },
      targets: { keyids: ["id-a"], threshold: 1 },
      snapshot: { keyids: ["id-b"], threshold: 1 },
      timestamp: { keyids: ["id-b"], threshold: 1 },
    },
  });
});

test("all roles of a director name their scanner, those of the release repository nobody (pitfall 4) [SIG-2]", () => {
  const bodies = [
    targetsBody({ ...about, recipient, targets: {} }),
    snapshotBody({ ...about, recipient, targets: file }),
    timestampBody({ ...about, recipient, snapshot: file, signedAtMs: 7 }),
  ];
  for (const body of bodies) expect(body).toMatchObject({ "x-fiducial-recipient": recipient, ...about });
  expect(targetsBody({ ...about, targets: {} })).not.toHaveProperty("x-fiducial-recipient");
});

test("snapshot and timestamp name the file below with length and hash (pitfall 3)", () => {
  expect(snapshotBody({ ...about, targets: file }).meta).toEqual({ "targets.json": file });
  expect(timestampBody({ ...about, snapshot: file, signedAtMs: 7 })).toMatchObject({
    "x-fiducial-signed-at-ms": 7,
    meta: { "snapshot.json": file },
  });
});
