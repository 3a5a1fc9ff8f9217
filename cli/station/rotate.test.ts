import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { verifyOfflineSet } from "#agent/trust/offline-set.ts";
import { type SealKey, sealMetadata } from "#agent/trust/seal.ts";
import { targetsBody } from "#core/trust/bodies.ts";
import { testKey } from "#tests/support/signed-repository.ts";
import type { PublicFile } from "./key-ring.ts";
import {
  addToRepository,
  currentRoot,
  currentTargets,
  neededRoot,
  needKnownList,
  needMetadata,
  rootChain,
} from "./repository.ts";
import { installRoots, makeRoots } from "./roots.ts";
import {
  currentRoots,
  differenceText,
  installRotation,
  makeRotation,
  mergedRotation,
  type RotationAsk,
  readRotation,
  rotationState,
} from "./rotate.ts";
import { type RotationFile, withSignature } from "./signing-file.ts";

const NOW_MS = Date.parse("2026-06-01T12:00:00Z");
const YEAR_MS = 365 * 24 * 60 * 60_000;

/** Keys of one person without the passphrase around them. */
type Person = { file: PublicFile; keys: Record<"release-root" | "director-root" | "release", SealKey> };
function person(name: string): Person {
  const keys = { "release-root": testKey(), "director-root": testKey(), release: testKey() };
  const publicHalves = {
    "release-root": keys["release-root"].publicKey,
    "director-root": keys["director-root"].publicKey,
    release: keys.release.publicKey,
  };
  return { keys, file: { schema: "fiducial.public-keys/1", name, public: publicHalves } };
}
const onlineKeys = () => ({
  schema: "fiducial.online-keys/1" as const,
  snapshot: testKey().publicKey,
  timestamp: testKey().publicKey,
  director: testKey().publicKey,
});

let folder: string;
let anna: Person;
let bob: Person;
let carol: Person;
let dora: Person;
const station = () => ({ folder });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fiducial-rotate-"));
  [anna, bob, carol, dora] = [person("anna"), person("bob"), person("carol"), person("dora")];
  const roots = makeRoots({
    people: [anna.file, bob.file, carol.file],
    rootThreshold: 2,
    releaseThreshold: 2,
    online: onlineKeys(),
    validMs: YEAR_MS,
    nowMs: NOW_MS,
  });
  const signed = { ...roots };
  for (const one of [anna, bob]) {
    signed.release = withSignature(signed.release, one.keys["release-root"]);
    signed.director = withSignature(signed.director, one.keys["director-root"]);
  }
  await installRoots(station(), signed);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ask = (words: Partial<RotationAsk> = {}): RotationAsk => ({
  ...{ add: [], remove: [], rootThreshold: null, releaseThreshold: null, online: null },
  ...{ validMs: YEAR_MS, nowMs: NOW_MS + 1_000, ...words },
});
function signedBy(file: RotationFile, ...people: Person[]): RotationFile {
  const signed = { ...file };
  for (const one of people) {
    signed.release = withSignature(signed.release, one.keys["release-root"]);
    signed.director = withSignature(signed.director, one.keys["director-root"]);
  }
  return signed;
}
async function missing(file: RotationFile) {
  const before = await currentRoots(station());
  return rotationState(before, readRotation(before, file), file).map(({ old, own }) => [
    old.needed,
    own.needed,
  ]);
}

