import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { verifyOfflineSet } from "#agent/trust/offline-set.ts";
import { SignedRepository, testKey } from "#tests/support/signed-repository.ts";

const NOW_MS = Date.parse("2026-06-01T12:00:00Z");
let signed: SignedRepository;
let files: Map<string, Buffer>;

beforeEach(() => {
  files = new Map();
  signed = new SignedRepository(mkdtempSync(join(tmpdir(), "fiducial-offline-")), { nowMs: NOW_MS });
  const { write } = signed;
  signed.write = (name, bytes) => {
    files.set(name, Buffer.from(bytes));
    return write.call(signed, name, bytes) as typeof bytes;
  };
});

const verify = (targets: Buffer | undefined, roots: Buffer[] = [], nowMs = NOW_MS) =>
  verifyOfflineSet({
    repository: "release",
    firstRoot: signed.firstRoot,
    roots,
    targets: targets ?? null,
    nowMs,
  });

test("a list that the threshold signed is taken, with who signed it [SIG-2]", () => {
  signed.publish();
  expect(verify(files.get("2.targets.json"))).toMatchObject({
    ok: true,
    targets: { versions: { root: 1, targets: 2 } },
    signatures: { valid: [signed.keys.targets[0]?.keyId], threshold: 1 },
  });
  expect(verify(undefined)).toMatchObject({ ok: true, targets: null, root: { version: 1 } });
});

test("one below the threshold, by a foreign key or expired is refused by its name [E-02, E-09]", () => {
  signed.publish({ signers: { targets: [testKey()] } });
  expect(verify(files.get("2.targets.json"))).toMatchObject({ refusal: { refused: "bad-signature" } });
  signed.keys.targets.push(testKey());
  signed.thresholds.targets = 2;
  const root = signed.publishRoot();
  signed.publish({ signers: { targets: signed.keys.targets.slice(0, 1) } });
  expect(verify(files.get("3.targets.json"), [root])).toMatchObject({
    refusal: { refused: "threshold-missed" },
  });
  signed.publish();
  expect(verify(files.get("4.targets.json"), [root])).toMatchObject({ ok: true });
  const late = NOW_MS + 91 * 24 * 60 * 60_000;
  expect(verify(files.get("4.targets.json"), [root], late)).toMatchObject({
    refusal: { refused: "metadata-frozen" },
  });
});

test("a root must follow, signed by the one before", () => {
  const second = signed.publishRoot();
  const third = signed.publishRoot();
  expect(verify(undefined, [second, third])).toMatchObject({ ok: true, root: { version: 3 } });
  expect(verify(undefined, [third])).toMatchObject({ refusal: { refused: "wrong-metadata" } });
  const foreign = signed.publishRoot({ signers: { root: [testKey()] } });
  expect(verify(undefined, [second, third, foreign])).toMatchObject({ ok: false });
  const late = NOW_MS + 366 * 24 * 60 * 60_000;
  expect(verify(undefined, [second], late)).toMatchObject({ refusal: { refused: "metadata-frozen" } });
});
