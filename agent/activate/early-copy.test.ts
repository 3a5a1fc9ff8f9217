import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EarlyCopy } from "#agent/activate/early-copy.ts";
import type { Host } from "#agent/activate/host.ts";
import { answerTo } from "#agent/activate/serve.ts";
import { readSignedPaths, type SignedPath, saveSignedPaths } from "#agent/activate/signed-list.ts";
import type { Proved } from "#agent/change/port.ts";
import { narFileName, narinfoName, narinfoText } from "#core/closure/narinfo.ts";
import type { StorePath } from "#core/closure/store-path.ts";
import { ActivatorRoom, change } from "#tests/support/activator-room.ts";
import type { ModelScanner } from "#tests/support/model-scanner.ts";
import { storePath } from "#tests/support/signed-release.ts";

const FETCHED = { verb: "fetched", bytes: 1, totalBytes: 2 } as const;

let room: ActivatorRoom;
let host: Host;
let scanner: ModelScanner;
/** Paths that the store holds, and what it was asked to copy, batch by batch. */
let held: Set<string>;
let batches: string[][];
let copying: (paths: readonly SignedPath[], signal: AbortSignal) => Promise<Proved>;
let early: EarlyCopy;
let toplevel: string;

beforeEach(async () => {
  room = new ActivatorRoom();
  ({ host, scanner } = room.host());
  held = new Set();
  batches = [];
  copying = async (paths) => {
    batches.push(paths.map(({ path }) => path));
    for (const { path } of paths) held.add(path);
    return { ok: true };
  };
  host.store.missing = async (paths) => paths.filter(({ path }) => !held.has(path));
  host.store.copyEarly = (paths, signal) => copying(paths, signal);
  early = new EarlyCopy(host);
  toplevel = room.release("r1", 1);
  room.installation.instruct({ release: "r1", toplevel, changeId: change(1) });
  room.fillSpool();
  expect(await answerTo(host, { verb: "consider" }, early)).toMatchObject({ answer: "need-paths" });
  await early.hold();
});
afterEach(() => room.remove());

const signed = () => readSignedPaths(room.folders.state);

/** A path of the signed list comes whole into the spool. */
function come({ path, narHash, narSize, references }: SignedPath): void {
  const cache = join(room.folders.spool, "cache");
  const nar = join(cache, narFileName(narHash));
  mkdirSync(dirname(nar), { recursive: true });
  writeFileSync(nar, randomBytes(narSize));
  const text = narinfoText({
    ...{ path: path as StorePath, narHash, narSize, signatures: [] },
    references: references as StorePath[],
  });
  writeFileSync(join(cache, narinfoName(path)), text);
}
const tell = async () => {
  const answer = await answerTo(host, FETCHED, early);
  await early.hold();
  return answer;
};

describe("what has come is copied while the rest is on its way [SIG-4]", () => {
  test("only what has come, after what it refers to, and the journal stays where it is", async () => {
    const paths = await signed();
    const base: SignedPath = {
      path: storePath("base"),
      narHash: "a".repeat(64),
      narSize: 10,
      references: [],
    };
    const list = [...paths.map((one) => ({ ...one, references: [base.path] })), base];
    await saveSignedPaths(room.folders.state, list);
    for (const one of list.slice(0, 1)) come(one);
    await tell();
    expect(batches, "it refers to what has not come").toEqual([]);
    come(base);
    expect(await tell()).toMatchObject({ answer: "status", step: "offered" });
    expect(batches).toEqual([[base.path, list[0]?.path]]);
    await tell();
    expect(batches, "nothing twice").toHaveLength(1);
  });

  test("never during a scan; one that begins cuts it off [SEE-17]", async () => {
    for (const one of await signed()) come(one);
    scanner.safety = { scanState: "running" };
    await tell();
    expect(batches).toEqual([]);
    scanner.safety = {};
    copying = (_, signal) =>
      new Promise((resolve) => {
        scanner.safety = { scanState: "preparing" };
        signal.addEventListener("abort", () => resolve({ ok: false, detail: "told to stop" }));
      });
    expect(await tell()).toMatchObject({ step: "offered" });
  });

  test.each([
    ["what is other than signed", { ok: false, refused: "content-mismatch", detail: "x" }],
    ["a failure that says nothing of what was signed", { ok: false, detail: "nix copy: no such program" }],
  ] as const)(
    "%s ends nothing here, and is not tried again before all is looked at [SIG-2]",
    async (_, failure) => {
      for (const one of await signed()) come(one);
      let tries = 0;
      copying = async () => {
        tries += 1;
        return failure;
      };
      early.look();
      for (let looks = 0; looks < 3; looks += 1)
        expect(await answerTo(host, FETCHED, early)).toMatchObject({ step: "offered" });
      await early.hold();
      expect(tries).toBe(1);
      copying = () => Promise.reject(new Error("EIO"));
      expect(await tell()).toMatchObject({ step: "offered" });
    },
  );

  test("withdrawn: no batch begins any more, and nothing keeps what came early [ACT-7]", async () => {
    for (const one of await signed()) come(one);
    let dropped = 0;
    host.store.dropEarly = async () => {
      dropped += 1;
    };
    room.installation.instruct(null);
    room.fillSpool(/cache/);
    for (const one of await signed()) come(one);
    expect(await answerTo(host, { verb: "consider" }, early)).toEqual({ answer: "nothing" });
    expect(dropped).toBe(1);
    expect(await tell()).toMatchObject({ step: "rest" });
    expect(batches).toEqual([]);
  });

  test("a disk that the rest of the download needs is not filled with copies", async () => {
    for (const one of await signed()) come(one);
    host.store.space = async () => ({ freeBytes: 512 * 1024 * 1024 });
    await tell();
    expect(batches).toEqual([]);
  });

  test("whoever looks at all of it waits for the batch under way, and no other begins", async () => {
    for (const one of await signed()) come(one);
    const order: string[] = [];
    copying = async (paths) => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push("copied");
      for (const { path } of paths) held.add(path);
      return { ok: true };
    };
    early.look();
    expect(early.busy).toBe(true);
    await early.hold();
    order.push("held");
    expect([order, early.busy]).toEqual([["copied", "held"], false]);
  });
});
