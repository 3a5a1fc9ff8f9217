import { describe, expect, test, vi } from "vitest";
import { keyFileSchema, makeKeys, openKeys } from "./private-key.ts";

vi.setConfig({ testTimeout: 60_000 });
const wanted = { name: "anna", purposes: ["release-root", "release"], createdAtMs: 7 } as const;

describe("private keys at rest [SIG-1]", () => {
  test("the passphrase opens them, however its letters were composed, and nothing else does", async () => {
    const file = await makeKeys(wanted, "Gr\u00fc\u00dfe aus L\u00fcbeck");
    expect(keyFileSchema.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
    const keys = await openKeys(file, "Gru\u0308\u00dfe aus Lu\u0308beck");
    expect([...(keys?.keys() ?? [])]).toEqual(["release-root", "release"]);
    expect(keys?.get("release")?.publicKey).toBe(file.public.release);
    expect(keys?.get("release")?.publicKey).not.toBe(keys?.get("release-root")?.publicKey);
    expect(await openKeys(file, "Gruesse aus Luebeck")).toBeNull();
  });

  test("no private key stands in the file, and a file that was changed opens no more", async () => {
    const file = await makeKeys(wanted, "correct horse battery");
    expect(JSON.stringify(file)).not.toContain("PRIVATE");
    const root = file.public["release-root"] ?? "";
    const other = { ...file, public: { ...file.public, release: root } };
    expect(await openKeys(other, "correct horse battery")).toBeNull();
    expect(await openKeys({ ...file, name: "bob" }, "correct horse battery")).toBeNull();
    const cheaper = { ...file, encryption: { ...file.encryption, N: 2 ** 14 } };
    expect(await openKeys(cheaper, "correct horse battery")).toBeNull();
  });

  test("a key file from elsewhere cannot make this program take all memory, or guess cheaply", async () => {
    const file = await makeKeys(wanted, "correct horse battery");
    for (const encryption of [{ N: 2 ** 24 }, { N: 1024 }, { N: 100_000 }, { r: 1024 }, { p: 99 }])
      expect(
        keyFileSchema.safeParse({ ...file, encryption: { ...file.encryption, ...encryption } }).success,
      ).toBe(false);
  });
});
