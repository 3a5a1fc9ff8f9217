import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FOLDERS } from "#agent/activate/folders.ts";
import { nixStore } from "#agent/activate/nix-store.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import type { System } from "#agent/system.ts";

const NAME = "0123456789abcdfghijklmnpqrsvwxyz-system";
const DAY_MS = 24 * 60 * 60_000;

let folder: string;
let toplevel: string;
let asked: string[];
let nowMs: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fiducial-store-"));
  toplevel = join(folder, "store", NAME);
  mkdirSync(toplevel, { recursive: true });
  mkdirSync(join(folder, "state"));
  asked = [];
  nowMs = Date.UTC(2026, 10, 20);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Nix of a store that holds one path, whose bytes are what its database says. */
function store(bootId = "boot-1") {
  const info = { narHash: `sha256-${Buffer.alloc(32).toString("base64")}`, narSize: 120, references: [] };
  const answers = new Map([
    ["--version", "nix (Nix) 2.26.3"],
    ["path-info", JSON.stringify({ [toplevel]: info })],
    ["verify", ""],
  ]);
  const run: System["run"] = async (_, args) => {
    const [verb = "", stdout = ""] = [...answers].find(([word]) => args.includes(word)) ?? [];
    asked.push(verb);
    return { ok: true, value: { status: 0, stdout, stderr: "" } };
  };
  return nixStore({
    system: { ...linuxSystem(), nowMs: () => nowMs, run },
    folders: { ...FOLDERS, state: join(folder, "state"), store: join(folder, "store") },
    trustedKeys: [],
    bootId,
  });
}

/** What is asked of Nix to prove it against this digest; the digest that was found. */
async function signedDigest(): Promise<string> {
  const refused = await store().prove(toplevel, "signed otherwise", true);
  asked = [];
  return (!refused.ok && /is ([0-9a-f]{64})/.exec(refused.detail)?.[1]) || "";
}

describe("what was proved in this boot, within a day [ACT-3]", () => {
  const ALL = ["--version", "path-info", "verify"];

  test("is not read again for the same signed list, and asked in full where nothing may be remembered", async () => {
    const digest = await signedDigest();
    expect(await store().prove(toplevel, digest, true)).toEqual({ ok: true });
    expect(asked).toEqual(ALL);
    expect(await store().prove(toplevel, digest, true)).toEqual({ ok: true });
    expect(await store().prove(toplevel, null, true)).toEqual({ ok: true });
    expect(asked).toEqual(ALL);
    expect(await store().prove(toplevel, digest, false)).toEqual({ ok: true });
    expect(asked).toEqual([...ALL, ...ALL]);
  });

  test("is read again in another boot and on another day", async () => {
    const digest = await signedDigest();
    await store().prove(toplevel, digest, true);
    await store("boot-2").prove(toplevel, digest, true);
    expect(asked).toEqual([...ALL, ...ALL]);
    nowMs += DAY_MS;
    await store("boot-2").prove(toplevel, digest, true);
    expect(asked).toEqual([...ALL, ...ALL, ...ALL]);
  });

  test("proves nothing for a list that is signed otherwise [E-01]", async () => {
    const digest = await signedDigest();
    await store().prove(toplevel, digest, true);
    expect(await store().prove(toplevel, "0".repeat(64), true)).toMatchObject({
      refused: "content-mismatch",
    });
    expect(asked).toEqual([...ALL, "--version", "path-info"]);
  });

  test("is no longer there when it is gone", async () => {
    const digest = await signedDigest();
    await store().prove(toplevel, digest, true);
    rmSync(toplevel, { recursive: true });
    for (const wanted of [digest, null])
      expect(await store().prove(toplevel, wanted, true)).toMatchObject({ refused: "not-on-disk" });
  });
});
