import { describe, expect, test } from "vitest";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { matchTargets } from "#core/trust/match.ts";
import type { SignedTarget, SignedTargets } from "#core/trust/metadata.ts";

const scannerId = scannerIdSchema.parse("019a5b1e-0000-7000-8000-0000000000a1");
const OTHER = "019a5b1e-0000-7000-8000-0000000000a2";
const PATH = "releases/2026.1/release.json";
const SHA256 = "ab".repeat(32);
const SHA512 = "cd".repeat(64);
const words = {
  schema: "fiducial.instruction/1",
  scannerId,
  changeId: "019a5b1e-0000-7000-8000-0000000000c1",
  seq: 4,
  action: "activate",
  release: "2026.1",
  system: "scanner",
  toplevel: "/nix/store/x",
  notBeforeMs: 1_000,
  notAfterMs: 2_000,
  slots: [],
  requestedBy: "A. Engineer",
};
const released: SignedTarget = {
  length: 100,
  hashes: { sha256: SHA256 },
  custom: { counter: 3, floor: 2, withdrawn: null },
};
const asked: SignedTarget = { ...released, custom: words };

const match = (director: SignedTargets, release: SignedTargets = { [PATH]: released }) =>
  matchTargets(director, release, scannerId);
const instruct = (change: Record<string, unknown>) => ({
  [PATH]: { ...asked, custom: { ...words, ...change } },
});

test("no target asks nothing", () => {
  expect(match({})).toBeNull();
});

test("one target that both repositories describe alike is an instruction, with what people signed of the release [SIG-6]", () => {
  expect(match({ [PATH]: asked })).toEqual({
    instruction: words,
    target: { path: PATH, length: 100, hashes: { sha256: SHA256 } },
    custom: { counter: 3, floor: 2, withdrawn: null },
    floor: 2,
  });
});

test("the floor is the highest of all listed releases, withdrawn ones included; what says none raises none [E-05]", () => {
  const list = {
    [PATH]: released,
    "releases/2026.2/release.json": {
      ...released,
      custom: { counter: 9, floor: 5, withdrawn: "fails to boot" },
    },
    "sites/x.json": { ...released, custom: { floor: 99 } },
  };
  expect(match({ [PATH]: asked }, list)).toMatchObject({ floor: 5 });
});

describe("refused, each by its own word [SIG-2]", () => {
  test("two targets", () => {
    expect(match({ [PATH]: asked, other: asked })).toMatchObject({ refused: "several-instructions" });
  });

  test("for another scanner, also when nothing else of it is right [E-04]", () => {
    expect(match(instruct({ scannerId: OTHER }))).toMatchObject({ refused: "wrong-recipient" });
    expect(match({ [PATH]: { ...asked, custom: { scannerId: OTHER } } })).toMatchObject({
      refused: "wrong-recipient",
      detail: `the instruction is for ${OTHER}`,
    });
  });

  test.each([[null], ["go"], [{ scannerId: 7 }], [{ ...words, energise: true }], [{ ...words, seq: 1.5 }]])(
    "words that are no instruction: %j",
    (custom) => {
      expect(match({ [PATH]: { ...asked, custom } })).toMatchObject({
        refused: "wrong-metadata",
        where: "director targets",
      });
    },
  );

  test("a release that its target is not", () => {
    expect(match(instruct({ release: "2026.2" }))).toMatchObject({ refused: "releases-disagree" });
  });

  test("a release that nobody signed, and names that only look like one [E-02]", () => {
    expect(match({ [PATH]: asked }, {})).toMatchObject({ refused: "unknown-release" });
    const inherited = Object.create({ [PATH]: released }) as SignedTargets;
    expect(match({ [PATH]: asked }, inherited)).toMatchObject({ refused: "unknown-release" });
  });

  test.each([
    ["another length", { length: 101 }],
    ["another hash", { hashes: { sha256: "ee".repeat(32) } }],
    ["a hash more", { hashes: { sha256: SHA256, sha512: SHA512 } }],
  ])("%s than people signed", (_, change) => {
    expect(match({ [PATH]: { ...asked, ...change } })).toMatchObject({ refused: "releases-disagree" });
    expect(match({ [PATH]: asked }, { [PATH]: { ...released, ...change } })).toMatchObject({
      refused: "releases-disagree",
    });
  });

  test("a release that does not say what it is", () => {
    expect(match({ [PATH]: asked }, { [PATH]: { ...released, custom: {} } })).toMatchObject({
      refused: "wrong-metadata",
      where: "release targets",
    });
  });
});
