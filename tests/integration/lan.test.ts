import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "#agent/config.ts";
import { enrol } from "#agent/link/enrol.ts";
import { enrolCommand } from "#server/enrolment/command.ts";
import { hashToken } from "#server/one-time-token.ts";
import { type RunningServer, startServer } from "#tests/integration/running-server.ts";
import { ensureCertificates } from "../../scripts/lan.mjs";

const NAMES = ["192.0.2.7", "fd00::7", "ward-pc", "localhost", "127.0.0.1"];
const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), "fiducial-lan-"));
const lan = join(folder, "lan");
const read = (name: string) => readFileSync(join(lan, name), "utf8");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the local certificate authority", () => {
  test("signs a certificate for every name and address, and its key is this user's alone", async () => {
    const made = await ensureCertificates(lan, NAMES);
    const [ca, leaf] = [new X509Certificate(read("ca.pem")), new X509Certificate(read("server.pem"))];
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect([ca.ca, leaf.ca]).toEqual([true, false]);
    expect(leaf.publicKey.asymmetricKeyType).toBe("ec");
    for (const name of ["ward-pc", "localhost"]) expect(leaf.checkHost(name)).toBe(name);
    for (const ip of ["192.0.2.7", "fd00::7", "127.0.0.1"]) expect(leaf.checkIP(ip)).toBe(ip);
    expect(made.fingerprint).toBe(ca.fingerprint256);
    for (const name of ["ca-key.pem", "server-key.pem"])
      expect([name, statSync(join(lan, name)).mode & 0o777]).toEqual([name, 0o600]);
    expect(statSync(lan).mode & 0o777).toBe(0o700);
  });

  test("is made by a process that has loaded nothing else", () => {
    const other = join(folder, "bare");
    const script = `import("./scripts/lan.mjs").then((lan) => lan.ensureCertificates(${JSON.stringify(other)}, ["localhost"]))`;
    execFileSync(process.execPath, ["-e", script], { stdio: "pipe" });
    expect(new X509Certificate(readFileSync(join(other, "server.pem"))).checkHost("localhost")).toBe(
      "localhost",
    );
  });

  test("is kept, and so is the certificate while its names and a month of its time last", async () => {
    const before = [read("ca.pem"), read("server.pem")];
    await ensureCertificates(lan, NAMES.slice(1));
    expect([read("ca.pem"), read("server.pem")]).toEqual(before);
    await ensureCertificates(lan, [...NAMES, "192.0.2.8"]);
    expect(read("ca.pem")).toBe(before[0]);
    expect(new X509Certificate(read("server.pem")).checkIP("192.0.2.8")).toBe("192.0.2.8");
    const renewed = read("server.pem");
    await ensureCertificates(lan, NAMES, Date.now() + 368 * DAY_MS);
    expect(read("ca.pem")).toBe(before[0]);
    expect(read("server.pem")).not.toBe(renewed);
    await ensureCertificates(lan, NAMES);
  });
});

describe("a server with a certificate of its own authority", () => {
  let server: RunningServer;
  let ca: string;

  beforeAll(async () => {
    const made = await ensureCertificates(lan, NAMES);
    server = await startServer(undefined, made);
    ca = read("ca.pem");
  });
  afterAll(() => server.stop());

  const fetchText = (path: string, trusted?: string) =>
    new Promise<{ status: number | undefined; headers: object; text: string }>((resolve, reject) => {
      get(server.url + path, { ...(trusted === undefined ? {} : { ca: trusted }) }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      }).on("error", reject);
    });

  test("is believed by whoever trusts the authority and by nobody else; it hands out the certificate to compare", async () => {
    await expect(fetchText("/healthz")).rejects.toThrow(/certificate|issuer/);
    const answer = await fetchText("/lan-ca.pem", ca);
    expect([answer.status, answer.text]).toEqual([200, ca]);
    expect(answer.headers).toMatchObject({
      "content-type": "application/x-x509-ca-cert",
      "strict-transport-security": expect.stringContaining("max-age"),
    });
  });

  test("enrols the real agent with the authority's file, and no agent without it", async () => {
    const token = await tokenInDatabase();
    const config = loadConfig("by-hand", { stateDir: join(folder, "state") }, {});
    const order = {
      serverUrl: server.url,
      token,
      serial: "LAN-1",
      stateDir: config.stateDir,
      fingerprint: null,
      trustFirstUse: true,
      replace: false,
      hardwareFingerprint: "a".repeat(64),
      bootId: "4f0c3f9c-0c5e-4a57-9f65-8a8a8a8a8a8a",
      nowMs: Date.now(),
      proxy: config.proxy,
      outbox: config.outbox,
    };
    await expect(enrol({ ...order, extraCa: null })).rejects.toThrow();
    const enrolled = await enrol({ ...order, extraCa: ca });
    expect(enrolled).toMatchObject({ state: "pending", identity: { serial: "LAN-1" } });
  });

  async function tokenInDatabase(): Promise<string> {
    const [organisationId, regionId, siteId, token] = [v7(), v7(), v7(), `fid1.${v7()}`];
    await server.owner(`insert into "Organisation" (id, name) values ($1, 'Clinic')`, [organisationId]);
    await server.owner(`insert into "Region" (id, "organisationId", name) values ($1, $2, 'Main')`, [
      regionId,
      organisationId,
    ]);
    await server.owner(
      `insert into "Site" (id, "organisationId", "regionId", name, "timeZone") values ($1, $2, $3, 'Alpha', 'UTC')`,
      [siteId, organisationId, regionId],
    );
    await server.owner(
      `insert into "EnrolmentToken" (id, "organisationId", "regionId", "siteId", "tokenHash", "createdBy", "expiresAt")
       values ($1, $2, $3, $4, $5, 'test', now() + interval '15 minutes')`,
      [v7(), organisationId, regionId, siteId, hashToken(token)],
    );
    return token;
  }
});

test("the command compares the authority's certificate before anything is believed, and hands it to the agent", () => {
  const server = { origin: "https://192.0.2.7:3000", keyFingerprint: "ab cd", token: "fid1.x" };
  const known = enrolCommand({ ...server, ownCa: null });
  expect(known).not.toMatch(/lan-ca|-k|--ca-file/);
  const parts = enrolCommand({ ...server, ownCa: { fileSha256: "0".repeat(64) } }).split(" && ");
  expect(parts).toEqual([
    "curl -fsSk https://192.0.2.7:3000/lan-ca.pem -o fiducial-ca.pem",
    `echo "${"0".repeat(64)}  fiducial-ca.pem" | sha256sum -c -`,
    "curl -fsS --cacert fiducial-ca.pem https://192.0.2.7:3000/agent/bundle/fiducial.mjs -o fiducial.mjs",
    'node fiducial.mjs enroll --server https://192.0.2.7:3000 --token fid1.x --fingerprint "ab cd" --ca-file fiducial-ca.pem',
    "node fiducial.mjs run --ca-file fiducial-ca.pem",
  ]);
});
