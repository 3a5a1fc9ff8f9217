import { mkdtempSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EnrolOrder, enrol } from "#agent/link/enrol.ts";
import { readIdentity } from "#agent/link/identity.ts";
import { openOutbox } from "#agent/link/outbox.ts";
import { enrolRequestSchema } from "#core/protocol/acknowledgement.ts";
import { type StubServer, startStubServer } from "#tests/support/stub-server.ts";

let server: StubServer;
let order: EnrolOrder;
beforeEach(async () => {
  server = await startStubServer();
  order = {
    stateDir: mkdtempSync(join(tmpdir(), "fiducial-enrol-")),
    serverUrl: server.url,
    token: "fid1.abcdefghijklmnopqrstuvwxyz",
    fingerprint: server.fingerprint.toUpperCase().replaceAll(" ", ":"),
    trustFirstUse: false,
    serial: "MPI-7",
    replace: false,
    hardwareFingerprint: "e".repeat(64),
    bootId: "2f1b2c3d-0000-4000-8000-000000000001",
    nowMs: 1_000,
    proxy: { httpsProxy: null, noProxy: "" },
    extraCa: null,
    outbox: { reports: 100, bytes: 1_000_000 },
  };
});
afterEach(() => server.close());

test("the key is born here, only its public half travels, and the server's key is pinned [ADM-4]", async () => {
  const enrolled = await enrol(order);
  expect(enrolled.state).toBe("pending");
  expect(enrolled.serverFingerprint).toBe(server.fingerprint);
  const [request] = server.heard;
  expect(enrolRequestSchema.safeParse(request?.json).success).toBe(true);
  expect(request?.body.toString()).not.toContain("PRIVATE");
  const kept = await readIdentity(order.stateDir);
  expect(kept).toMatchObject({
    state: "kept",
    value: {
      state: "enrolled",
      serial: "MPI-7",
      serverPublicKey: server.publicKeyBase64,
      serverTrust: "fingerprint",
    },
  });
  expect(statSync(join(order.stateDir, "identity.json")).mode & 0o777).toBe(0o600);
});

test("without a fingerprint nothing is sent, unless first use is trusted by name (K-04)", async () => {
  await expect(enrol({ ...order, fingerprint: null })).rejects.toMatchObject({ code: "fingerprint-missing" });
  expect(server.heard).toHaveLength(0);
  const enrolled = await enrol({ ...order, fingerprint: null, trustFirstUse: true });
  expect(enrolled.identity.serverTrust).toBe("first-use");
});

test("a server with another fingerprint is not believed, and the machine stays unenrolled (K-04)", async () => {
  const refused = enrol({ ...order, fingerprint: "0".repeat(32) });
  await expect(refused).rejects.toMatchObject({ code: "fingerprint-mismatch" });
  expect(await readIdentity(order.stateDir)).toMatchObject({ value: { state: "born" } });
});

test.each(["", "1234", `${"0".repeat(31)}x`])("%j is no fingerprint", async (fingerprint) => {
  await expect(enrol({ ...order, fingerprint })).rejects.toMatchObject({ code: "bad-config" });
});

test("an answer lost on the way is asked for again with the same key [ADM-4]", async () => {
  server.reply = () => ({ raw: { status: 502, body: "" } });
  await expect(enrol(order)).rejects.toMatchObject({ code: "unreachable" });
  server.reply = () => null;
  await enrol(order);
  const keys = server.heard.map((one) => one.json.publicKey);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});

test("a refusal reaches the person in the server's own words", async () => {
  server.reply = () => ({ refuse: "token-expired" });
  await expect(enrol(order)).rejects.toMatchObject({
    code: "refused",
    message: expect.stringContaining("token-expired"),
  });
});

test("an enrolled machine is not enrolled twice by accident; --replace makes a new key and counts what it gives up", async () => {
  const first = await enrol(order);
  await expect(enrol(order)).rejects.toMatchObject({ code: "already-enrolled" });
  const outbox = await openOutbox({ folder: join(order.stateDir, "outbox"), dropped: async () => true });
  await outbox.append({ bootCounter: 1, startCounter: 1, seq: 1 }, true, Buffer.from('{"seq":1}'));
  const second = await enrol({ ...order, replace: true });
  expect(second.givenUp).toBe(1);
  expect(second.identity.keyId).not.toBe(first.identity.keyId);
  expect(JSON.parse(readFileSync(join(order.stateDir, "counters.json"), "utf8"))).toMatchObject({
    droppedReports: 1,
  });
});

test("when a replacement is refused, the identity in force stays", async () => {
  const first = await enrol(order);
  server.reply = () => ({ refuse: "token-used" });
  await expect(enrol({ ...order, replace: true })).rejects.toMatchObject({ code: "refused" });
  expect(await readIdentity(order.stateDir)).toMatchObject({
    value: { keyId: first.identity.keyId, state: "enrolled" },
  });
});

test("a damaged identity is never replaced in silence", async () => {
  await enrol(order);
  truncateSync(join(order.stateDir, "identity.json"), 0);
  await expect(enrol(order)).rejects.toMatchObject({ code: "state-damaged" });
  await expect(enrol({ ...order, replace: true })).resolves.toMatchObject({ state: "pending" });
});

test("a state folder that cannot be made is one clear sentence", async () => {
  writeFileSync(join(order.stateDir, "file"), "");
  const stateDir = join(order.stateDir, "file", "state");
  await expect(enrol({ ...order, stateDir })).rejects.toMatchObject({ code: "state-unwritable" });
});
