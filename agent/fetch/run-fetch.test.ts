import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { askActivator } from "#agent/fetch/ask-activator.ts";
import { openSource } from "#agent/fetch/http-source.ts";
import { type FetchParts, runFetch } from "#agent/fetch/run-fetch.ts";
import { openSpool, type Spool } from "#agent/fetch/spool.ts";
import { throttle } from "#agent/fetch/throttle.ts";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import { openTrust } from "#agent/trust/trust.ts";
import type { ActivateAnswer, ActivateRequest, MissingPath } from "#core/change/verbs.ts";
import { narFileName, narinfoName, narinfoText } from "#core/closure/narinfo.ts";
import type { StorePath } from "#core/closure/store-path.ts";
import { type ScannerId, scannerIdSchema } from "#core/identity/identity.ts";
import { type FileServer, startFileServer } from "#tests/support/file-server.ts";
import { SCANNER_ID, SignedInstallation, storePath } from "#tests/support/signed-release.ts";
import { sha256 } from "#tests/support/signed-repository.ts";
import { type StubActivator, startStubActivator } from "#tests/support/stub-activator.ts";

const NOW_MS = Date.parse("2026-06-01T12:00:00Z");
const CHANGE = "019a5b1e-0000-7000-8000-0000000000c1";
const scannerId: ScannerId = scannerIdSchema.parse(SCANNER_ID);
const route = { proxy: { httpsProxy: null, noProxy: "" }, extraCa: null };
let base: string;
let signed: SignedInstallation;
let server: FileServer;
let spool: Spool;
let activator: StubActivator;
let answers: (request: ActivateRequest) => ActivateAnswer | string;
let closing: (() => unknown)[];

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), "fiducial-fetch-"));
  closing = [];
  mkdirSync(join(base, "spool"));
  mkdirSync(join(base, "other"));
  signed = new SignedInstallation(join(base, "served"), { nowMs: NOW_MS });
  server = await startFileServer({
    "/agent/v1/tuf": signed.folder,
    "/agent/v1/cache": join(signed.folder, "cache"),
    "/other": join(base, "other"),
  });
  spool = openSpool(join(base, "spool"));
  answers = () => ({ answer: "nothing" });
  activator = await startStubActivator(join(base, "activate.sock"), (request) => answers(request));
});
afterEach(async () => {
  for (const close of closing) await close();
  await activator.close();
  await server.close();
});

const NEVER = new AbortController().signal;

function parts(change: Partial<FetchParts> = {}): FetchParts {
  const source = (path: string) => {
    const opened = openSource(`${server.url}${path}`, route);
    closing.push(opened.close);
    return opened;
  };
  const caches = () => [
    { name: "server", source: source("/agent/v1/cache") },
    { name: "other", source: source("/other") },
  ];
  return {
    trust: openTrust({
      folder: join(base, "trust"),
      firstRoots: signed.firstRoots,
      scannerId,
      nowMs: () => NOW_MS,
    }),
    scannerId,
    metadata: source("/agent/v1/tuf"),
    caches: [caches(), caches()],
    spool,
    ask: (request) => askActivator(join(base, "activate.sock"), request, NEVER),
    signal: NEVER,
    clockMs: () => performance.now(),
    log: () => undefined,
    ...change,
  };
}
const inSpool = (name: string) => join(base, "spool", name);

type Nar = { missing: MissingPath; bytes: Buffer };

/** A path with content of its own, in the cache of the server unless told otherwise. */
function nar(name: string, size: number, place = join(signed.folder, "cache")): Nar {
  const bytes = randomBytes(size);
  const missing = { path: storePath(name), narHash: sha256(bytes), narSize: size };
  put(place, missing, bytes);
  return { missing, bytes };
}

