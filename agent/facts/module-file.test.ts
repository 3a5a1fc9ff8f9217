import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { elfModule } from "#tests/fixtures/kernel-module.ts";
import { readElfModule } from "./elf-module.ts";
import { readModuleFile } from "./module-file.ts";

const BUILD_ID = "a1".repeat(20);
const MODINFO = {
  license: "NVIDIA",
  version: "580.95.05",
  srcversion: "0123456789ABCDEF01234567",
  vermagic: "6.12.7 SMP preempt mod_unload ",
};
const IDENTITY = {
  buildId: BUILD_ID,
  srcversion: MODINFO.srcversion,
  version: MODINFO.version,
  vermagic: "6.12.7 SMP preempt mod_unload",
};
const MODULE = elfModule({ buildId: BUILD_ID, modinfo: MODINFO });
const has = (program: string) => spawnSync(program, ["--version"]).status === 0;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fiducial-module-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
function put(name: string, bytes: Buffer): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

describe("what tells two builds of a module apart [SEE-4]", () => {
  test("is read from its sections", () => {
    expect(readElfModule(MODULE)).toEqual(IDENTITY);
  });

  test("a module may lack any of it; the kernel does not make a source version of every one", () => {
    expect(readElfModule(elfModule({ modinfo: { license: "GPL" } }))).toEqual({
      buildId: null,
      srcversion: null,
      version: null,
      vermagic: null,
    });
  });

  test("no part of a module is taken for one: every shorter file is refused or says less", () => {
    for (let length = 0; length < MODULE.length; length += 1)
      expect(readElfModule(MODULE.subarray(0, length))).toBeNull();
    expect(readElfModule(Buffer.from("#!/bin/sh\n"))).toBeNull();
    const lying = Buffer.from(MODULE);
    const table = Number(lying.readBigUInt64LE(0x28));
    lying.writeBigUInt64LE(BigInt(MODULE.length), table + 2 * 64 + 0x20);
    expect(readElfModule(lying), "a section that reaches beyond the file").toBeNull();
  });

  test.skipIf(!has("gcc"))("is read from an object that a compiler and a linker made", () => {
    const source = put(
      "made.c",
      Buffer.from(
        Object.entries(MODINFO)
          .map(
            ([key, value], at) =>
              `static const char m${at}[] __attribute__((section(".modinfo"),used,aligned(1))) = "${key}=${value}";\n`,
          )
          .join(""),
      ),
    );
    const made = join(folder, "made.ko");
    execFileSync("gcc", ["-nostdlib", "-r", `-Wl,--build-id=0x${BUILD_ID}`, "-o", made, source]);
    expect(readElfModule(readFileSync(made))).toEqual(IDENTITY);
  });
});

describe("a module's file [SEE-4]", () => {
  test("is read as it is, and as Node unpacks it", async () => {
    for (const path of [put("a.ko", MODULE), put("a.ko.gz", gzipSync(MODULE))])
      expect(await readModuleFile(path)).toEqual({ ok: true, identity: IDENTITY });
  });

  test.each([
    ["xz", "ko.xz"],
    ["zstd", "ko.zst"],
  ])("compressed with %s is unpacked by it", async (program, ending) => {
    if (!has(program))
      return expect(await readModuleFile(put(`b.${ending}`, MODULE))).toMatchObject({ why: `no-${program}` });
    const packed = execFileSync(program, ["-c"], { input: MODULE });
    expect(await readModuleFile(put(`b.${ending}`, packed))).toEqual({ ok: true, identity: IDENTITY });
    expect(await readModuleFile(put(`c.${ending}`, packed.subarray(0, 40)))).toEqual({
      ok: false,
      why: "not-unpacked",
    });
  });

  test("says why it was not read: gone, no module, nobody to unpack it", async () => {
    expect(await readModuleFile(join(folder, "none.ko"))).toEqual({ ok: false, why: "enoent" });
    expect(await readModuleFile(put("d.ko", Buffer.from("text")))).toEqual({
      ok: false,
      why: "not-a-module",
    });
    expect(await readModuleFile(put("d.ko.gz", Buffer.from("text")))).toMatchObject({ ok: false });
    vi.stubEnv("PATH", folder);
    expect(await readModuleFile(put("e.ko.xz", MODULE))).toEqual({ ok: false, why: "no-xz" });
    vi.unstubAllEnvs();
  });
});
