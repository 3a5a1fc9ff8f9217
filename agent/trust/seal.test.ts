import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import {
  addSignatures,
  expiresAt,
  fileMeta,
  SealError,
  sealKey,
  sealMetadata,
  sha256,
  signedDigest,
  targetMeta,
} from "#agent/trust/seal.ts";
import { signaturesOf } from "#agent/trust/signatures.ts";
import { rootBody, targetsBody } from "#core/trust/bodies.ts";
import { canonicalJson } from "#tests/support/signed-repository.ts";

const born = () => sealKey(generateKeyPairSync("ed25519").privateKey);
const [anna, ben, carl] = [born(), born(), born()];
const about = { version: 1, expires: expiresAt(Date.parse("2027-01-01T00:00:00.900Z")) };
const people = { keys: [anna.publicKey, ben.publicKey], threshold: 2 };
const online = { keys: [carl.publicKey], threshold: 1 };
const body = rootBody(
  { ...about, roles: { root: people, targets: people, snapshot: online, timestamp: online } },
  sha256,
);
const code = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof SealError) return error.code;
    throw error;
  }
  return null;
};

test("people sign one after the other, and it can be said who is missing [SIG-6]", () => {
  const root = sealMetadata(body, [anna]);
  expect(signaturesOf(root, "root", root)).toEqual({
    valid: [anna.keyId],
    missing: [ben.keyId],
    threshold: 2,
  });
  const both = addSignatures(root, [ben]);
  expect(signaturesOf(both, "root", both)).toMatchObject({ missing: [], threshold: 2 });
  expect(addSignatures(both, [ben])).toEqual(both);
});

test("what nobody signed yet is signed later, and a stranger's signature counts for nothing", () => {
  const open = sealMetadata(body, []);
  expect(signaturesOf(open, "root", addSignatures(open, [carl]))).toMatchObject({ valid: [] });
  expect(signaturesOf(Buffer.from("{}"), "root", open)).toBeNull();
});

test("what people compare before they sign is the digest of the canonical words, however the file is laid out", () => {
  const sealed = sealMetadata(body, [anna]);
  expect(signedDigest(sealed)).toBe(sha256(canonicalJson(body)));
  const loose = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(sealed).toString("utf8")), null, 4));
  expect(signedDigest(loose)).toBe(signedDigest(addSignatures(sealed, [ben])));
});

test("what every scanner would refuse is not signed", () => {
  const fraction = targetMeta(Buffer.from("x"), { share: 0.5 });
  const targets = (custom: unknown) => targetsBody({ ...about, targets: { a: { ...fraction, custom } } });
  expect(code(() => sealMetadata(targets({ share: 0.5 }), [anna]))).toBe("not-integer");
  expect(code(() => sealMetadata(targets({ share: Number.NaN }), [anna]))).toBe("not-integer");
  expect(code(() => sealMetadata(targets([2 ** 53]), [anna]))).toBe("not-integer");
  expect(code(() => sealMetadata({ ...body, version: 0 }, [anna]))).toBe("not-metadata");
  expect(code(() => sealMetadata(targets("x".repeat(256 * 1024)), [anna]))).toBe("too-large");
  expect(code(() => addSignatures(Buffer.from("no JSON"), [anna]))).toBe("not-metadata");
  expect(code(() => addSignatures(Buffer.from('{"signed":{"_type":"mirrors"}}'), [anna]))).toBe(
    "not-metadata",
  );
  expect(code(() => sealKey(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey))).toBe(
    "wrong-key",
  );
  expect(code(() => sealKey(generateKeyPairSync("ed25519").publicKey))).toBe("wrong-key");
});

test("files are described by length and hash, moments in whole seconds", () => {
  expect(about.expires).toBe("2027-01-01T00:00:00Z");
  expect(fileMeta(3, Buffer.from("abc"))).toEqual({
    version: 3,
    length: 3,
    hashes: { sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
  });
});
