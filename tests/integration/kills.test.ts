import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { approve, firstAdmin, type Portal, until } from "#tests/support/portal.ts";
import { freePort } from "#tests/support/product.ts";
import { ServerProcess } from "#tests/support/server-process.ts";
import { SigningScanner } from "#tests/support/signing-scanner.ts";

/**
 * kill -9 of server, PostgreSQL and agent at random moments under report load (reliability catalogue V-01, V-02, V-05 to V-07). Evidence grade: real
 * processes, real database, real kills; process kills keep the page cache, so this is no power cut.
 */
const KILLS = { server: 20, postgres: 6, agent: 20 };
const STREAMS = 6;

let data: string;
let server: ServerProcess;
let portal: Portal;
const scanners: SigningScanner[] = [];
let agent: KilledAgent | undefined;

beforeAll(async () => {
  data = mkdtempSync(path.join(tmpdir(), "fiducial-kills-"));
  server = new ServerProcess({ port: await freePort(), data });
  await server.start();
  portal = await firstAdmin(server.url);
  for (let index = 0; index < STREAMS; index += 1) {
    const scanner = new SigningScanner(server.url);
    await scanner.enrol(await token(), `STREAM-${index}`);
    await approve(portal, `STREAM-${index}`);
    scanners.push(scanner);
  }
}, 300_000);

afterAll(async () => {
  await agent?.end();
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
}, 120_000);

async function token(): Promise<string> {
  const [site] = await portal.api.site.list.query();
  if (site === undefined) throw new Error("no site");
  return (await portal.api.enrolment.createToken.mutate({ siteId: site.siteId })).token;
}

type Stream = { acknowledged: Map<number, number>; next: number; stop: boolean };

/** Sends numbered reports one after the other; an unanswered one is sent again until it is answered, as the agent does. */
async function stream(scanner: SigningScanner, state: Stream): Promise<void> {
  while (!state.stop) {
    const seq = state.next;
    const answer = await scanner.report(seq).catch(() => null);
    if (answer?.status === 200 && answer.signed && answer.json.seq === seq) {
      state.acknowledged.set(seq, Date.now());
      state.next += 1;
    } else {
      expect([undefined, 503], JSON.stringify(answer?.json)).toContain(answer?.status);
      await sleep(50);
    }
  }
}

/** A real agent over a folder of device facts that change all the time, started again whenever it was killed. */
class KilledAgent {
  readonly seen = new Set<string>();
  readonly #folders: { state: string; run: string };
  #child: ChildProcess | null = null;
  #number = 0;
  #churn: NodeJS.Timeout | null = null;

