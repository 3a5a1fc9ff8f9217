import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { noteCorrupt, notSpooled } from "#agent/activate/corrupt.ts";
import { FOLDERS, type Folders } from "#agent/activate/folders.ts";
import type { SignedPath } from "#agent/activate/signed-list.ts";
import { findCorrupt, layOutCache } from "#agent/activate/spool-cache.ts";
import { narinfoName, narinfoText, parseNarinfo } from "#core/closure/narinfo.ts";
import type { StorePath } from "#core/closure/store-path.ts";
import { storePath } from "#tests/support/signed-release.ts";

const NAR = Buffer.from("the archive of one path, long enough to be packed and unpacked again");
const PATH = storePath("motor-daemon-2") as StorePath;
const SIGNED: SignedPath = {
  path: PATH,
  narHash: createHash("sha256").update(NAR).digest("hex"),
  narSize: NAR.length,
  references: [],
};

let folder: string;
let folders: Folders;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fiducial-cache-"));
  folders = { ...FOLDERS, state: join(folder, "state"), spool: join(folder, "spool") };
  mkdirSync(folders.state);
  mkdirSync(join(folders.spool, "cache/nar"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Lays the path into the spool; `change` alters its description. */
function spool(content: Buffer, change: (narinfo: string) => string = (text) => text): void {
  const text = narinfoText({ ...SIGNED, path: PATH, references: [], signatures: ["test-1:c2ln"] })
    .replace(/^URL: .*$/m, "URL: nar/motor.nar")
    .replace(/^File(Hash|Size): .*\n/gm, "");
  writeFileSync(join(folders.spool, "cache", narinfoName(PATH)), change(text));
  writeFileSync(join(folders.spool, "cache/nar/motor.nar"), content);
}
const packed = (how: string) => (text: string) => text.replace("Compression: none", `Compression: ${how}`);
const isSpooled = async () => (await notSpooled(folders, [SIGNED])).length === 0;
const layOut = (missing: readonly string[] = [PATH]) => layOutCache(folders, [SIGNED], new Set(missing));

describe("what root copies from the spool of the unprivileged half [SIG-4, E-12]", () => {
  test("a description of what was signed, with the signatures of the cache, and the file where it lies", async () => {
    spool(NAR);
    expect(await isSpooled()).toBe(true);
    const laidOut = await layOut();
    expect(laidOut.ok).toBe(true);
    const narinfo = parseNarinfo(readFileSync(join(laidOut.cache, narinfoName(PATH)), "utf8"));
    expect(narinfo).toMatchObject({
      narHash: SIGNED.narHash,
      compression: "none",
      signatures: ["test-1:c2ln"],
    });
    expect(readlinkSync(join(laidOut.cache, narinfo!.url))).toBe(join(folders.spool, "cache/nar/motor.nar"));
  });

  test("what the store holds is described, too, and needs no file: Nix walks the whole closure", async () => {
    const laidOut = await layOut([]);
    expect(laidOut.ok).toBe(true);
    expect(existsSync(join(laidOut.cache, narinfoName(PATH)))).toBe(true);
  });

  test("packed files are unpacked under the signed size", async () => {
    for (const [how, bytes] of [
      ["br", brotliCompressSync(NAR)],
      ["gzip", gzipSync(NAR)],
    ] as const) {
      spool(bytes, packed(how));
      const laidOut = await layOut();
      expect(laidOut).toMatchObject({ ok: true });
      const { url } = parseNarinfo(readFileSync(join(laidOut.cache, narinfoName(PATH)), "utf8"))!;
      expect(readFileSync(join(laidOut.cache, url))).toEqual(NAR);
    }
  });

  test("a bomb is refused at its signed size, before Nix sees it", async () => {
    const bomb = Buffer.alloc(20 * 1024 * 1024);
    for (const [how, bytes] of [
      ["br", brotliCompressSync(bomb)],
      ["gzip", gzipSync(bomb)],
    ] as const) {
      spool(bytes, packed(how));
      expect(await layOut()).toMatchObject({ ok: false, refused: "content-mismatch" });
    }
    spool(bomb);
    expect(await layOut()).toMatchObject({ ok: false, refused: "content-mismatch" });
  });

  test.each([
    ["another content", (text: string) => text.replace(/NarHash: .*/, `NarHash: sha256:${"a".repeat(64)}`)],
    ["another size", (text: string) => text.replace(/NarSize: .*/, "NarSize: 7")],
    ["another path", (text: string) => text.replace(/StorePath: .*/, `StorePath: ${storePath("other")}`)],
    ["a way out of the cache", (text: string) => text.replace(/URL: .*/, "URL: nar/../../../etc/shadow")],
    ["an unknown packing", packed("lz77")],
  ])("a description that names %s is refused", async (_, change) => {
    spool(NAR, change);
    expect(await layOut()).toMatchObject({ ok: false, refused: "content-mismatch" });
  });

  test("after a copy that failed without saying why, the archive that was changed is found", async () => {
    spool(NAR);
    const { cache } = await layOut();
    expect(await findCorrupt(cache, [SIGNED])).toBeNull();
    writeFileSync(join(folders.spool, "cache/nar/motor.nar"), Buffer.from(NAR).fill("x", 3, 4));
    expect(await findCorrupt(cache, [SIGNED])).toBe(PATH);
  });

  test("links in the spool are not followed, wherever they lead", async () => {
    spool(NAR);
    const file = join(folders.spool, "cache/nar/motor.nar");
    writeFileSync(join(folder, "secret"), NAR);
    rmSync(file);
    symlinkSync(join(folder, "secret"), file);
    expect(await isSpooled()).toBe(false);
    expect((await layOut()).ok).toBe(false);
    const narinfo = join(folders.spool, "cache", narinfoName(PATH));
    rmSync(narinfo);
    symlinkSync(join(folder, "secret"), narinfo);
    expect(await isSpooled()).toBe(false);
  });

  test("what is missing or cannot be unpacked is no refusal: it may be fetched again", async () => {
    const absent = await layOut();
    expect(absent).toMatchObject({ ok: false });
    expect(absent).not.toHaveProperty("refused");
    spool(brotliCompressSync(NAR).subarray(0, 20), packed("br"));
    expect((await layOut()).ok).toBe(false);
  });

  test("what was refused counts as missing until another file lies there: the fetcher brings it anew", async () => {
    const wrong = Buffer.from(NAR).fill("x", 3, 4);
    spool(wrong);
    expect(await isSpooled()).toBe(true);
    await noteCorrupt(folders, PATH);
    expect(await isSpooled()).toBe(false);
    // As a download does it: a new file, renamed over the old one.
    const nar = join(folders.spool, "cache/nar/motor.nar");
    writeFileSync(`${nar}.part`, NAR);
    renameSync(`${nar}.part`, nar);
    expect(await isSpooled()).toBe(true);
    expect((await layOut()).ok).toBe(true);
    writeFileSync(join(folders.state, "corrupt.json"), "[");
    expect(await isSpooled()).toBe(true);
  });

  test("cut off, nothing more is laid out, and nothing is wrong with what lies there [SEE-17]", async () => {
    const stop = new AbortController();
    const cutOff = () => layOutCache(folders, [SIGNED], new Set([PATH]), { signal: stop.signal });
    spool(brotliCompressSync(NAR), packed("br"));
    expect((await cutOff()).ok).toBe(true);
    const unpacking = cutOff();
    stop.abort();
    for (const ended of [await unpacking, await cutOff()]) {
      expect(ended).toMatchObject({ ok: false });
      expect(ended).not.toHaveProperty("corrupt");
    }
  });

  test("broken packing is told as what will not come right by trying again", async () => {
    spool(brotliCompressSync(NAR).subarray(0, 20), packed("br"));
    expect(await layOut()).toMatchObject({ ok: false, corrupt: true, path: PATH });
    expect(
      await layOutCache(folders, [{ ...SIGNED, path: storePath("x") }], new Set([storePath("x")])),
    ).not.toHaveProperty("corrupt");
  });
});