function put(place: string, missing: MissingPath, file: Buffer, change = (text: string) => text): void {
  const path = missing.path as StorePath;
  const text = narinfoText({ ...missing, path, references: [path], signatures: ["ci:c2ln"] });
  const name = join(place, narFileName(missing.narHash));
  mkdirSync(dirname(name), { recursive: true });
  writeFileSync(name, file);
  writeFileSync(join(place, narinfoName(missing.path)), change(text));
}

/** Says what is missing as long as it is, as the activator does. */
function missing(...nars: Nar[]): void {
  answers = (request) => {
    if (request.verb !== "consider") return { answer: "nothing" };
    const left = nars.filter((one) => !existsSync(inSpool(`cache/${narinfoName(one.missing.path)}`)));
    if (left.length === 0) return { answer: "under-way", changeId: CHANGE, step: "copy" };
    const totalBytes = nars.reduce((sum, one) => sum + one.missing.narSize, 0);
    return { answer: "need-paths", changeId: CHANGE, missing: left.map((one) => one.missing), totalBytes };
  };
}
const part = (one: Nar, origin = "") => `${spooled(one)}.${sha256(origin).slice(0, 12)}.part`;
const spooled = (one: Nar, ending = "") => inSpool(`cache/${narFileName(one.missing.narHash)}${ending}`);

test("metadata, the release file and its paths come into the spool, where another verifier finds all of it [SIG-4, SIG-6]", async () => {
  const { toplevel, bytes, path } = signed.addRelease({ name: "2026.1", counter: 3 });
  signed.instruct({ release: "2026.1", toplevel });
  const paths = [nar("a", 100_000), nar("b", 3_000), nar("c", 0)];
  const file = `release/targets/releases/2026.1/${sha256(bytes)}.release.json`;
  missing(...paths);
  const later = answers;
  answers = (request) =>
    request.verb === "consider" && !existsSync(inSpool(file))
      ? {
          answer: "need-release",
          changeId: CHANGE,
          missing: { file, bytes: bytes.length, sha256: sha256(bytes) },
        }
      : later(request);
  expect(await runFetch(parts())).toEqual({ result: "done", detail: "under-way" });
  for (const one of paths) expect(readFileSync(spooled(one)).equals(one.bytes)).toBe(true);
  expect(readFileSync(inSpool("cache/nix-cache-info"), "utf8")).toBe("StoreDir: /nix/store\n");
  const activators = openTrust({
    folder: join(base, "activator"),
    firstRoots: signed.firstRoots,
    scannerId,
    nowMs: () => NOW_MS,
  });
  const seen = await activators.refresh({
    release: folderFetcher(inSpool("release")),
    director: folderFetcher(inSpool(`director/${SCANNER_ID}`)),
  });
  expect(seen).toMatchObject({ ok: true, instruction: { target: { path } } });
  if (!seen.ok || seen.instruction === null) throw new Error("no instruction");
  expect(activators.release(seen.instruction, readFileSync(inSpool(file)))).toMatchObject({
    system: { toplevel },
  });
  expect(activator.asked.filter(({ verb }) => verb === "consider")).toHaveLength(3);
});

test("an emptied spool is filled again, although the program knows all of it already", async () => {
  await runFetch(parts());
  spool = openSpool(join(base, "spool2"));
  mkdirSync(join(base, "spool2"));
  await runFetch(parts());
  expect(readdirSync(join(base, "spool2", "release")).sort()).toEqual([
    "1.root.json",
    "1.snapshot.json",
    "1.targets.json",
    "timestamp.json",
  ]);
});

test("metadata that newer ones replaced is tidied away, roots stay", async () => {
  await runFetch(parts());
  signed.release.publishRoot();
  signed.release.publish();
  await runFetch(parts());
  expect(readdirSync(inSpool("release")).sort()).toEqual([
    "1.root.json",
    "2.root.json",
    "2.snapshot.json",
    "2.targets.json",
    "timestamp.json",
  ]);
});

