import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { addSignatures, sealMetadata } from "#agent/trust/seal.ts";
import { targetsBody } from "#core/trust/bodies.ts";
import { testKey } from "#tests/support/signed-repository.ts";
import { commandSigner, signersOf } from "./external-signer.ts";
import { KeyRing } from "./key-ring.ts";

const folder = mkdtempSync(join(tmpdir(), "fiducial-signer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mine = testKey();
const pem = join(folder, "card.pem");
writeFileSync(pem, mine.privateKey.export({ type: "pkcs8", format: "pem" }));
const file = {
  schema: "fiducial.public-keys/1",
  name: "anna",
  public: { release: mine.publicKey },
} as const;
const words = sealMetadata(targetsBody({ version: 3, expires: "2027-01-01T00:00:00Z", targets: {} }), []);

/** As a card would be asked: a program of its own, which has the key and gets the bytes. */
const card = (encoding: string, change = "") =>
  `${process.execPath} -e '${[
    'const c=require("node:crypto"),f=require("node:fs");',
    `const k=c.createPrivateKey(f.readFileSync("${pem}"));`,
    "let b=f.readFileSync(0);",
    change,
    `process.stdout.write(c.sign(null,b,k).toString("${encoding}")+"\\n")`,
  ].join("")}'`;

async function signed(command: string, answerMs?: number) {
  const { key } = await commandSigner(command, file, answerMs).signer(
    "release",
    new Set([mine.publicKey]),
    null,
  );
  return Buffer.from(addSignatures(words, [key]));
}

describe("a key that lies elsewhere [SIG-1]", () => {
  test.each(["hex", "base64"])(
    "its signature, in %s, is the one that the key itself makes",
    async (encoding) => {
      expect((await signed(card(encoding))).equals(Buffer.from(addSignatures(words, [mine])))).toBe(true);
    },
  );

  test("it is told which key is meant and what for", async () => {
    const right = `[ "$FIDUCIAL_SIGN_PURPOSE $FIDUCIAL_SIGN_KEY" = "release ${mine.publicKey}" ] && ${card("hex")}`;
    expect(await signed(right)).toBeInstanceOf(Buffer);
  });

  test.each([
    ["other bytes", card("hex", 'b=Buffer.from("x");')],
    ["no signature", "echo 00"],
    ["nothing", "cat > /dev/null"],
    ["something that only looks like one", `printf %0128d 7`],
  ])("an answer about %s is refused", async (_, command) => {
    await expect(signed(command)).rejects.toMatchObject({ code: "refused" });
  });

  test.each([
    ["fails", "exit 3"],
    ["is not there", "/nowhere/at/all"],
    ["talks without an end", "yes"],
  ])("a command that %s signs nothing", async (_, command) => {
    await expect(signed(command)).rejects.toMatchObject({ code: "unreachable" });
  });

  test("one that never answers is not waited for for ever", async () => {
    await expect(signed("exec sleep 600", 200)).rejects.toMatchObject({ code: "unreachable" });
  });

  test("a key that does not count, or is somebody else's, is not even asked", async () => {
    const signers = commandSigner("false", file);
    for (const [purpose, wanted, as] of [
      ["release", testKey().publicKey, null],
      ["release-root", mine.publicKey, null],
      ["release", mine.publicKey, "bob"],
    ] as const)
      await expect(signers.signer(purpose, new Set([wanted]), as)).rejects.toMatchObject({ code: "refused" });
  });

  test("on the command line it is named whole, or the keys of the folder sign", async () => {
    const given = (values: Record<string, string>) => ({ values, positionals: [], order: [] });
    expect(await signersOf({ folder }, given({}))).toBeInstanceOf(KeyRing);
    for (const values of [{ signer: "card" }, { signer: "exec:" }, { signer: "exec:true" }])
      await expect(signersOf({ folder }, given(values))).rejects.toMatchObject({ code: "usage" });
    const path = join(folder, "anna.json");
    writeFileSync(path, JSON.stringify(file));
    const signers = await signersOf(
      { folder },
      given({ signer: `exec:${card("hex")}`, "signer-keys": path }),
    );
    expect(await signers.signer("release", new Set([mine.publicKey]), "anna")).toMatchObject({
      name: "anna",
    });
  });
});
