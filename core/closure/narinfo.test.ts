import { describe, expect, test } from "vitest";
import {
  narFileName,
  narFingerprint,
  narinfoName,
  narinfoText,
  parseNarinfo,
} from "#core/closure/narinfo.ts";
import { storePathSchema } from "#core/closure/store-path.ts";

const glibc = storePathSchema.parse("/nix/store/1q2w3r4aszdxcfvgbhnjmklp00001111-glibc-2.38");
const hello = storePathSchema.parse("/nix/store/0rv5zk4vr0nq1ps1mbd8m2xcbb0gkgl1-hello-2.12");
const described = {
  path: hello,
  // `nix-hash --type sha256 --to-base32` (Nix 2.8) writes it as 00xyyr3f….
  narHash: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
  narSize: 226_560,
  references: [hello, glibc],
};

describe("narinfo [SIG-4]", () => {
  test("the fingerprint has full references, sorted, and the hash in nix32 (L26)", () => {
    expect(narFingerprint(described)).toBe(
      `1;${hello};sha256:00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq;226560;${hello},${glibc}`,
    );
  });

  test("what is written is read again, with base names in the file and full paths here", () => {
    const text = narinfoText({ ...described, signatures: ["key-1:AAAA"] });
    expect(text).toContain(
      "References: 0rv5zk4vr0nq1ps1mbd8m2xcbb0gkgl1-hello-2.12 1q2w3r4aszdxcfvgbhnjmklp00001111-glibc-2.38\n",
    );
    expect(parseNarinfo(text)).toEqual({
      ...described,
      url: narFileName(described.narHash),
      compression: "none",
      signatures: ["key-1:AAAA"],
      ca: null,
    });
    expect(narinfoName(hello)).toBe("0rv5zk4vr0nq1ps1mbd8m2xcbb0gkgl1.narinfo");
  });

  test("a content address is handed on, and what is none is dropped, so that Nix wants a signature [SIG-4, E-01]", () => {
    const ca = "fixed:r:sha256:00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq";
    const text = narinfoText({ ...described, signatures: [], ca });
    expect(text).toContain(`CA: ${ca}\n`);
    expect(parseNarinfo(text)).toMatchObject({ ca });
    expect(narinfoText({ ...described, signatures: [], ca: null })).not.toContain("CA:");
    for (const wrong of ["", "yes", "fixed:r:sha256:a b"])
      expect(parseNarinfo(text.replace(ca, wrong))).toMatchObject({ ca: null });
  });

  const good = narinfoText({ ...described, signatures: [] });
  test.each([
    ["no text", ""],
    ["a line without a name", `${good}nothing\n`],
    ["a field that stands twice", `${good}NarSize: 1\n`],
    ["a path that is none", good.replace(hello, "/nix/store/../etc/passwd")],
    ["a size that is no number", good.replace("NarSize: 226560", "NarSize: 1e9")],
    ["a hash of another kind", good.replace(/NarHash: sha256:/, "NarHash: sha1:")],
    [
      "a reference that leads elsewhere",
      good.replace("1q2w3r4aszdxcfvgbhnjmklp00001111-glibc", "../etc/glibc"),
    ],
  ])("%s is no narinfo", (_what, text) => {
    expect(parseNarinfo(text)).toBeNull();
  });

  test("a cache that says nothing of compression and references means bzip2 and none", () => {
    const short = good.replace(/Compression.*\n/, "").replace(/References.*\n/, "");
    expect(parseNarinfo(short)).toMatchObject({ compression: "bzip2", references: [] });
  });
});