describe("what does not verify never reaches the spool [SIG-2]", () => {
  test("metadata with a stranger's signature: the spool stays as it was, and the activator is not asked", async () => {
    await runFetch(parts());
    const before = readFileSync(inSpool("release/timestamp.json"));
    signed.release.publish({ signers: { timestamp: [] } });
    expect(await runFetch(parts())).toMatchObject({
      result: "refused",
      detail: expect.stringContaining("bad-signature: release timestamp"),
    });
    expect(readFileSync(inSpool("release/timestamp.json")).equals(before)).toBe(true);
    expect(activator.asked).toHaveLength(1);
  });

  test("an instruction that the release repository knows nothing of is brought to the activator, which tells of it", async () => {
    signed.instruct({ release: "2026.9", toplevel: storePath("evil") });
    answers = () => ({ answer: "refused", changeId: CHANGE, reason: "unknown-release", detail: "" });
    expect(await runFetch(parts())).toEqual({ result: "done", detail: "refused: unknown-release" });
    expect(existsSync(inSpool(`director/${SCANNER_ID}/2.targets.json`))).toBe(true);
  });

  test("a release file with other content", async () => {
    const { bytes } = signed.addRelease({ name: "2026.1", counter: 3 });
    const file = `release/targets/releases/2026.1/${sha256(bytes)}.release.json`;
    answers = () => ({
      answer: "need-release",
      changeId: CHANGE,
      missing: { file, bytes: bytes.length, sha256: sha256("other") },
    });
    expect(await runFetch(parts())).toMatchObject({ result: "refused" });
    expect(existsSync(inSpool(file))).toBe(false);
  });
});

