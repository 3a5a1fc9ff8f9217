import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { v7 } from "uuid";
import { type Endpoint, KEY_HEADER, SIGNATURE_HEADER } from "#core/protocol/envelope.ts";
import { EXAMPLE_VALUES } from "#core/report/example-facts.ts";
import type { BenchDatabase } from "#tests/bench/postgres.ts";

/** Scanners with keys of their own, enrolled by rows; their messages are made and signed here, before any clock runs. */
export type BenchScanner = {
  scannerId: string;
  keyId: string;
  publicKeyRaw: Buffer;
  privateKey: KeyObject;
  bootId: string;
};

export type Place = { organisationId: string; regionId: string; siteId: string };

export async function addSite({ sql }: BenchDatabase): Promise<Place> {
  const place = { organisationId: v7(), regionId: v7(), siteId: v7() };
  await sql(`insert into "Organisation" (id, name) values ($1, 'Bench')`, [place.organisationId]);
  await sql(`insert into "Region" (id, "organisationId", name) values ($2, $1, 'North')`, [
    place.organisationId,
    place.regionId,
  ]);
  await sql(
    `insert into "Site" (id, "organisationId", "regionId", name, "timeZone") values ($3, $1, $2, 'Hamburg', 'Europe/Berlin')`,
    [place.organisationId, place.regionId, place.siteId],
  );
  return place;
}

export async function addScanners(
  { sql }: BenchDatabase,
  place: Place,
  count: number,
  prefix = "B-",
): Promise<BenchScanner[]> {
  const scanners = Array.from({ length: count }, makeScanner);
  const where = [place.organisationId, place.regionId, place.siteId];
  await sql(
    `insert into "Scanner" (id, "organisationId", "regionId", "siteId", serial, identity, "hardwareFingerprint", hostname)
     select id::uuid, $1, $2, $3, $6 || id, 'approved', $5, 'host' from unnest($4::text[]) as id`,
    [...where, scanners.map(({ scannerId }) => scannerId), EXAMPLE_VALUES.host.hardwareFingerprint, prefix],
  );
  await sql(
    `insert into "ScannerKey" (id, "organisationId", "regionId", "siteId", "scannerId", "publicKey")
     select key, $1, $2, $3, scanner::uuid, decode(raw, 'hex') from unnest($4::text[], $5::text[], $6::text[]) as row(key, scanner, raw)`,
    [
      ...where,
      scanners.map(({ keyId }) => keyId),
      scanners.map(({ scannerId }) => scannerId),
      scanners.map(({ publicKeyRaw }) => publicKeyRaw.toString("hex")),
    ],
  );
  return scanners;
}

function makeScanner(): BenchScanner {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const publicKeyRaw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const keyId = createHash("sha256").update(publicKeyRaw).digest("hex");
  return { scannerId: v7(), keyId, publicKeyRaw, privateKey, bootId: crypto.randomUUID() };
}

/** The whole HTTP/1.1 request as bytes, signed as docs/protocol.md says. */
export function signedRequest(scanner: BenchScanner, endpoint: Endpoint, message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const type = `application/vnd.fiducial.${endpoint}.v1+json`;
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `),
    body,
  ]);
  const signature = sign(null, signed, scanner.privateKey).toString("base64");
  const head = [
    `POST /agent/v1/${endpoint} HTTP/1.1`,
    "host: 127.0.0.1",
    "content-type: application/json",
    `content-length: ${body.length}`,
    `${KEY_HEADER}: ${scanner.keyId}`,
    `${SIGNATURE_HEADER}: ${signature}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

export function reportMessage(scanner: BenchScanner, seq: number, facts: unknown): object {
  const nowMs = Date.now();
  return {
    protocol: 1,
    scannerId: scanner.scannerId,
    bootId: scanner.bootId,
    bootCounter: 1,
    startCounter: 1,
    seq,
    sentAtMs: nowMs,
    observedAtMs: nowMs,
    uptimeMs: 60_000 + seq,
    witness: null,
    facts,
  };
}

export function heartbeatMessage(scanner: BenchScanner, beat: number, factsDigest: string): object {
  return {
    protocol: 1,
    scannerId: scanner.scannerId,
    bootId: scanner.bootId,
    bootCounter: 1,
    startCounter: 1,
    beat,
    factsDigest,
    sentAtMs: Date.now(),
    uptimeMs: 60_000 + beat,
    outbox: 0,
  };
}
