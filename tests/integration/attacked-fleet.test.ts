import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSource } from "#agent/fetch/http-source.ts";
import { REFUSED_TEXTS } from "#core/message/refused-texts.ts";
import { SCRIPTS } from "#demo/attack/scripts.ts";
import { firstRootsFolder } from "#demo/ceremony/hold-ceremony.ts";
import { publishReleases } from "#demo/ceremony/publish.ts";
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
import type { attackView } from "#demo/tray/attack-view.ts";
import { createControlServer } from "#demo/tray/control-server.ts";
import { readEnv } from "#server/env.ts";
import { loadServerKey } from "#server/http/server-key.ts";
import { createLog } from "#server/log.ts";
import { openSigner } from "#server/signer/open-signer.ts";
import { type Portal, signInOpenly, until } from "#tests/support/portal.ts";
import { freePort } from "#tests/support/product.ts";
import { ServerProcess } from "#tests/support/server-process.ts";

/** Simulated scanners with the real agent, before a real server, attacked through the dock's own server (RUN-5). */
const SCANNERS = 12;
/** A busy machine verifies slowly. */
const PATIENCE_MS = 90_000;
/** A change that boots and proves itself, at the pace of its release: probation alone lasts a minute and a half. */
const CHANGE_MS = 300_000;

const data = mkdtempSync(path.join(tmpdir(), "fiducial-attacked-fleet-"));
let server: ServerProcess;
let fleet: Fleet;
let attacks: FleetAttacks;
let plan: FleetPlan;
let portal: Portal;
let dock: ReturnType<typeof createControlServer>;
let scannerId: string;
const rounds = { stop: () => {} };
let stopSigner: (() => Promise<void>) | null = null;

beforeAll(async () => {
  const env = readEnv({ ...process.env, DATABASE_URL: "", FIDUCIAL_DATA: data, FIDUCIAL_POSTGRES: "npm" });
  const order = { seed: "attacked", scanners: SCANNERS, nowMs: Date.now() };
  plan = planFleet(await makeFleet(order, { env, log: createLog("error"), say: () => undefined }));
  server = new ServerProcess({ port: await freePort(), data }, { FIDUCIAL_OPEN_SIGN_IN: "1" });
  await server.start();
  stopSigner = await openSigner(data, createLog("error"), Date.now);
  expect(await publishReleases(server.url, data)).toBe(true);
  await openFleet();
  dock = createControlServer({
    ...{ fleet, attacks, folder: path.resolve("demo/tray"), nowMs: Date.now },
    log: (line) => expect.fail(line),
  });
  await new Promise<void>((done) => dock.listen(0, "127.0.0.1", () => done()));
  await fleet.start();
  const admin = plan.people.find(({ role }) => role === "admin");
  portal = await signInOpenly(server.url, admin?.userId ?? "");
  const well = plan.scanners.find(
    ({ condition, model, now, moments }) =>
      condition.word === "nominal" &&
      model !== "FS-10" &&
      moments.some((one) => one.kind === "switched" && one.release !== now.release),
  );
  scannerId = well?.scannerId ?? "";
}, 400_000);

afterAll(async () => {
  await attacks?.attacks.stop();
  await fleet?.stop();
  rounds.stop();
  dock?.close();
  await server?.stop();
  await stopSigner?.();
  rmSync(data, { recursive: true, force: true });
}, 120_000);

