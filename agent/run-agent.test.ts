import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type AgentConfig, loadConfig } from "#agent/config.ts";
import { enrol } from "#agent/link/enrol.ts";
import { sha256Hex } from "#agent/link/keys.ts";
import { linkStateSchema } from "#agent/link/link-state.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { type RunningAgent, readBootId, runAgent } from "#agent/run-agent.ts";
import { heartbeatSchema } from "#core/protocol/heartbeat.ts";
import { factsDigestText } from "#core/report/digest.ts";
import { observed, unknown } from "#core/report/fact.ts";
import { type Facts, parseReport } from "#core/report/report.ts";
import { type StubServer, startStubServer } from "#tests/support/stub-server.ts";

/** Named deadlines are the product's; this one is only for a busy machine. */
const PATIENCE_MS = 15_000;
vi.setConfig({ testTimeout: 30_000 });

/** The whole agent over a host that is one variable, against a server on loopback. */
const system = linuxSystem();
let server: StubServer;
let config: AgentConfig;
let agents: RunningAgent[];
let source: string;
let changed: (why: string) => void;
let stopped: number;

beforeEach(async () => {
  server = await startStubServer();
  const folder = mkdtempSync(join(tmpdir(), "fiducial-agent-"));
  config = loadConfig("by-hand", { stateDir: join(folder, "state"), runDir: join(folder, "run") }, {});
  mkdirSync(config.runDir);
  agents = [];
  source = "ntp";
  stopped = 0;
  await enrol({
    stateDir: config.stateDir,
    serverUrl: server.url,
    token: "fid1.abcdefghijklmnopqrstuvwxyz",
    fingerprint: server.fingerprint,
    trustFirstUse: false,
    serial: null,
    replace: false,
    hardwareFingerprint: "e".repeat(64),
    bootId: await readBootId(system),
    nowMs: system.nowMs(),
    proxy: config.proxy,
    extraCa: null,
    outbox: config.outbox,
  });
});
afterEach(async () => {
  for (const agent of agents) await agent.stop();
  await server.close();
});

const facts = (): Facts => ({
  clock: observed({ synchronised: true, source, offsetMs: null, rtcOk: null }),
  nix: unknown("no-such-file", { path: "/nix" }),
});

async function start(): Promise<RunningAgent> {
  const agent = await runAgent(config, system, () => undefined, {
    collectorFor: () => ({
      collect: async () => facts(),
      watch(callback) {
        changed = callback;
        return () => {
          stopped += 1;
        };
      },
      scanning: () => false,
    }),
  });
  agents.push(agent);
  return agent;
}
const until = (holds: () => boolean) => vi.waitUntil(holds, { timeout: PATIENCE_MS, interval: 20 });

test("a report at the start, another within 5 s of a change, and none while nothing changes [SEE-14]", async () => {
  await start();
  await until(() => server.stored.length === 1);
  changed("same");
  source = "ptp";
  changed("clock");
  await until(() => server.stored.length === 2);
  changed("same");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(server.stored).toHaveLength(2);
  const [first, second] = server.reports().map((one) => parseReport(one.json));
  expect(first).toMatchObject({ ok: true, report: { bootCounter: 1, startCounter: 1, seq: 1 } });
  expect(second).toMatchObject({
    ok: true,
    report: { seq: 2, facts: { clock: { value: { source: "ptp" } } } },
  });
});

test("what is unknown travels as unknown with its reason [SEE-14]", async () => {
  await start();
  await until(() => server.stored.length === 1);
  expect(server.reports()[0]?.json.facts).toMatchObject({
    nix: { state: "unknown", reason: { code: "no-such-file" } },
  });
});

test("the server that asks for the facts gets them anew although nothing changed", async () => {
  await start();
  await until(() => server.stored.length === 1);
  server.reply = (heard) => (heard.json.seq === 2 ? { acknowledge: { needFull: true } } : null);
  source = "ptp";
  changed("clock");
  await until(() => server.stored.length === 3);
});

test("reports made while the server was away arrive later, each once and in order, over a restart [SEE-14]", async () => {
  server.reply = () => ({ raw: { status: 502, body: "" } });
  const first = await start();
  await until(() => server.heard.some((one) => one.endpoint === "report"));
  source = "ptp";
  changed("clock");
  await until(() => JSON.parse(readFileSync(join(config.runDir, "agent.json"), "utf8")).outbox >= 1);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  await first.stop();
  agents = [];
  server.reply = () => null;
  await start();
  await until(() => server.stored.length === 3);
  expect(server.stored.map((one) => one.split(" ")[0]?.slice(0, 3))).toEqual(["1.1", "1.1", "1.2"]);
});

test("after a report is acknowledged the heartbeat names its digest and an empty outbox", async () => {
  const agent = await start();
  await until(() => server.stored.length === 1);
  server.reply = (heard) => (heard.endpoint === "report" ? { refuse: "awaiting-approval" } : null);
  source = "ptp";
  changed("clock");
  await vi.waitUntil(() => server.heard.some((one) => one.endpoint === "heartbeat"), {
    timeout: PATIENCE_MS,
  });
  const beat = heartbeatSchema.parse(server.heard.find((one) => one.endpoint === "heartbeat")?.json);
  expect(beat).toMatchObject({ beat: 1, outbox: 1, factsDigest: sha256Hex(factsDigestText(facts())) });
  await agent.stop();
  agents = [];
});

test("it shows that it lives, and what it last heard, in files anybody may read", async () => {
  await start();
  await until(() => server.stored.length === 1);
  expect(statSync(join(config.runDir, "agent.alive")).isFile()).toBe(true);
  await until(() => {
    const state = linkStateSchema.parse(JSON.parse(readFileSync(join(config.runDir, "agent.json"), "utf8")));
    return state.link.state === "acknowledged" && state.unknown[0]?.kind === "nix";
  });
});

test("a second agent on the same identity is refused, and may start when the first has ended (K-07)", async () => {
  const first = await start();
  await expect(start()).rejects.toMatchObject({ code: "already-running" });
  await first.stop();
  agents = [];
  await start();
});

test("stopping ends both loops, the watch and the request in flight, and keeps what waits", async () => {
  server.reply = () => ({ silent: true });
  const agent = await start();
  await until(() => server.heard.length > 1);
  await agent.stop();
  agents = [];
  expect(stopped).toBe(1);
  server.reply = () => null;
  await start();
  await until(() => server.stored.length === 2);
});

test("a state folder that refuses makes an ordinary end no failed one [F5]", async () => {
  const agent = await start();
  await until(() => server.stored.length === 1);
  await until(() => existsSync(join(config.runDir, "agent.alive")));
  rmSync(config.stateDir, { recursive: true });
  await agent.stop();
  agents = [];
  expect(stopped).toBe(1);
});

test("lost counters go on above what the server has, in the same boot, and the report says so", async () => {
  const first = await start();
  await until(() => server.stored.length === 1);
  await first.stop();
  agents = [];
  unlinkSync(join(config.stateDir, "counters.json"));
  const known = server.reports().length;
  await start();
  // A report whose answer did not come before the stop is sent again first, as it was.
  const anew = () => server.reports().find(({ json }) => Number(json.startCounter) > 1_000_000)?.json;
  await until(() => anew() !== undefined);
  const before = server.reports().at(known - 1)?.json;
  const after = anew();
  expect(after).toMatchObject({ bootCounter: before?.bootCounter });
  expect(Number(after?.seq)).toBeGreaterThan(Number(before?.seq));
});