describe("paths", () => {
  test("a cache that has it not, or has something else under its name, is passed over for the next", async () => {
    const good = nar("a", 5_000, join(base, "other"));
    const b = nar("b", 5_000, join(base, "other"));
    put(join(signed.folder, "cache"), b.missing, randomBytes(5_000));
    missing(good, b);
    expect(await runFetch(parts())).toMatchObject({ result: "done" });
    expect(readFileSync(spooled(good)).equals(good.bytes)).toBe(true);
    expect(readFileSync(spooled(b)).equals(b.bytes)).toBe(true);
  });

  test.each([
    ["another path", (text: string) => text.replace(/^StorePath: .*/m, `StorePath: ${storePath("evil")}`)],
    ["another hash", (text: string) => text.replace(/^NarHash: .*/m, `NarHash: sha256:${"0".repeat(52)}`)],
    ["another size", (text: string) => text.replace(/^NarSize: .*/m, "NarSize: 7")],
    ["a packing that nobody knows", (text: string) => text.replace("Compression: none", "Compression: zip")],
    ["a name that leads elsewhere", (text: string) => text.replace("URL: nar/", "URL: ../../nar/")],
    ["no narinfo", () => "<html>"],
  ])("%s than the signed one: nothing of it is fetched [SIG-2, E-02]", async (_, change) => {
    const one = nar("a", 5_000);
    put(join(signed.folder, "cache"), one.missing, one.bytes, change);
    missing(one);
    expect(await runFetch(parts())).toMatchObject({ result: "later" });
    expect(existsSync(inSpool("cache"))).toBe(false);
  });

  test("endless data: reading stops at the signed size [E-12]", async () => {
    const one = nar("a", 5_000);
    let sent = 0;
    server.instead = (path, response) => {
      if (!path.endsWith(".nar")) return false;
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384))) sent += 16_384;
      };
      response.on("drain", more);
      more();
      return true;
    };
    missing(one);
    expect(await runFetch(parts())).toMatchObject({
      result: "later",
      detail: expect.stringContaining("too-large"),
    });
    expect(statSync(part(one)).size).toBe(0);
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  test("a line that breaks is gone on with where it broke, in the next run", async () => {
    const one = nar("a", 400_000);
    server.instead = (path, response) => {
      if (!path.endsWith(".nar")) return false;
      response.writeHead(200, { "content-length": one.bytes.length });
      response.write(one.bytes.subarray(0, 150_000), () => response.destroy());
      return true;
    };
    missing(one);
    expect(await runFetch(parts())).toMatchObject({ result: "later" });
    const { size } = statSync(part(one));
    expect(size).toBeGreaterThan(0);
    server.instead = () => false;
    server.heard = [];
    expect(await runFetch(parts())).toMatchObject({ result: "done" });
    expect(server.heard.find(({ path }) => path.endsWith(".nar"))?.range).toBe(`bytes=${size}-`);
    expect(readFileSync(spooled(one)).equals(one.bytes)).toBe(true);
  });

  test("a part that is no part of this file costs one more try, not the change", async () => {
    const one = nar("a", 50_000);
    mkdirSync(inSpool("cache/nar"), { recursive: true });
    writeFileSync(part(one), randomBytes(20_000));
    missing(one);
    expect(await runFetch(parts())).toMatchObject({ result: "done" });
    expect(readFileSync(spooled(one)).equals(one.bytes)).toBe(true);
  });

  test("a source that cannot go on from the middle begins anew", async () => {
    const one = nar("a", 50_000);
    mkdirSync(inSpool("cache/nar"), { recursive: true });
    writeFileSync(part(one), one.bytes.subarray(0, 20_000));
    server.instead = (path, response) => {
      if (!path.endsWith(".nar")) return false;
      response.writeHead(200, { "content-length": one.bytes.length }).end(one.bytes);
      return true;
    };
    missing(one);
    expect(await runFetch(parts())).toMatchObject({ result: "done" });
    expect(readFileSync(spooled(one)).equals(one.bytes)).toBe(true);
  });

  test("packed with brotli it is unpacked to be compared, and kept as it came", async () => {
    const one = nar("a", 0, join(base, "none"));
    const bytes = Buffer.from("plain ".repeat(5_000));
    const packed = brotliCompressSync(bytes);
    const wanted = { missing: { ...one.missing, narHash: sha256(bytes), narSize: bytes.length }, bytes };
    const asBrotli = (text: string) => text.replace("Compression: none", "Compression: br");
    put(join(signed.folder, "cache"), wanted.missing, packed, asBrotli);
    missing(wanted);
    expect(await runFetch(parts())).toMatchObject({ result: "done" });
    expect(readFileSync(spooled(wanted, ".br")).equals(packed)).toBe(true);
    const narinfo = readFileSync(inSpool(`cache/${narinfoName(wanted.missing.path)}`), "utf8");
    expect(narinfo).toMatch(/^URL: nar\/[0-9a-z]{52}\.nar\.br$/m);
    expect(narinfo).toContain("Compression: br");
    expect(narinfo).not.toContain("FileHash");
  });

  test("parts that two caches packed differently do not mix", async () => {
    const bytes = randomBytes(60_000);
    const missed = { path: storePath("a"), narHash: sha256(bytes), narSize: bytes.length };
    const one = { missing: missed, bytes };
    const asBrotli = (text: string) => text.replace("Compression: none", "Compression: br");
    const packed = brotliCompressSync(bytes);
    put(join(base, "other"), missed, packed, asBrotli);
    server.instead = (path, response) => {
      if (!path.startsWith("/other") || !path.endsWith(".nar")) return false;
      response.writeHead(200, { "content-length": packed.length });
      response.write(packed.subarray(0, 20_000), () => response.destroy());
      return true;
    };
    missing(one);
    expect(await runFetch(parts())).toMatchObject({ result: "later" });
    put(join(signed.folder, "cache"), missed, packed, asBrotli);
    server.heard = [];
    expect(await runFetch(parts())).toMatchObject({ result: "done" });
    expect(server.heard.find(({ path }) => path.endsWith(".nar"))?.range).toBeNull();
  });

  test.each([
    [
      "a bomb that unpacks to more than is signed",
      brotliCompressSync(Buffer.alloc(50_000_000)),
      "unpacks to more than",
    ],
    // No random bytes: one in twenty-five of those is a short brotli stream.
    ["something that does not unpack", Buffer.alloc(3_000, 0xff), "cannot be unpacked"],
  ])("%s is thrown away [E-12]", async (_, packed, told) => {
    const one = nar("a", 5_000);
    put(join(signed.folder, "cache"), one.missing, packed, (text) =>
      text.replace("Compression: none", "Compression: br"),
    );
    missing(one);
    expect(await runFetch(parts())).toMatchObject({
      result: "later",
      detail: expect.stringContaining(told),
    });
    expect(existsSync(spooled(one, ".br"))).toBe(false);
  });

  test("two paths with the same content are one download", async () => {
    const one = nar("a", 5_000);
    const other = { ...one, missing: { ...one.missing, path: storePath("b") } };
    put(join(signed.folder, "cache"), other.missing, other.bytes);
    missing(one, other);
    expect(await runFetch(parts())).toMatchObject({ result: "done" });
    expect(server.heard.filter(({ path }) => path.endsWith(".nar"))).toHaveLength(1);
    expect(readFileSync(spooled(other)).equals(one.bytes)).toBe(true);
  });

  test("no faster than this scanner's configuration says, over all connections together [SIG-4]", async () => {
    const rate = 64 * 1024;
    missing(nar("a", 300_000), nar("b", 300_000));
    let nowMs = 0;
    let came = 0;
    const sleep = async (ms: number) => {
      nowMs += ms;
    };
    const slow = throttle(rate, { nowMs: () => nowMs, sleep });
    const mostSoFar: boolean[] = [];
    const counted = async (bytes: number) => {
      came += bytes;
      await slow(bytes);
      mostSoFar.push(came <= rate + (rate * nowMs) / 1000);
    };
    expect(await runFetch(parts({ throttle: counted }))).toMatchObject({ result: "done" });
    expect(came).toBe(600_000);
    expect(nowMs).toBeGreaterThanOrEqual(((600_000 - rate) / rate) * 1000 - 1);
    expect(new Set(mostSoFar)).toEqual(new Set([true]));
  });

  test("at most two at a time", async () => {
    const many = Array.from({ length: 8 }, (_, n) => nar(`p${n}`, 2_000));
    missing(...many);
    expect(await runFetch(parts())).toMatchObject({ result: "done" });
    expect(server.mostOpen).toBeLessThanOrEqual(2);
  });

  test("what does not fit on the disk is not begun", async () => {
    missing(nar("a", 5_000));
    const full = { ...spool, freeBytes: async () => 1_000_000 };
    expect(await runFetch(parts({ spool: full }))).toMatchObject({
      result: "later",
      detail: expect.stringContaining("disk-full"),
    });
    expect(server.heard.some(({ path }) => path.includes("/cache/"))).toBe(false);
  });

  test("told to stop, it stops, and what came stays", async () => {
    const one = nar("a", 400_000);
    const stop = new AbortController();
    server.instead = (path, response) => {
      if (!path.endsWith(".nar")) return false;
      response.writeHead(200, { "content-length": one.bytes.length });
      response.write(one.bytes.subarray(0, 100_000), () => setTimeout(() => stop.abort(), 50));
      return true;
    };
    missing(one);
    expect(await runFetch(parts({ signal: stop.signal }))).toMatchObject({ result: "later" });
    expect(statSync(part(one)).size).toBe(100_000);
  });
});