async function openFleet(): Promise<void> {
  const clock = new SteadyClock();
  const beating = new SafetyRounds(clock);
  rounds.stop = () => beating.stop();
  const systems = new Systems(plan.releases);
  const stage = new Stage({ clock, systems, rounds: beating });
  const { publicKeyRaw } = await loadServerKey(data);
  const secret = await readFleetSecret(data);
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const changes = {
    firstRoots: firstRootsFolder(data),
    metadata: openSource(`${server.url}/agent/v1/tuf`, {
      proxy: { httpsProxy: null, noProxy: "" },
      extraCa: null,
    }),
    pace: { download: 100, tick: 50, work: 50, boot: 500, wait: 1 },
  };
  fleet = new Fleet({
    members: membersOf({ plan, systems, secret, wanted: [], nowMs: Date.now() }),
    server: { url: server.url, publicKey: Buffer.from(publicKeyRaw).toString("base64") },
    ...{ stage, changes, agents: path.join(data, "agents"), spreadMs: 1_000, log },
  });
  attacks = new FleetAttacks({
    ...{ fleet, stage, changes, data, plannedMs: plan.nowMs, log },
    rhythm: { answer: 0, scan: 15_000 },
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

const seen = () => portal.api.scanner.get.query({ scannerId: scannerId as never });

async function ended(lang = "en") {
  return await until("the attack to end", PATIENCE_MS, async () => {
    const { json } = await ask(`api/attacks?lang=${lang}&scanner=${scannerId}`);
    const all = json.attacks as ReturnType<typeof attackView>[];
    return all.length > 0 && all.every(({ state }) => state !== "under-way") ? all : null;
  });
}

describe("whoever owns the server attacks a scanner of the example fleet [SIG-2, RUN-5]", () => {
  test("it is live and nominal before", async () => {
    await until("it to be heard", PATIENCE_MS, async () => {
      const found = await seen();
      return (found.lastSeenMs ?? 0) > plan.nowMs && found.headline.word === "nominal" ? found : null;
    });
  });

  test.each(SCRIPTS)("[$id] $name: refused, and its page says so by name", async ({ id, moves }) => {
    const { running } = await seen();
    expect(await ask("api/attack", { script: id, scannerId })).toMatchObject({ status: 200 });
    const wanted = moves.at(-1)?.expect;
    if (wanted?.kind === "waits")
      await until("its page to say that it waits", PATIENCE_MS, async () => {
        const { axes } = await seen();
        return axes.change.value === "waiting" ? axes : null;
      });
    const [attack] = await ended();
    expect(attack).toMatchObject({ id, scannerId, state: "held" });
    expect(attack?.runs).toContain("as before");
    if (wanted?.kind === "refused") {
      expect(attack?.name).toBe(REFUSED_TEXTS[`refusal-name.${wanted.reason}`].en);
      await until(`its page to say ${wanted.reason}`, PATIENCE_MS, async () => {
        const { refused } = await seen();
        return refused === wanted.reason ? refused : null;
      });
    }
    expect((await seen()).running).toEqual(running);
  });

  test("the tray says it in German to whoever reads German", async () => {
    const [attack] = await ended("de");
    expect(attack?.said.join(" ")).toContain("Abgelehnt: Hier blockiert.");
  });

  test("afterwards it goes back when a person asks, as if nothing had been [ACT-4]", {
    timeout: CHANGE_MS,
  }, async () => {
    const targets = await portal.api.change.rollbackTargets.query({ scannerId: scannerId as never });
    const target = targets.find(({ against, running }) => against.length === 0 && !running)?.release ?? "";
    const asked = { scannerIds: [scannerId], action: "rollback", release: target } as never;
    await portal.api.change.request.mutate({
      ...(asked as object),
      ...{ reason: "Image quality", requestKey: randomUUID() },
    } as never);
    await until("the change to be confirmed", CHANGE_MS, async () => {
      const { rows } = await portal.api.change.list.query({ scannerId: scannerId as never, limit: 1 });
      return rows[0]?.state === "confirmed" ? rows[0] : null;
    });
    expect((await seen()).running.releaseName).toBe(target);
  });
});

describe("the tray's own server", () => {
  test("says in words what cannot be attacked", async () => {
    const silent = plan.scanners.find(({ now }) => now.silentSinceMs !== null)?.scannerId;
    if (silent !== undefined)
      expect(await ask("api/attack", { script: "E-01", scannerId: silent })).toMatchObject({ status: 409 });
    expect(await ask("api/attack", { script: "E-01", scannerId: "nobody" })).toMatchObject({ status: 409 });
    expect(await ask("api/attack", { script: "E-99", scannerId })).toMatchObject({ status: 400 });
  });
});
