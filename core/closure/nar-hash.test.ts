import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { narHashToBase16, narHashToNix32 } from "#core/closure/nar-hash.ts";

const BASE16 = "7b870b0f52ce4e29a1b1114ace9e80953b4dea0b522e69b13ca3123393d94390";

/** Independent of the code under test: bits by BigInt, as the Nix manual describes the alphabet. */
function nix32(hex: string): string {
  let value = BigInt(`0x${hex.match(/../g)?.reverse().join("")}`);
  let digits = "";
  for (let at = 0; at < 52; at += 1) {
    digits = "0123456789abcdfghijklmnpqrsvwxyz".charAt(Number(value & 31n)) + digits;
    value >>= 5n;
  }
  return digits;
}

const hex32 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("hex"));

describe("NAR hashes", () => {
  test("a spelling that Nix printed for a known path is read right", () => {
    // One path in `nix path-info --json`, and what `nix-hash --to-base16` and `--to-base32` make of it (Nix 2.8).
    expect(narHashToBase16("sha256-e4cLD1LOTimhsRFKzp6AlTtN6gtSLmmxPKMSM5PZQ5A=")).toBe(BASE16);
    expect(narHashToBase16("sha256:1423v69k64m37jqnjbjj1gm4sfwmh2gcwjhin6hjjknfa87hp1vv")).toBe(BASE16);
  });

  test("the nix32 spelling is the one that Nix writes", async () => {
    expect(narHashToNix32(BASE16)).toBe("sha256:1423v69k64m37jqnjbjj1gm4sfwmh2gcwjhin6hjjknfa87hp1vv");
    await fc.assert(
      fc.property(hex32, (hex) => {
        expect(narHashToNix32(hex)).toBe(`sha256:${nix32(hex)}`);
      }),
    );
  });

  test("all spellings of one hash are one hash", async () => {
    await fc.assert(
      fc.property(hex32, (hex) => {
        const base64 = Buffer.from(hex, "hex").toString("base64");
        for (const text of [`sha256:${hex}`, `sha256:${nix32(hex)}`, `sha256:${base64}`, `sha256-${base64}`])
          expect(narHashToBase16(text)).toBe(hex);
      }),
    );
  });

  test.each([
    ["empty", ""],
    ["no algorithm", BASE16],
    ["another algorithm", `sha512:${BASE16}`],
    ["SRI in base16", `sha256-${BASE16}`],
    ["SRI in nix32", `sha256-${nix32(BASE16)}`],
    ["upper-case base16", `sha256:${BASE16.toUpperCase()}`],
    ["a digit short", `sha256:${BASE16.slice(1)}`],
    ["nix32 with a letter outside its alphabet", `sha256:e${nix32(BASE16).slice(1)}`],
    ["nix32 with bits past the 256th", `sha256:z${nix32(BASE16).slice(1)}`],
    ["base64 with bits past the 256th", "sha256-e4cLD1LOTimhsRFKzp6AlTtN6gtSLmmxPKMSM5PZQ5B="],
    ["padded nix32", `sha256:${nix32(BASE16)}=`],
    ["unpadded base64", `sha256-${"A".repeat(43)}`],
    ["base64 of the url alphabet", `sha256-${"_".repeat(43)}=`],
    ["a hash and more", `sha256:${BASE16} `],
  ])("%s is refused", (_what, text) => {
    expect(narHashToBase16(text)).toBeNull();
  });
});
