import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ballastIn } from "#agent/activate/ballast.ts";
import { FOLDERS } from "#agent/activate/folders.ts";
import { makeLink, nixStore } from "#agent/activate/nix-store.ts";
import { switchCommand } from "#agent/activate/switch-script.ts";
import { readNar } from "#agent/bundle/carried-nar.ts";
import { writeBelow } from "#agent/bundle/write-below.ts";
import { openSpool } from "#agent/fetch/spool.ts";
import { durableFolder } from "#agent/link/durable.ts";
import { takeRoom, writeOver } from "#agent/link/write-over.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { localRecords } from "#agent/local/local-records.ts";
import { syncFileSystems } from "#agent/sync-file-systems.ts";

vi.mock(import("#agent/sync-file-systems.ts"), async (original) => {
  const real = await original();
  return { ...real, syncFileSystems: vi.fn(real.syncFileSystems) };
});

/** What is synced, and what it held at that moment: a file its text, a folder its names. */
type Synced = { path: string; holds: string | string[] };
let folder: string;
let synced: Synced[];

function note(path: string): void {
  const holds = statSync(path).isDirectory() ? readdirSync(path).sort() : readFileSync(path, "latin1");
  synced.push({ path: relative(folder, path), holds });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fiducial-synced-"));
  synced = [];
  const any = await open(folder, "r");
  const handles = Object.getPrototypeOf(any) as FileHandle;
  await any.close();
  vi.spyOn(handles, "sync").mockImplementation(async function (this: FileHandle) {
    note(readlinkSync(`/proc/self/fd/${this.fd}`));
  });
  vi.mocked(syncFileSystems).mockImplementation(async (folders) => folders.forEach(note));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const text = (part: string) => expect.stringContaining(part);

/** These are what a power cut on a disk that keeps its order does not find, or strikes only in a moment that no fault point names (docs/faults.md). */
test("a number that was written over is on the disk [I4, F2]", async () => {
  const path = join(folder, "sequence.room");
  await takeRoom(path);
  synced = [];
  await writeOver(path, "seven");
  expect(synced).toEqual([{ path: "sequence.room", holds: text("seven") }]);
});

test("what somebody did at the scanner is on the disk before anything follows from it [ADM-3, F2]", async () => {
  const records = localRecords({ folders: { state: folder, run: folder }, bootId: "b", log: () => {} });
  const hold = { act: "hold", door: "page", result: "done", changeId: null, to: null, text: "x" } as const;
  await records.append(hold, 7);
  expect(synced.slice(0, 2)).toEqual([
    { path: "local/log.jsonl", holds: text(`"seq":1`) },
    { path: "local", holds: ["log.jsonl"] },
  ]);
  synced = [];
  await records.append(hold, 8);
  expect(synced[0]).toEqual({ path: "local/log.jsonl", holds: text(`"seq":2`) });
});

test("the ballast is blocks on the disk, and what is given of it is free on the disk [F5]", async () => {
  const sizes = { ballast: 2 ** 20, "ballast.last": 2 ** 20 };
  const ballast = ballastIn(folder, () => {}, sizes);
  await ballast.restore();
  expect(synced.map(({ path, holds }) => [path, holds.length])).toEqual(Object.entries(sizes));
  synced = [];
  await ballast.free();
  expect(synced).toEqual([{ path: "", holds: ["ballast.last"] }]);
});

test("a result on a stick is on it, bytes first, when the stick may be pulled out [OFF-1]", async () => {
  await writeBelow(folder, "results", { name: "r.json", content: "told" });
  expect(synced).toEqual([
    { path: "results/r.json.unfinished", holds: "told" },
    { path: "results", holds: ["r.json"] },
  ]);
});

test("an archive that was taken off a stick is on the disk when it counts as taken [OFF-1]", async () => {
  const from = join(folder, "carried");
  await writeFile(from, "archive");
  const one = {
    path: `/nix/store/${"a".repeat(32)}-x`,
    narHash: createHash("sha256").update("archive").digest("hex"),
    narSize: 7,
    references: [],
  };
  const bundle = { read: () => Promise.reject(new Error("not read")), open: () => open(from, "r") };
  await readNar(bundle, one, join(folder, "copy"));
  expect(synced).toEqual([{ path: "copy", holds: "archive" }]);
});

test("whoever finds a description in the spool finds the archive, also after a power cut [SIG-4, F2]", async () => {
  const spool = openSpool(folder);
  const part = await spool.part("cache/nar/x.nar", "somewhere");
  await part.append(Buffer.from("archive"));
  await part.leave();
  const narinfo = { name: "x.narinfo", text: "URL: nar/x.nar\n" };
  await spool.place([{ part: part.path, name: "cache/nar/x.nar", narinfo, bytes: 7 }]);
  expect(synced).toEqual([
    { path: "cache", holds: [".nix-cache-info.unfinished", ".x.narinfo.unfinished", "nar"] },
    { path: "cache/nar", holds: ["x.nar"] },
    { path: "cache", holds: ["nar", "nix-cache-info", "x.narinfo"] },
  ]);
});

test("roots beyond what is confirmed are gone from the disk when they are told as gone [I4]", async () => {
  const folders = { ...FOLDERS, state: folder, gcRoots: join(folder, "roots") };
  await makeLink(join(folders.gcRoots, "confirmed-3"), "/nix/store/x");
  synced = [];
  await nixStore({ system: linuxSystem(), folders, bootId: "b", trustedKeys: [] }).dropRootsBeyond(2);
  expect(synced).toEqual([{ path: "roots", holds: [] }]);
});

test("a folder that was made has its name on the disk", async () => {
  await durableFolder(join(folder, "state"));
  expect(synced).toEqual([{ path: "", holds: ["state"] }]);
});

/** `sync` stands in for coreutils': it writes what it was asked and what there was, and has no room while a file of that name is there. */
async function switched(fullWhile: string): Promise<string[]> {
  const [bin, state, log] = [join(folder, "bin"), join(folder, "state"), join(folder, "log")];
  for (const made of [bin, join(folder, "system/bin"), state]) mkdirSync(made, { recursive: true });
  const seen = `printf '%s: %s\\n' "$(basename "$1" | tr -d 0-9)" "$(ls "${state}" | tr '\\n' ' ')" >>"${log}"`;
  const room = `[ "$1" = "${state}" ] || [ ! -e "${state}/${fullWhile}" ]`;
  await writeFile(join(bin, "sync"), `#!/bin/sh\n${seen}\n${room}\n`, { mode: 0o755 });
  await writeFile(join(folder, "system/bin/switch-to-configuration"), "#!/bin/sh\nexit 4\n", { mode: 0o755 });
  for (const portion of ["ballast", "ballast.last"]) await writeFile(join(state, portion), "");
  const [program = "", ...args] = switchCommand(state, "token", join(folder, "system"));
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const plain = args.map((arg) => arg.replaceAll("$$", "$"));
  expect(spawnSync(program, plain, { env }).status).toBe(0);
  expect(readFileSync(join(state, "switch-result.json"), "utf8")).toContain('"status":4');
  return readFileSync(log, "utf8").split("\n").slice(0, -1);
}

test("how a switch ended is on the disk, bytes first, and on a full disk what was given for it [ACT-3, F2, F5]", async () => {
  const draft = ".switch-result.json..unfinished";
  const both = "ballast ballast.last ";
  expect(await switched("nothing")).toEqual([`${draft}: ${both}`, `state: ${both}switch-result.json `]);
  rmSync(folder, { recursive: true });
  expect(await switched("ballast.last")).toEqual([
    `${draft}: ${both}`,
    "state: ballast.last ",
    `${draft}: ballast.last `,
    "state: ",
    `${draft}: `,
    "state: switch-result.json ",
  ]);
});
