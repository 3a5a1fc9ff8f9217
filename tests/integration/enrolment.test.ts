import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ANSWER_SIGNATURE_HEADER,
  answerBytes,
  fingerprintText,
  KEY_HEADER,
  PAYLOAD_TYPES,
  preAuthEncoding,
  SERVER_KEY_HEADER,
  SIGNATURE_HEADER,
} from "#core/protocol/envelope.ts";
import type { Enrolments } from "#server/enrolment/view.ts";
import { type RunningServer, startServer } from "#tests/integration/running-server.ts";
import { makeWorld, type Place, personAt, type World } from "#tests/integration/world.ts";

type Machine = { privateKey: KeyObject; raw: Buffer; keyId: string };
type Created = {
  tokenId: string;
  token: string;
  serverFingerprint: string;
  command: string;
  expiresAtMs: number;
};

let server: RunningServer;
let world: World;

beforeAll(async () => {
  server = await startServer();
  world = await makeWorld(server);
});
afterAll(() => server.stop());

function machine(): Machine {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  return { privateKey, raw, keyId: createHash("sha256").update(raw).digest("hex") };
}

async function tokenFor(place: Place = world.own, more: Record<string, string> = {}): Promise<Created> {
  const answer = await world.admin.mutate("enrolment.createToken", { siteId: place.siteId, ...more });
  if (answer.status !== 200) throw new Error(answer.body);
  return answer.data as Created;
}

async function enrol(one: Machine, token: string, more: Record<string, unknown> = {}) {
  const body = Buffer.from(
    JSON.stringify({
      protocol: 1,
      token,
      publicKey: one.raw.toString("base64"),
      serial: null,
      hostname: `host-${one.keyId.slice(0, 8)}`,
      hardwareFingerprint: "a".repeat(64),
      agentVersion: "test",
      bootId: "b",
      sentAtMs: Date.now(),
      ...more,
    }),
  );
  const signature = sign(null, preAuthEncoding(PAYLOAD_TYPES.enroll, body), one.privateKey).toString(
    "base64",
  );
  const headers = {
    "content-type": "application/json",
    [KEY_HEADER]: one.keyId,
    [SIGNATURE_HEADER]: signature,
  };
  const response = await fetch(`${server.url}/agent/v1/enroll`, { method: "POST", headers, body });
  const text = await response.text();
  return { status: response.status, json: JSON.parse(text), text, signature, headers: response.headers };
}

async function pending(): Promise<Enrolments["pending"]> {
  return ((await world.admin.query("enrolment.list")).data as Enrolments).pending;
}

