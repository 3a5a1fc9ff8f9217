import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import { verifyListedRelease } from "#agent/trust/release-file.ts";
import { openTrust, type Trust } from "#agent/trust/trust.ts";
import { type ScannerId, scannerIdSchema } from "#core/identity/identity.ts";
import {
  OTHER_SCANNER_ID,
  SCANNER_ID,
  SignedInstallation,
  storePath,
  type TestRelease,
} from "#tests/support/signed-release.ts";

const NOW_MS = Date.parse("2026-06-01T12:00:00Z");
const scannerId: ScannerId = scannerIdSchema.parse(SCANNER_ID);
let base: string;
let nowMs: number;
let signed: SignedInstallation;
let trust: Trust;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "fiducial-trust-"));
  nowMs = NOW_MS;
  signed = new SignedInstallation(join(base, "served"), { nowMs });
  trust = openTrust({
    folder: join(base, "trust"),
    firstRoots: signed.firstRoots,
    scannerId,
    nowMs: () => nowMs,
  });
});

function look(from = trust) {
  return from.refresh({
    release: folderFetcher(signed.release.folder),
    director: folderFetcher(signed.director.folder),
  });
}

test("[SIG-6] an instruction for a signed release comes through, with the release it points at", async () => {
  const { toplevel, bytes } = signed.addRelease({ name: "2026.1", counter: 3, floor: 2 });
  signed.instruct({ release: "2026.1", toplevel });
  const seen = await look();
  expect(seen).toMatchObject({
    ok: true,
    directorVersion: 2,
    instruction: { instruction: { release: "2026.1", toplevel }, floor: 2, custom: { counter: 3 } },
    releases: { versions: { root: 1, timestamp: 2, snapshot: 2, targets: 2 } },
  });
  if (!seen.ok || seen.instruction === null) throw new Error("no instruction");
  expect(trust.release(seen.instruction, bytes)).toMatchObject({
    release: { name: "2026.1" },
    system: { toplevel },
  });
});

test("a director that lists nothing asks nothing", async () => {
  expect(await look()).toMatchObject({ ok: true, instruction: null, directorVersion: 1 });
});

describe("instructions that the two repositories do not agree on", () => {
  test("[SIG-2, E-04] for another scanner", async () => {
    const { toplevel } = signed.addRelease({ name: "2026.1", counter: 3 });
    signed.instruct({ release: "2026.1", toplevel, scannerId: OTHER_SCANNER_ID });
    expect(await look()).toMatchObject({ ok: false, refusal: { refused: "wrong-recipient" } });
  });

  test("[SIG-2, E-02] for a release that nobody signed", async () => {
    signed.instruct({ release: "2026.9", toplevel: storePath("evil") });
    expect(await look()).toMatchObject({ ok: false, refusal: { refused: "unknown-release" } });
  });
});

describe("the file of a release [SIG-2]", () => {
  async function verified(change: Partial<TestRelease> = {}) {
    const { toplevel, bytes } = signed.addRelease({ name: "2026.1", counter: 3, ...change });
    signed.instruct({ release: "2026.1", toplevel });
    const seen = await look();
    if (!seen.ok || seen.instruction === null) throw new Error("no instruction");
    return { instruction: seen.instruction, releases: seen.releases, bytes };
  }

  test("one changed byte, or one more, is not what people signed", async () => {
    const { instruction, bytes } = await verified();
    const changed = Buffer.from(bytes);
    changed[5] = 0x20;
    expect(trust.release(instruction, changed)).toMatchObject({ refused: "content-mismatch" });
    const longer = Buffer.concat([bytes, Buffer.from(" ")]);
    expect(trust.release(instruction, longer)).toMatchObject({ refused: "content-mismatch" });
  });

  test("signed, but not a release, or one whose parts do not fit", async () => {
    const odd = await verified({ change: (release) => Object.assign(release, { energise: true }) });
    expect(trust.release(odd.instruction, odd.bytes)).toMatchObject({ refused: "wrong-metadata" });
    const counter = await verified({ change: (release) => Object.assign(release, { counter: 9 }) });
    expect(trust.release(counter.instruction, counter.bytes)).toMatchObject({ refused: "releases-disagree" });
    const extra = await verified({ change: (_, system) => Object.assign(system, { paths: [0] }) });
    expect(trust.release(extra.instruction, extra.bytes)).toMatchObject({ refused: "path-set-differs" });
    const other = await verified({ system: "other" });
    expect(trust.release(other.instruction, other.bytes)).toMatchObject({ refused: "wrong-system" });
  });

  test("without an instruction it is found by its name: for server, signer and `fiducial verify`", async () => {
    const { releases, bytes } = await verified();
    expect(verifyListedRelease(releases, "2026.1", bytes)).toMatchObject({ name: "2026.1", counter: 3 });
    expect(verifyListedRelease(releases, "2026.2", bytes)).toMatchObject({ refused: "unknown-release" });
    expect(verifyListedRelease(releases, "2026.1", Buffer.from("{}"))).toMatchObject({
      refused: "content-mismatch",
    });
    const odd = await verified({ change: (release) => Object.assign(release, { floor: 3 }) });
    expect(verifyListedRelease(odd.releases, "2026.1", odd.bytes)).toMatchObject({
      refused: "releases-disagree",
    });
  });
});

test("what both repositories signed but do not agree on is handed on, so that the activator can tell of it", async () => {
  signed.instruct({ release: "2026.9", toplevel: storePath("evil") });
  const seen = await look();
  expect(seen).toMatchObject({ ok: false, refusal: { refused: "unknown-release" } });
  if (seen.ok || !("files" in seen)) throw new Error("no refusal");
  expect(seen.files?.director.at(-1)?.name).toBe("timestamp.json");
});

test("what does not verify is handed on to nobody", async () => {
  signed.director.publish({ signers: { timestamp: [] } });
  expect(await look()).toMatchObject({ ok: false, files: null, repository: "director", role: "timestamp" });
  signed.director.publish();
  signed.release.publish({ signers: { timestamp: [] } });
  expect(await look()).toMatchObject({ ok: false, files: null, repository: "release" });
});

test("with no folder nothing is kept, and everything is verified all the same", async () => {
  const options = { folder: null, firstRoots: signed.firstRoots, scannerId, nowMs: () => nowMs };
  expect(await look(openTrust(options))).toMatchObject({ ok: true, instruction: null });
  signed.release.publish({ signers: { targets: [] } });
  expect(await look(openTrust(options))).toMatchObject({ refusal: { refused: "bad-signature" } });
});
