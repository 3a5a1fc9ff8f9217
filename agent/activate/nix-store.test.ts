import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FOLDERS } from "#agent/activate/folders.ts";
import { nixStore } from "#agent/activate/nix-store.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import type { System } from "#agent/system.ts";
import { narFileName, narinfoName, narinfoText } from "#core/closure/narinfo.ts";
import { storePathSchema } from "#core/closure/store-path.ts";

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

describe("the copy that a change makes itself [SIG-4]", () => {
  const hash = (digit: string) => digit.repeat(64);
  const path = (letter: string) => storePathSchema.parse(`/nix/store/${letter.repeat(32)}-${letter}`);
  const CLOSURE = ["a", "b", "c"].map((letter, at) => ({
    path: path(letter),
    narHash: hash(String(at + 1)),
    narSize: 100,
    references: at === 0 ? [] : [path("a")],
  }));

  /** What `nix copy` was asked for, and how many paths were described to it, when the store lacks these. */
  async function copied(absent: readonly string[]) {
    writeFileSync(join(folder, "state/signed-paths.json"), JSON.stringify(CLOSURE));
    const spool = join(folder, "spool");
    mkdirSync(join(spool, "cache/nar"), { recursive: true });
    for (const { path, narHash, narSize } of CLOSURE) {
      writeFileSync(
        join(spool, "cache", narinfoName(path)),
        narinfoText({ path, narHash, narSize, references: [], signatures: [], ca: null }),
      );
      writeFileSync(join(spool, "cache", narFileName(narHash)), Buffer.alloc(narSize));
    }
    const seen: { ask: readonly string[]; described: string[] } = { ask: [], described: [] };
    const state = join(folder, "state");
    const run: System["run"] = async (_, args) => {
      const answer = (stdout: string) => ({ ok: true, value: { status: 0, stdout, stderr: "" } }) as const;
      if (args.includes("--print-invalid")) return answer(absent.map((one) => `${one}\n`).join(""));
      if (!args.includes("copy")) return answer("nix (Nix) 2.26.3");
      seen.ask = args.filter((one) => one === "--no-recursive" || one.startsWith("/nix/store/"));
      seen.described = readdirSync(join(state, "cache")).filter((name) => name.endsWith(".narinfo"));
      return answer("");
    };
    const folders = { ...FOLDERS, state, spool, store: "/nix/store" };
    const system = { ...linuxSystem(), run };
    const made = nixStore({ system, folders, trustedKeys: [], bootId: "boot-1" });
    expect(await made.copy(path("c"))).toEqual({ ok: true });
    return seen;
  }

  test("takes the closure by its top where nothing of it is there, and describes all of it", async () => {
    const seen = await copied(CLOSURE.map((one) => one.path));
    expect(seen.ask).toEqual([path("c")]);
    expect(seen.described).toHaveLength(3);
  });

  test("takes only the rest by name where the others came beside the download", async () => {
    const seen = await copied([path("c")]);
    expect(seen.ask).toEqual(["--no-recursive", path("c")]);
    expect(seen.described).toEqual([narinfoName(path("c"))]);
  });
});