describe("tokens", () => {
  test("a token is shown once, lives 15 minutes, and only its hash is kept [B-12]", async () => {
    const created = await tokenFor();
    expect(created.token).toMatch(/^fid1\.[A-Za-z0-9_-]{43}$/);
    expect(created.expiresAtMs - Date.now()).toBeGreaterThan(14 * 60_000);
    expect(created.expiresAtMs - Date.now()).toBeLessThanOrEqual(15 * 60_000);
    expect(created.command).toContain(
      `--token ${created.token} --fingerprint "${created.serverFingerprint}"`,
    );
    expect((await world.admin.query("enrolment.list")).body).not.toContain(created.token);
    const [row] = await server.owner<{ text: string; hash: string }>(
      `select t::text as text, "tokenHash" as hash from "EnrolmentToken" t where id = $1`,
      [created.tokenId],
    );
    expect(row?.text).not.toContain(created.token);
    expect(row?.hash).toBe(createHash("sha256").update(created.token).digest("hex"));
  });

  test("of fifty machines that come with one token at once exactly one is let in [B-12]", async () => {
    const { token, tokenId } = await tokenFor();
    const answers = await Promise.all(Array.from({ length: 50 }, () => enrol(machine(), token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 200).map(({ json }) => json.refused);
    expect(new Set(refused)).toEqual(new Set(["token-used"]));
    const [row] = await server.owner<{ n: string }>(
      `select count(*) n from "Scanner" s join "EnrolmentToken" t on t."usedByScannerId" = s.id where t.id = $1`,
      [tokenId],
    );
    expect(row?.n).toBe("1");
    const [all] = await server.owner<{ n: string }>(`select count(*) n from "Scanner"`);
    expect(all?.n).toBe("1");
  });

  test("an expired, a revoked and an invented token are told apart and let nobody in [B-12]", async () => {
    const expired = await tokenFor();
    await server.owner(`update "EnrolmentToken" set "expiresAt" = now() where id = $1`, [expired.tokenId]);
    const revoked = await tokenFor();
    expect((await world.admin.mutate("enrolment.revokeToken", { tokenId: revoked.tokenId })).status).toBe(
      200,
    );
    const before = (await pending()).length;
    expect((await enrol(machine(), expired.token)).json.refused).toBe("token-expired");
    expect((await enrol(machine(), revoked.token)).json.refused).toBe("token-expired");
    expect((await enrol(machine(), `fid1.${"x".repeat(43)}`)).json.refused).toBe("token-unknown");
    expect((await pending()).length).toBe(before);
    expect(
      (await world.admin.mutate("enrolment.revokeToken", { tokenId: revoked.tokenId })).refusal?.code,
    ).toBe("token-not-open");
  });

  test("the site is the token's, the serial the token's before the machine's", async () => {
    const { token } = await tokenFor(world.other, { serial: "SN-1", model: "M9" });
    const one = machine();
    const answer = await enrol(one, token, { serial: "SN-2" });
    expect(answer.json).toMatchObject({
      serial: "SN-1",
      state: "pending",
      keyFingerprint: fingerprintText(one.keyId),
    });
    const [row] = await server.owner(`select "siteId", model, identity from "Scanner" where id = $1`, [
      answer.json.scannerId,
    ]);
    expect(row).toEqual({ siteId: world.other.siteId, model: "M9", identity: "pending" });
  });
});

describe("the answer", () => {
  test("is signed by the key whose fingerprint the token showed", async () => {
    const { token, serverFingerprint } = await tokenFor();
    const answer = await enrol(machine(), token);
    const raw = Buffer.from(answer.headers.get(SERVER_KEY_HEADER) ?? "", "base64");
    expect(fingerprintText(createHash("sha256").update(raw).digest("hex"))).toBe(serverFingerprint);
    const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    const signature = Buffer.from(answer.headers.get(ANSWER_SIGNATURE_HEADER) ?? "", "base64");
    expect(verify(null, answerBytes(answer.signature, Buffer.from(answer.text)), key, signature)).toBe(true);
    expect(verify(null, answerBytes("other", Buffer.from(answer.text)), key, signature)).toBe(false);
  });

  test("is given again to the same machine with the same token, and to no other", async () => {
    const { token } = await tokenFor();
    const one = machine();
    const first = await enrol(one, token);
    const second = await enrol(one, token);
    expect(second.status).toBe(200);
    expect(second.json.scannerId).toBe(first.json.scannerId);
    expect((await enrol(machine(), token)).json.refused).toBe("token-used");
  });

  test("a machine that signs with another key than it hands in is refused before anything is stored", async () => {
    const { token } = await tokenFor();
    const [one, two] = [machine(), machine()];
    const answer = await enrol({ ...one, privateKey: two.privateKey }, token);
    expect(answer.json.refused).toBe("bad-signature");
    expect((await enrol(one, token)).status).toBe(200);
  });
});

describe("approval", () => {
  test("takes the fingerprint a person read at the machine, however it was copied", async () => {
    const one = machine();
    const { json } = await enrol(one, (await tokenFor()).token);
    const row = (await pending()).find(({ scannerId }) => scannerId === json.scannerId);
    expect(row).toMatchObject({
      keyFingerprint: fingerprintText(one.keyId),
      identity: "pending",
      siteName: "Alpha",
    });
    const approve = (keyFingerprint: string) =>
      world.admin.mutate("enrolment.approve", { scannerId: json.scannerId, keyFingerprint });
    expect((await approve(fingerprintText(machine().keyId))).refusal?.code).toBe("fingerprint-differs");
    expect((await approve(fingerprintText(one.keyId).slice(0, 20))).refusal?.code).toBe(
      "fingerprint-differs",
    );
    expect((await approve(fingerprintText(one.keyId).replaceAll(" ", "").toUpperCase())).status).toBe(200);
    expect((await approve(fingerprintText(one.keyId))).refusal?.code).toBe("not-pending");
    const [scanner] = await server.owner(
      `select identity, "approvedBy" is not null as by from "Scanner" where id = $1`,
      [json.scannerId],
    );
    expect(scanner).toEqual({ identity: "approved", by: true });
    const [event] = await server.owner<{ body: string }>(
      `select body from audit.event where action = 'enrolment.approved' and body like '%' || $1 || '%'`,
      [json.scannerId],
    );
    expect(JSON.parse(event?.body ?? "{}")).toMatchObject({ keyFingerprint: fingerprintText(one.keyId) });
  });

  test("a serial belongs to one scanner, until the one that had it was refused", async () => {
    const first = machine();
    const { json } = await enrol(first, (await tokenFor(world.own, { serial: "SN-9" })).token);
    const again = await tokenFor(world.own, { serial: "SN-9" });
    expect((await enrol(machine(), again.token)).json.refused).toBe("serial-taken");
    const refused = await world.admin.mutate("enrolment.refuse", {
      scannerId: json.scannerId,
      reason: "wrong machine",
    });
    expect(refused.status).toBe(200);
    expect((await enrol(machine(), again.token)).json).toMatchObject({ serial: "SN-9", state: "pending" });
  });

  test("a refused machine with a fresh token waits again, and is still the same scanner", async () => {
    const one = machine();
    const { json } = await enrol(one, (await tokenFor()).token);
    await world.admin.mutate("enrolment.refuse", { scannerId: json.scannerId, reason: "not yet" });
    const again = await enrol(one, (await tokenFor()).token);
    expect(again.json).toMatchObject({ scannerId: json.scannerId, state: "pending" });
  });

  test("a service engineer approves at their own site only, and cannot lift a lock-out [P-03]", async () => {
    const engineer = await personAt(world, "service-engineer", world.own);
    const one = machine();
    const { json } = await enrol(one, (await tokenFor(world.other)).token);
    const keyFingerprint = fingerprintText(one.keyId);
    const ask = { scannerId: json.scannerId, keyFingerprint };
    expect((await engineer.mutate("enrolment.approve", ask)).refusal?.code).toBe("not-found");
    expect(
      (await engineer.mutate("enrolment.release", { scannerId: json.scannerId, reason: "x" })).refusal?.code,
    ).toBe("not-allowed");
  });

  test("lifting a lock-out settles its events and says who did it", async () => {
    const one = machine();
    const { json } = await enrol(one, (await tokenFor()).token);
    const { scannerId } = json;
    await server.owner(
      `update "Scanner" set identity = 'locked-out', "identityReason" = 'two-machines' where id = $1`,
      [scannerId],
    );
    await server.owner(
      `insert into "IdentityEvent" (id, "organisationId", "regionId", "siteId", "scannerId", code, detail, at)
       values (gen_random_uuid(), $1, $2, $3, $4, 'two-machines', '{}', now())`,
      [world.own.organisationId, world.own.regionId, world.own.siteId, scannerId],
    );
    expect((await pending()).find((row) => row.scannerId === scannerId)).toMatchObject({
      identity: "locked-out",
      reason: { code: "two-machines" },
    });
    expect(
      (await world.admin.mutate("enrolment.release", { scannerId, reason: "board replaced" })).status,
    ).toBe(200);
    const [row] = await server.owner(
      `select s.identity, s."identityReason", e."resolvedAt" is not null as resolved, e."resolvedBy" is not null as by
       from "Scanner" s join "IdentityEvent" e on e."scannerId" = s.id where s.id = $1`,
      [scannerId],
    );
    expect(row).toEqual({ identity: "approved", identityReason: null, resolved: true, by: true });
  });
});
