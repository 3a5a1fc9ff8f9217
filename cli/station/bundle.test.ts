import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import { openTrust } from "#agent/trust/trust.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { onlineKeysSchema } from "#core/trust/online-keys.ts";
import { CarriedBundle, madeNars } from "#tests/support/carried-bundle.ts";
import { Ceremony } from "#tests/support/publishing.ts";
import {
  CHANGE_ID,
  OTHER_SCANNER_ID,
  SCANNER_ID,
  SignedInstallation,
} from "#tests/support/signed-release.ts";
import { startStubServer } from "#tests/support/stub-server.ts";
import { createLog } from "../../server/log.ts";
import { signerClient } from "../../server/signer/client.ts";
import { openSigner } from "../../server/signer/open-signer.ts";
import { uploadResults } from "./bundle-results.ts";
import { writeBundle } from "./bundle-write.ts";
import { openServer, type ServerClient } from "./server-client.ts";
import type { Settings } from "./station.ts";

const DAY_MS = 24 * 60 * 60_000;
const OTHER_CHANGE_ID = "019a5b1e-0000-7000-8000-0000000000c2";
const SERIALS = new Map([[SCANNER_ID, "FM25-0137"]]);
const scannerId = scannerIdSchema.parse(SCANNER_ID);
const made = madeNars("r1");
const socketOf = (data: string) => join(data, "signer", "signer.sock");