describe("the activator", () => {
  test("asks nothing any more: what was fetched is given back to the disk", async () => {
    missing(nar("a", 5_000));
    await runFetch(parts());
    expect(existsSync(inSpool("cache"))).toBe(true);
    answers = () => ({ answer: "nothing" });
    expect(await runFetch(parts())).toMatchObject({ result: "done" });
    expect(existsSync(inSpool("cache"))).toBe(false);
  });

  test("hears how far the download is, seldom", async () => {
    missing(...Array.from({ length: 6 }, (_, n) => nar(`p${n}`, 2_000)));
    await runFetch(parts());
    const told = activator.asked.filter(({ verb }) => verb === "fetched");
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ totalBytes: 12_000 });
  });

  test("gives no answer: one that is told to stop does not wait for it [ACT-8]", async () => {
    const silent = join(base, "silent.sock");
    const deaf = createServer(() => told.abort());
    await new Promise<void>((resolve) => deaf.listen(silent, resolve));
    const told = new AbortController();
    const ask = (request: ActivateRequest) => askActivator(silent, request, told.signal);
    expect(await runFetch(parts({ ask, signal: told.signal }))).toMatchObject({
      result: "later",
      detail: "told to stop",
    });
    expect(await ask({ verb: "consider" })).toEqual({ answer: "failed", detail: "told to stop" });
    deaf.close();
  });

  test("is not there, or speaks in another way: later", async () => {
    expect(
      await runFetch(parts({ ask: (request) => askActivator(join(base, "none.sock"), request, NEVER) })),
    ).toMatchObject({
      result: "later",
      detail: expect.stringContaining("cannot be asked"),
    });
    answers = () => "hello\n";
    expect(await runFetch(parts())).toMatchObject({ result: "later" });
    answers = () => '{"answer":"energise"}\n';
    expect(await runFetch(parts())).toMatchObject({ result: "later" });
  });

  test("never content: the program ends all the same", async () => {
    answers = () => ({ answer: "need-metadata", detail: "torn" });
    expect(await runFetch(parts())).toMatchObject({
      result: "later",
      detail: expect.stringContaining("misses"),
    });
    expect(activator.asked).toHaveLength(8);
  });
});

