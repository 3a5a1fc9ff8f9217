import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v7 } from "uuid";
import { onlineKeysSchema } from "#core/trust/online-keys.ts";
import { createLog } from "#server/log.ts";
import { openSigner } from "#server/signer/open-signer.ts";
import { startServer } from "#tests/integration/running-server.ts";
import { newKey, type ScannerClient, scannerClient } from "#tests/integration/scanner-client.ts";
import { makeWorld, type Place, type World } from "#tests/integration/world.ts";
import { Ceremony } from "#tests/support/publishing.ts";
import { storePath, type TestPath, type TestRelease } from "#tests/support/signed-release.ts";

/** A server, the signer beside it, and people with offline keys who publish to it over http. */
export type SignedWorld = World & {
  ceremony: Ceremony;
  /** The signer's clock is ahead of the server's by this; lets a minute pass for it. */
  signer: { aheadMs: number; stop: () => Promise<void>; start: () => Promise<void> };
  put: (name: string, bytes: Uint8Array, headers?: Record<string, string>) => Promise<Put>;
  get: (path: string, init?: RequestInit) => Promise<Response>;
  close: () => Promise<void>;
};
type Put = { status: number; json: Record<string, unknown> };

export async function signedWorld(
  options: { releaseKeys?: number; threshold?: number } = {},
): Promise<SignedWorld> {
  const server = await startServer();
  const scratch = mkdtempSync(join(tmpdir(), "fiducial-signed-"));
  const log = createLog("error", () => undefined);
  const signer = {
    aheadMs: 0,
    stop: async () => {},
    start: async () => {
      signer.stop = await openSigner(server.dataFolder, log, () => Date.now() + signer.aheadMs);
    },
  };
  await signer.start();
  const world = await makeWorld(server);
  const keys = readFileSync(join(server.dataFolder, "signer", "online-keys.json"), "utf8");
  const ceremony = new Ceremony(scratch, onlineKeysSchema.parse(JSON.parse(keys)), options);
  return {
    ...world,
    ceremony,
    signer,
    put: async (name, bytes, headers = {}) => {
      const url = `${server.url}/publish/v1/${name}`;
      const answer = await fetch(url, { method: "PUT", body: new Uint8Array(bytes), headers });
      const text = await answer.text();
      return { status: answer.status, json: text.startsWith("{") ? JSON.parse(text) : {} };
    },
    get: (path, init = {}) => fetch(`${server.url}/agent/v1/${path}`, init),
    close: async () => {
      await signer.stop();
      await server.stop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

export type Content = { path: TestPath; bytes: Buffer };

/** A path whose NAR is these bytes; what is in it is nobody's matter here. */
export function content(name: string, references: string[] = [], bytes = randomBytes(3_000)): Content {
  const narHash = createHash("sha256").update(bytes).digest("hex");
  return { path: { path: storePath(name), narHash, narSize: bytes.length, references }, bytes };
}

/** A release of one system with a library, with contents. */
export function released(name: string, counter: number, rest: Partial<TestRelease> = {}) {
  const library = content(`lib-${name}`);
  const top = content(`system-${name}`, [library.path.path]);
  const wanted: TestRelease = {
    ...{ name, counter, paths: [top.path, library.path], for: [{ model: "M", hardwareRevisions: null }] },
    ...rest,
  };
  return { wanted, contents: [top, library], toplevel: top.path.path };
}

const NIX32 = "0123456789abcdfghijklmnpqrsvwxyz";

/** Base 32 as Nix spells a hash, from its definition: the last five bits come first. */
export function narName(narHash: string): string {
  const bytes = Buffer.from(narHash, "hex");
  const digit = (at: number) => {
    const bit = at * 5;
    const word = (bytes[bit >> 3] ?? 0) | ((bytes[(bit >> 3) + 1] ?? 0) << 8);
    return NIX32.charAt((word >> (bit % 8)) & 31);
  };
  return `cache/nar/${Array.from({ length: 52 }, (_, at) => digit(51 - at)).join("")}.nar`;
}

/** Signs and publishes a release with all its contents. */
export async function publish(
  world: SignedWorld,
  name: string,
  counter: number,
  rest: Partial<TestRelease> = {},
) {
  const made = released(name, counter, rest);
  const { files } = world.ceremony.release(made.wanted);
  for (const [file, bytes] of files) {
    const { status, json } = await world.put(file, bytes);
    if (status !== 200) throw new Error(`${file}: ${JSON.stringify(json)}`);
  }
  for (const { path, bytes } of made.contents) {
    const { status, json } = await world.put(narName(path.narHash), bytes);
    if (status !== 200) throw new Error(`${path.path}: ${JSON.stringify(json)}`);
  }
  return made;
}

/** An approved scanner of model M with its key. */
export async function scannerAt(world: World, at: Place, model = "M"): Promise<ScannerClient> {
  const key = newKey();
  const scannerId = v7();
  const columns = [at.organisationId, at.regionId, at.siteId];
  await world.server.owner(
    `insert into "Scanner" (id, "organisationId", "regionId", "siteId", serial, model, identity, "hardwareFingerprint", hostname)
     values ($1, $2, $3, $4, $5, $6, 'approved', $7, 'host')`,
    [scannerId, ...columns, `S-${scannerId.slice(-6)}`, model, "0".repeat(64)],
  );
  await world.server.owner(
    `insert into "ScannerKey" (id, "organisationId", "regionId", "siteId", "scannerId", "publicKey") values ($1, $2, $3, $4, $5, $6)`,
    [key.keyId, ...columns, scannerId, key.publicKeyRaw],
  );
  return scannerClient(Number(new URL(world.server.url).port), scannerId, key);
}