  constructor(folder: string) {
    this.#folders = { state: path.join(folder, "state"), run: path.join(folder, "run") };
    mkdirSync(path.join(this.#folders.run, "facts.d"), { recursive: true });
  }

  enrol(url: string, oneTime: string): void {
    const verb = [
      "dist/agent/fiducial.mjs",
      "enroll",
      "--server",
      url,
      "--token",
      oneTime,
      "--serial",
      "AGENT-1",
    ];
    execFileSync(process.execPath, [...verb, "--trust-on-first-use", ...this.#flags()], { stdio: "pipe" });
  }

  start(): void {
    this.#child = spawn(process.execPath, ["dist/agent/fiducial.mjs", "run", ...this.#flags()], {
      stdio: "ignore",
    });
    this.#churn ??= setInterval(() => this.#change(), 100);
  }

  kill(): Promise<unknown> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    return gone;
  }

  settle(): void {
    if (this.#churn !== null) clearInterval(this.#churn);
    this.#change();
  }

  async end(): Promise<void> {
    if (this.#churn !== null) clearInterval(this.#churn);
    await this.kill();
  }

  get number(): number {
    return this.#number;
  }

  waiting(): string[] {
    const folder = path.join(this.#folders.state, "outbox");
    return (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.endsWith(".json"));
  }

  #flags(): string[] {
    return [
      "--state",
      this.#folders.state,
      "--run",
      this.#folders.run,
      "--safety-socket",
      `${this.#folders.run}/none.sock`,
    ];
  }

  #change(): void {
    this.#number += 1;
    const facts = [{ id: "number", value: this.#number, unit: null, quality: "good" }];
    const file = path.join(this.#folders.run, "facts.d/test.json");
    const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const uptimeMs = Math.round(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1000);
    writeFileSync(
      `${file}.tmp`,
      JSON.stringify({ schema: "fiducial.facts/1", owner: "test", bootId, uptimeMs, facts }),
    );
    renameSync(`${file}.tmp`, file);
    for (const name of this.waiting()) this.seen.add(name);
  }
}

function nothingYet(error: unknown): null {
  if (error instanceof Error && error.message === "database-away") return null;
  throw error;
}

async function stored(scannerId: string): Promise<{ seq: number; times: number }[]> {
  const folder = path.join(data, "database");
  const socket = execFileSync("sh", ["-c", `head -n 5 ${folder}/pg*/postmaster.pid | tail -n 1`])
    .toString()
    .trim();
  const client = new pg.Client({ host: socket, user: "fid_owner", database: "fiducial" });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select seq, count(*)::int as times from "Report" where "scannerId" = $1 group by "bootCounter", "startCounter", seq order by seq`,
      [scannerId],
    );
    return rows;
  } finally {
    await client.end();
  }
}

test("no acknowledged report is lost or doubled and order is kept, whatever is killed [SEE-14, V-01, V-02]", {
  timeout: 600_000,
}, async () => {
  const killed = new KilledAgent(path.join(data, "agent"));
  agent = killed;
  killed.enrol(server.url, await token());
  const agentId = await approve(portal, "AGENT-1");
  killed.start();
  const streams = scanners.map((): Stream => ({ acknowledged: new Map(), next: 1, stop: false }));
  const running = Promise.all(scanners.map((scanner, index) => stream(scanner, streams[index]!)));
  const plan = Object.entries(KILLS).flatMap(([who, times]) => Array.from({ length: times }, () => who));
  try {
    for (const who of shuffled(plan)) {
      await sleep(300 + Math.random() * 900);
      if (who === "agent") {
        await killed.kill();
        killed.start();
      } else if (who === "server") {
        await server.kill();
        await server.start();
      } else {
        await server.untilServing();
        await server.killPostgres();
        await sleep(200);
        await server.untilServing();
      }
    }
    // The last connection to one that was just killed may have answered that it serves.
    await server.untilPostgres();
    await server.untilServing();
  } finally {
    for (const one of streams) one.stop = true;
  }
  await running;
  killed.settle();
  // An empty outbox alone may be from before the agent saw the last change.
  await until("the agent's last change to be stored, and its outbox to be empty", 120_000, async () => {
    // Connections to the one that was killed are told of one by one, as a database that is away.
    const asked = portal.api.scanner.facts.query({ scannerId: agentId });
    const facts = JSON.stringify(await asked.catch(nothingYet));
    return facts.includes(`"value":${killed.number}`) && killed.waiting().length === 0 ? true : null;
  });
  await killed.kill();

  for (const [index, scanner] of scanners.entries()) {
    const { acknowledged } = streams[index]!;
    const rows = await stored(scanner.scannerId);
    const once = new Set(rows.filter(({ times }) => times === 1).map(({ seq }) => seq));
    expect(
      rows.filter(({ times }) => times !== 1),
      "doubled",
    ).toEqual([]);
    expect(
      [...acknowledged.keys()].filter((seq) => !once.has(seq)),
      "acknowledged and lost",
    ).toEqual([]);
    const page = await portal.api.scanner.get.query({ scannerId: scanner.scannerId as never });
    expect(page.seq?.seq, "the newest report is the current state").toBe(Math.max(...once));
  }
  const rows = await stored(agentId);
  const seqs = new Set(rows.map(({ seq }) => seq));
  expect(
    rows.filter(({ times }) => times !== 1),
    "doubled by the agent",
  ).toEqual([]);
  const durable = [...killed.seen].map((name) => Number(name.split("-")[2]?.slice(0, 10)));
  expect(
    durable.filter((seq) => !seqs.has(seq)),
    "durable in the outbox and lost",
  ).toEqual([]);
  const total = streams.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  console.log(
    `${total} reports acknowledged to ${STREAMS} streams, ${rows.length} from the agent, over ${plan.length} kills`,
  );
});

test("a report sent three times is stored once and acknowledged alike [V-05]", async () => {
  const scanner = scanners[0]!;
  const answers = [
    await scanner.report(900_001),
    await scanner.report(900_001),
    await scanner.report(900_001),
  ];
  expect(answers.map(({ status, json }) => [status, json.seq])).toEqual(answers.map(() => [200, 900_001]));
  const rows = await stored(scanner.scannerId);
  expect(rows.filter(({ seq }) => seq === 900_001)).toEqual([{ seq: 900_001, times: 1 }]);
});

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