describe("the next roots [SIG-1, SIG-2]", () => {
  test("a person leaves and another comes: enough of the old ones and enough of the new ones sign", async () => {
    const before = await currentRoots(station());
    const file = makeRotation(before, ask({ add: [dora.file], remove: ["anna"] }));
    expect(differenceText(before, readRotation(before, file))).toMatch(
      /\+ root dora .*\n {2}- root anna .*\n {2}\+ targets dora .*\n {2}- targets anna/,
    );
    expect(await missing(file)).toEqual([
      [2, 2],
      [2, 2],
    ]);
    const byOld = signedBy(file, anna, bob);
    expect(await missing(byOld)).toEqual([
      [0, 1],
      [0, 1],
    ]);
    await expect(installRotation(station(), before, byOld)).rejects.toMatchObject({ code: "refused" });
    expect((await currentRoot(station()))?.body.version).toBe(1);
    // Signed side by side and put together: those who leave count for the old root only, those who come for the new one only.
    const both = mergedRotation(before, readRotation(before, file), byOld, signedBy(file, dora));
    expect(await missing(both)).toEqual([
      [0, 0],
      [0, 0],
    ]);
    await installRotation(station(), before, both);
    for (const repository of ["release", "director"] as const) {
      const [first, ...roots] = (await rootChain(station(), repository)).map((one) => one.bytes);
      expect(
        verifyOfflineSet({ repository, firstRoot: first!, roots, targets: null, nowMs: NOW_MS }),
        "a scanner follows",
      ).toMatchObject({ ok: true, root: { version: 2 } });
    }
  });

  test("only the new ones, or a stranger, make no root of it", async () => {
    const before = await currentRoots(station());
    const file = makeRotation(before, ask({ add: [dora.file], remove: ["anna"] }));
    for (const signed of [signedBy(file, dora), signedBy(file, person("eve"), person("mallory"))])
      await expect(installRotation(station(), before, signed)).rejects.toMatchObject({ code: "refused" });
  });

  test("online keys are replaced, people stay; nothing asked: the same for longer", async () => {
    const before = await currentRoots(station());
    const online = onlineKeys();
    const text = differenceText(before, readRotation(before, makeRotation(before, ask({ online }))));
    expect(text.match(/[+-] (snapshot|timestamp|targets) online/g)).toHaveLength(10);
    expect(text).not.toMatch(/(anna|bob|carol)/);
    const longer = makeRotation(before, ask());
    expect(
      differenceText(before, readRotation(before, longer)).match(/the same keys for longer/g),
    ).toHaveLength(2);
    await installRotation(station(), before, signedBy(longer, bob, carol));
    expect((await currentRoot(station(), "director"))?.body.version).toBe(2);
  });

  test("what cannot be met, who is not there, and a root that follows another are refused", async () => {
    const before = await currentRoots(station());
    expect(() => makeRotation(before, ask({ remove: ["anna", "bob"] }))).toThrow(/make no release root/);
    expect(() => makeRotation(before, ask({ remove: ["zoe"] }))).toThrow(/No root names a key of zoe/);
    expect(() => makeRotation(before, ask({ rootThreshold: 4 }))).toThrow(/make no release root/);
    const first = makeRotation(before, ask());
    await installRotation(station(), before, signedBy(first, anna, bob));
    const after = await currentRoots(station());
    const skips = makeRotation(
      { release: after.release, director: after.director },
      ask({ nowMs: NOW_MS + 5_000 }),
    );
    expect(() => readRotation(before, skips)).toThrow(/after 1, which this station has, comes 2/);
  });
});

describe("after a release key was revoked", () => {
  const list = (version: number, name: string, signers: readonly Person[]) => {
    const target = {
      length: 1,
      hashes: { sha256: "ab".repeat(32) },
      custom: { counter: version, floor: 0, withdrawn: null },
    };
    const expires = "2026-12-01T00:00:00Z";
    return sealMetadata(
      targetsBody({ version, expires, targets: { [`releases/${name}/release.json`]: target } }),
      signers.map((one) => one.keys.release),
    );
  };

  test("the list of this folder is the base of the next one, and a thief's is none", async () => {
    await addToRepository(station(), "release/1.targets.json", list(1, "r1", [anna, bob]));
    const before = await currentRoots(station());
    const file = makeRotation(before, ask({ add: [dora.file], remove: ["anna"] }));
    await installRotation(station(), before, signedBy(file, anna, bob, dora));
    const root = await neededRoot(station());
    expect(root.body.version).toBe(2);
    const own = await currentTargets(station(), root);
    expect(own?.body.version).toBe(1);
    await needKnownList(station(), root, needMetadata("targets", list(1, "r1", [anna, bob])));
    // With anna's stolen key and bob's old signature on something else: counted by the newest root alone.
    const stolen = needMetadata("targets", list(2, "evil", [anna, bob]));
    await expect(needKnownList(station(), root, stolen)).rejects.toMatchObject({ code: "refused" });
    await needKnownList(station(), root, needMetadata("targets", list(2, "r2", [bob, dora])));
  });
});
