import { describe, expect, test } from "vitest";
import { parsePathInfo } from "#core/closure/path-info.ts";

const TOP = "/nix/store/86sjpykh48b7n9xd0pch2ybhc0nyfhqz-nixos-system-scanner-24.05";
const LIB = "/nix/store/hhymdpngqgwiflnmips6k0p10mcdpx7d-zlib-1.2.13";
const base = (path: string) => path.slice("/nix/store/".length);
const ZERO = "00".repeat(32);
const SRI = `sha256-${"A".repeat(43)}=`;
const NIX32 = `sha256:${"0".repeat(52)}`;

const expected = [
  { path: TOP, narHash: ZERO, narSize: 344, references: [LIB] },
  { path: LIB, narHash: ZERO, narSize: 288, references: [] },
];

/** As each line of releases prints the same two paths (src/nix/path-info.cc of the tags named). */
const SHAPES: Record<string, unknown> = {
  "2.8: list, SRI": [
    {
      path: TOP,
      narHash: SRI,
      narSize: 344,
      references: [LIB],
      deriver: `${TOP}.drv`,
      registrationTime: 1,
      ultimate: true,
    },
    {
      path: LIB,
      narHash: SRI,
      narSize: 288,
      references: [],
      registrationTime: 1,
      signatures: ["cache.example-1:AA=="],
    },
  ],
  "2.18: list, valid said, nix32": [
    { path: TOP, valid: true, narHash: NIX32, narSize: 344, references: [LIB] },
    { path: LIB, valid: true, narHash: NIX32, narSize: 288, references: [] },
  ],
  "Lix: list, base16": [
    { path: TOP, narHash: `sha256:${ZERO}`, narSize: 344, references: [LIB], ca: null },
    { path: LIB, narHash: `sha256:${ZERO}`, narSize: 288, references: [], ca: null },
  ],
  "2.19: map": {
    [TOP]: { narHash: SRI, narSize: 344, references: [LIB], ultimate: true },
    [LIB]: { narHash: SRI, narSize: 288, references: [] },
  },
  "2.23: map, nulls for what is not there": {
    [TOP]: { ca: null, deriver: null, narHash: SRI, narSize: 344, references: [LIB], registrationTime: null },
    [LIB]: { ca: null, deriver: null, narHash: SRI, narSize: 288, references: [], registrationTime: null },
  },
  "2.33 --json-format 1: map with version and storeDir in each": {
    [TOP]: {
      version: 1,
      storeDir: "/nix/store",
      narHash: SRI,
      narSize: 344,
      references: [LIB],
      signatures: [],
    },
    [LIB]: { version: 1, storeDir: "/nix/store", narHash: SRI, narSize: 288, references: [], signatures: [] },
  },
  "2.33 --json-format 2: wrapped, base names": {
    version: 2,
    storeDir: "/nix/store",
    info: {
      [base(TOP)]: {
        version: 2,
        ca: null,
        narHash: SRI,
        narSize: 344,
        references: [base(LIB)],
        signatures: ["k:s"],
      },
      [base(LIB)]: {
        version: 2,
        ca: { hash: SRI, method: "nar" },
        narHash: SRI,
        narSize: 288,
        references: [],
      },
    },
  },
  "2.35 --json-format 3: signatures are objects": {
    version: 3,
    storeDir: "/nix/store",
    info: {
      [base(TOP)]: {
        version: 3,
        narHash: SRI,
        narSize: 344,
        references: [base(LIB)],
        signatures: [{ keyName: "k", sig: "s" }],
      },
      [base(LIB)]: { version: 3, narHash: SRI, narSize: 288, references: [], signatures: [] },
    },
  },
};

describe("what `nix path-info --json` prints [SEE-2] [L34]", () => {
  test.each(Object.entries(SHAPES))("%s is read", (_release, json) => {
    expect(parsePathInfo(json)).toEqual({ ok: true, paths: expected });
  });

  test.each([
    ["2.18: valid is false", [{ path: TOP, valid: false }]],
    ["2.19: null", { [TOP]: null }],
    ["2.33 --json-format 2: null", { version: 2, storeDir: "/nix/store", info: { [base(TOP)]: null } }],
  ])("a path that is not registered is named: %s", (_release, json) => {
    expect(parsePathInfo(json)).toEqual({ ok: false, problem: { kind: "not-valid", path: TOP } });
  });

  const good = { narHash: SRI, narSize: 1, references: [] };
  test.each([
    ["nothing", null, null, "is neither a list nor a map of paths"],
    ["a number", 7, null, "is neither a list nor a map of paths"],
    ["a list of names", [TOP], null, "is neither a list nor a map of paths"],
    ["a key that is no store path", { nonsense: good }, "nonsense", "is not a store path"],
    ["a base name without its store", { [base(TOP)]: good }, base(TOP), "is not a store path"],
    [
      "dot segments",
      { "/nix/store/../86sjpykh48b7n9xd0pch2ybhc0nyfhqz-x": good },
      "/nix/store/../86sjpykh48b7n9xd0pch2ybhc0nyfhqz-x",
      "is not a store path",
    ],
    ["no hash", { [TOP]: { narSize: 1, references: [] } }, TOP, "narHash is missing or wrong"],
    ["an entry that is text", { [TOP]: "yes" }, TOP, " is missing or wrong"],
    ["a size that is no number", { [TOP]: { ...good, narSize: "1" } }, TOP, "narSize is missing or wrong"],
    ["a negative size", { [TOP]: { ...good, narSize: -1 } }, TOP, "narSize is missing or wrong"],
    [
      "a hash of another kind",
      { [TOP]: { ...good, narHash: "sha512-AA==" } },
      TOP,
      "narHash is no SHA-256 hash",
    ],
    [
      "a reference to a file",
      { [TOP]: { ...good, references: ["/etc/passwd"] } },
      TOP,
      "references something that is no store path",
    ],
  ])("%s is refused, with the path", (_what, json, path, what) => {
    expect(parsePathInfo(json)).toEqual({ ok: false, problem: { kind: "malformed", path, what } });
  });
});