let folder: string;
let data: string;
let stick: string;
let ceremony: Ceremony;
let stop: () => Promise<void>;
let stub: Awaited<ReturnType<typeof startStubServer>>;
let server: ServerClient;
let nowMs: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fiducial-bundle-"));
  [data, stick] = [join(folder, "data"), join(folder, "stick")];
  nowMs = Date.now();
  stop = await openSigner(
    data,
    createLog("error", () => undefined),
    () => nowMs,
  );
  const online = JSON.parse(readFileSync(join(data, "signer", "online-keys.json"), "utf8"));
  ceremony = new Ceremony(data, onlineKeysSchema.parse(online));
  ceremony.placeFirstRoots(data);
  const { files } = ceremony.release({ name: "r1", counter: 1, paths: made.paths, toplevel: made.toplevel });
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(data, "repository", name)), { recursive: true });
    writeFileSync(join(data, "repository", name), bytes);
  }
  await signer().ask({ verb: "freshen", scannerId: null });
  stub = await startStubServer();
  stub.files = join(data, "repository");
  server = openServer(stub.url, null);
  mkdirSync(join(folder, "station", "repository"), { recursive: true });
  cpSync(join(data, "repository", "first-root"), join(folder, "station", "repository", "first-root"), {
    recursive: true,
  });
  const archives = new CarriedBundle(someInstallation(), made);
  cpSync(archives.path("cache"), join(folder, "station", "repository", "cache"), { recursive: true });
  archives.remove();
});
afterEach(async () => {
  server.close();
  await stub.close();
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

const someInstallation = () => new SignedInstallation(join(folder, "other"));
const signer = () => signerClient(socketOf(data));
const instruct = (days: number) =>
  signer().ask({
    verb: "instruct",
    instruction: {
      ...{ scannerId, changeId: CHANGE_ID, action: "activate", release: "r1", system: "scanner" },
      ...{ toplevel: made.toplevel, notBeforeMs: nowMs, notAfterMs: nowMs + days * DAY_MS },
      ...{ slots: [], requestedBy: "Eve" },
    },
  });
const settings: Settings = {
  schema: "fiducial.station/1",
  solo: true,
  onlineKeys: "elsewhere",
  for: [],
  publishTo: null,
};
const write = (
  words: { expiresMs?: number; signer?: string; scanners?: string[]; release?: string | null } = {},
) => {
  const { expiresMs = null, signer: socket = null, scanners = [SCANNER_ID], release = "r1" } = words;
  const station = { folder: join(folder, "station"), settings };
  const named = scanners.map((id) => ({
    serial: SERIALS.get(id) ?? null,
    scannerId: scannerIdSchema.parse(id),
  }));
  return writeBundle(
    { station, server, signer: socket },
    { folder: stick, release, scanners: named, expiresMs },
  );
};
const look = (atMs: number) =>
  openTrust({
    folder: null,
    firstRoots: ceremony.signed.firstRoots,
    scannerId,
    nowMs: () => atMs,
  }).refreshCarried({
    release: folderFetcher(join(stick, "release")),
    director: folderFetcher(join(stick, "director", SCANNER_ID)),
  });

test("what the server signed for a scanner is written with its archives, and lasts as long as it is made to [OFF-1]", async () => {
  await instruct(10);
  await write();
  expect(await look(nowMs)).toMatchObject({
    ok: true,
    instruction: { instruction: { changeId: CHANGE_ID } },
  });
  expect(await look(nowMs + 2 * DAY_MS)).toMatchObject({ refusal: { refused: "metadata-frozen" } });
  const untilMs = nowMs + 9 * DAY_MS;
  await expect(write({ expiresMs: untilMs })).rejects.toThrow(/--signer makes it last/);
  await write({ expiresMs: untilMs, signer: socketOf(data) });
  expect(await look(untilMs - 1_000)).toMatchObject({ ok: true, directorVersion: 2 });
  expect(readdirSync(join(stick, "release")).sort()).toEqual(["1.root.json", "targets", "targets.json"]);
  expect(readFileSync(join(stick, "README.txt"), "utf8")).toContain(
    `\n  FM25-0137 (${SCANNER_ID})  activate, `,
  );
  const nars = readdirSync(join(stick, "cache", "nar"));
  expect(nars).toHaveLength(2);
  expect(readdirSync(join(stick, "director"))).toEqual([SCANNER_ID]);
});

test("what was decided of a failed change is carried without a release, and never in place of one [ACT-6, OFF-1]", async () => {
  const decide = (action: "release-hold" | "activate", words: object = {}) =>
    signer().ask({
      verb: "instruct",
      instruction: {
        ...{ scannerId, changeId: CHANGE_ID, action, release: "r1", system: "scanner", ...words },
        ...{ toplevel: made.toplevel, notBeforeMs: nowMs, notAfterMs: nowMs + 14 * DAY_MS },
        ...{ slots: [], requestedBy: "Eve" },
      },
    });
  const failed = "019a5b1e-0000-7000-8000-0000000000f1";
  expect(await decide("release-hold", { failedChangeId: failed })).toMatchObject({ ok: true });
  await expect(write()).rejects.toThrow(/no release now: its word is the end of the hold .+f1 .+--pardon/);
  expect(existsSync(stick)).toBe(false);
  // Of archives it needs none, and there are none here.
  rmSync(join(folder, "station", "repository", "cache"), { recursive: true });
  await write({ release: null });
  expect(readdirSync(stick).sort()).toEqual(["README.txt", "director", "release"]);
  expect(readdirSync(join(stick, "release")).sort()).toEqual(["1.root.json", "targets.json"]);
  const cover = readFileSync(join(stick, "README.txt"), "utf8");
  expect(cover).toContain(
    `FM25-0137 (${SCANNER_ID})  end of the hold after change ${failed} (r1), decided by Eve, to`,
  );
  expect(await look(nowMs)).toMatchObject({
    ...{ ok: true, instruction: { instruction: { action: "release-hold", failedChangeId: failed } } },
  });
  expect(await look(nowMs + 2 * DAY_MS)).toMatchObject({ refusal: { refused: "metadata-frozen" } });
  await write({ release: null, signer: socketOf(data) });
  expect(await look(nowMs + 13 * DAY_MS)).toMatchObject({ ok: true, directorVersion: 2 });
  nowMs += 61_000;
  expect(await decide("activate", { changeId: OTHER_CHANGE_ID })).toMatchObject({ ok: true });
  await expect(write({ release: null })).rejects.toThrow(/for r1, and says nothing of a change that failed/);
});

test("nothing is written that a scanner would refuse, or that nobody asked for [OFF-1]", async () => {
  await expect(write()).rejects.toMatchObject({ code: "unreachable" });
  await signer().ask({ verb: "freshen", scannerId });
  await expect(write()).rejects.toThrow(`asks nothing of FM25-0137 (${SCANNER_ID})`);
  await instruct(1);
  await expect(write({ release: "r2" })).rejects.toThrow(/and not for r2/);
  await expect(write({ scanners: [SCANNER_ID, OTHER_SCANNER_ID] })).rejects.toMatchObject({
    code: "unreachable",
  });
  await expect(write({ signer: join(folder, "nobody.sock") })).rejects.toThrow(/is not reached/);
  await expect(write({ signer: socketOf(data), expiresMs: nowMs + 3 * DAY_MS })).rejects.toThrow(/refuses/);
  const nar = join(folder, "station", "repository", "cache", "nar");
  writeFileSync(join(nar, readdirSync(nar)[0] ?? ""), "x");
  await expect(write()).rejects.toMatchObject({ code: "refused" });
  expect(() => readdirSync(join(stick, "director"))).toThrow();
});

test("results that are none, or of nobody the server knows, are told [OFF-1]", async () => {
  stub.files = null;
  await expect(uploadResults(server, stick)).rejects.toThrow(/no results/);
  mkdirSync(join(stick, "results"), { recursive: true });
  const file = join(stick, "results", `${SCANNER_ID}.json`);
  writeFileSync(file, "{}");
  await expect(uploadResults(server, stick)).rejects.toThrow(/is no file of results/);
  const report = {
    body: Buffer.from("{}").toString("base64"),
    signature: Buffer.alloc(64).toString("base64"),
  };
  const results = {
    schema: "fiducial.results/1",
    scannerId,
    keyId: "a".repeat(64),
    writtenAtMs: 1,
    reports: [report],
  };
  writeFileSync(file, JSON.stringify(results));
  expect(await uploadResults(server, stick)).toBe(5);
  expect(stub.heard).toEqual([]);
});
