import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FaultId } from "#demo/fault/fault-id.ts";
import { FAULTS } from "#demo/fault/faults.ts";
import { Fleet } from "#demo/fleet/fleet.ts";
import { FleetAttacks } from "#demo/fleet/fleet-attacks.ts";
import { membersOf } from "#demo/fleet/members.ts";
import { SteadyClock } from "#demo/host/clock.ts";
import { SafetyRounds } from "#demo/host/safety-daemon.ts";
import { Stage } from "#demo/host/stage.ts";
import { Systems } from "#demo/host/systems.ts";
import { type FleetPlan, planFleet } from "#demo/plan/plan.ts";
import { readFleetSecret } from "#demo/plan/scanner-key.ts";
import { makeFleet } from "#demo/seed/make-fleet.ts";
import { createControlServer } from "#demo/tray/control-server.ts";
import { readEnv } from "#server/env.ts";
import { loadServerKey } from "#server/http/server-key.ts";
import { createLog } from "#server/log.ts";
import { type Portal, signInOpenly, until } from "#tests/support/portal.ts";
import { freePort } from "#tests/support/product.ts";
import { ServerProcess } from "#tests/support/server-process.ts";

/** Twenty simulated scanners with the real agent, before a real server, broken through the dock's own server (RUN-4). */
const SCANNERS = 20;
/** From a fault to its headline: the product promises five seconds to a page; a boot needs its own time, and so does a busy machine. */
const PATIENCE_MS = 45_000;

const data = mkdtempSync(path.join(tmpdir(), "fiducial-broken-fleet-"));
let server: ServerProcess;
let fleet: Fleet;
let plan: FleetPlan;
let portal: Portal;
let stage: Stage;
let dock: ReturnType<typeof createControlServer>;
const rounds = { stop: () => {} };

beforeAll(async () => {
  const now = Date.now();
  const env = readEnv({ ...process.env, DATABASE_URL: "", FIDUCIAL_DATA: data, FIDUCIAL_POSTGRES: "npm" });
  const order = { seed: "broken", scanners: SCANNERS, nowMs: now };
  plan = planFleet(await makeFleet(order, { env, log: createLog("error"), say: () => undefined }));
  server = new ServerProcess({ port: await freePort(), data }, { FIDUCIAL_OPEN_SIGN_IN: "1" });
  await server.start();
  fleet = await openFleet();
  const attacks = new FleetAttacks({
    ...{ fleet, stage, changes: null, data, plannedMs: plan.nowMs, rhythm: { answer: 0, scan: 0 } },
    log: (line) => expect.fail(line),
  });
  dock = createControlServer({
    ...{ fleet, attacks },
    folder: path.resolve("demo/tray"),
    nowMs: Date.now,
    log: (line) => expect.fail(line),
  });
  await new Promise<void>((done) => dock.listen(0, "127.0.0.1", () => done()));
  await fleet.start();
  const admin = plan.people.find(({ role }) => role === "admin");
  portal = await signInOpenly(server.url, admin?.userId ?? "");
}, 300_000);

afterAll(async () => {
  await fleet?.stop();
  rounds.stop();
  dock?.close();
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
}, 120_000);

async function openFleet(): Promise<Fleet> {
  const clock = new SteadyClock();
  const systems = new Systems(plan.releases);
  const beating = new SafetyRounds(clock);
  rounds.stop = () => beating.stop();
  const { publicKeyRaw } = await loadServerKey(data);
  const secret = await readFleetSecret(data);
  stage = new Stage({ clock, systems, rounds: beating });
  return new Fleet({
    members: membersOf({ plan, systems, secret, wanted: [], nowMs: Date.now() }),
    stage,
    server: { url: server.url, publicKey: Buffer.from(publicKeyRaw).toString("base64") },
    changes: null,
    agents: path.join(data, "agents"),
    spreadMs: 2_000,
    log: (line) => expect.fail(line),
  });
}

async function ask(where: string, body?: object): Promise<{ status: number; json: Record<string, unknown> }> {
  const { port } = dock.address() as AddressInfo;
  const init = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(`http://127.0.0.1:${port}/${where}`, body === undefined ? {} : init);
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

async function headlineOf(scannerId: string) {
  const { headline } = await portal.api.scanner.get.query({ scannerId: scannerId as never });
  return headline;
}

function untilHeadline(scannerId: string, word: string, variant: string | null) {
  return until(`${scannerId} to be ${word} ${variant ?? ""}`, PATIENCE_MS, async () => {
    const seen = await headlineOf(scannerId);
    return seen.word === word && seen.variant === variant ? seen : null;
  });
}

test("every scanner that is not silent goes on where its history ended, and none is taken for two [K-07]", async () => {
  const speaking = plan.scanners.filter(({ now }) => now.silentSinceMs === null);
  expect(fleet.counts).toEqual({ scanners: SCANNERS, running: speaking.length });
  for (const { scannerId, condition } of speaking) {
    const seen = await until(`${scannerId} to be heard`, PATIENCE_MS, async () => {
      const found = await portal.api.scanner.get.query({ scannerId });
      return (found.lastSeenMs ?? 0) > plan.nowMs ? found : null;
    });
    expect(seen.identity).toBe("approved");
    if (condition.word === "nominal") await untilHeadline(scannerId, "nominal", null);
  }
});

const FIRED: readonly FaultId[] = ["F05", "F12", "F14", "F16", "F17", "F19", "F20", "F25", "F26"];

describe("what is broken through the dock is what the portal shows [RUN-4]", () => {
  test.each(FIRED)("%s, and mended it is nominal again", async (fault) => {
    const { status, json } = await ask("api/fire", { fault });
    expect(status).toBe(200);
    const { scannerId, serial } = json as { scannerId: string; serial: string };
    const { word, variant } = FAULTS[fault].headline;
    await untilHeadline(scannerId, word, variant);
    expect((await ask(`api/state?scanner=${scannerId}`)).json).toMatchObject({
      target: { serial },
      broken: [{ fault, serial }],
    });
    expect((await ask("api/mend", { serial })).status).toBe(200);
    await untilHeadline(scannerId, "nominal", null);
    expect((await ask("api/state")).json).toMatchObject({ broken: [] });
  });

  test("a swapped chassis locks the identity out, and mending it leaves that to an administrator [K-07]", async () => {
    const { json } = await ask("api/fire", { fault: "F27" });
    const { scannerId, serial } = json as { scannerId: string; serial: string };
    const seen = await untilHeadline(scannerId, "unknown", null);
    expect(seen.reason.code).toBe("identity-locked-out");
    const mended = await ask("api/mend", { serial });
    expect(mended.json).toMatchObject({ mended: [{ serial, afterwards: [FAULTS.F27.afterwards] }] });
  });
});

describe("the dock's own server", () => {
  test("says in words what cannot be broken", async () => {
    const bench = plan.scanners.find(({ model }) => model === "FS-10")?.serial;
    expect(await ask("api/fire", { fault: "F26", serial: bench })).toMatchObject({ status: 409 });
    expect(await ask("api/fire", { fault: "F26", serial: "nobody" })).toMatchObject({ status: 409 });
    expect(await ask("api/fire", { fault: "F99" })).toMatchObject({ status: 400 });
    expect(await ask("api/mend", { serial: "nobody" })).toMatchObject({ status: 409 });
  });

  test("takes no order from a page of somebody else [W-01]", async () => {
    const { port } = dock.address() as AddressInfo;
    const plain = await fetch(`http://127.0.0.1:${port}/api/fire`, {
      method: "POST",
      body: '{"fault":"F12"}',
    });
    expect(plain.status).toBe(415);
  });
});