test("a server that is away, or has nothing for this scanner, is no attack", async () => {
  server.instead = (_, response) => {
    response.writeHead(500).end();
    return true;
  };
  expect(await runFetch(parts())).toMatchObject({
    result: "later",
    detail: expect.stringContaining("status 500"),
  });
  server.instead = (path, response) => {
    if (!path.endsWith("timestamp.json")) return false;
    response.writeHead(404).end();
    return true;
  };
  expect(await runFetch(parts())).toMatchObject({
    result: "later",
    detail: expect.stringContaining("absent"),
  });
});

test("redirects lead nowhere", async () => {
  server.instead = (_, response) => {
    response.writeHead(302, { location: "http://elsewhere.example/" }).end();
    return true;
  };
  expect(await runFetch(parts())).toMatchObject({
    result: "later",
    detail: expect.stringContaining("status 302"),
  });
});

test("what the activator refused as other than signed is brought anew [SIG-4]", async () => {
  const { toplevel } = signed.addRelease({ name: "2026.1", counter: 3 });
  signed.instruct({ release: "2026.1", toplevel });
  const one = nar("a", 100_000);
  missing(one);
  await runFetch(parts());
  writeFileSync(spooled(one), randomBytes(100_000));
  const { ino } = statSync(spooled(one));
  // It says so by missing what lies there, until another file does.
  answers = () =>
    statSync(spooled(one)).ino === ino
      ? { answer: "need-paths", changeId: CHANGE, missing: [one.missing], totalBytes: 100_000 }
      : { answer: "under-way", changeId: CHANGE, step: "copy" };
  expect(await runFetch(parts())).toEqual({ result: "done", detail: "under-way" });
  expect(readFileSync(spooled(one))).toEqual(one.bytes);

  mkdirSync(inSpool("release/targets/releases/2026.1"), { recursive: true });
  answers = () => ({ answer: "refused", changeId: CHANGE, reason: "below-floor", detail: "" });
  await runFetch(parts());
  expect(existsSync(inSpool("release/targets"))).toBe(true);
  answers = () => ({ answer: "refused", changeId: CHANGE, reason: "content-mismatch", detail: "" });
  await runFetch(parts());
  expect(existsSync(inSpool("release/targets"))).toBe(false);
  expect(existsSync(inSpool("release/timestamp.json"))).toBe(true);
});
