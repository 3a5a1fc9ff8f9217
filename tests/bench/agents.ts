import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Context } from "#tests/bench/bench.ts";
import { startPortal } from "#tests/bench/ingress.ts";
import type { NodeVersion } from "#tests/bench/node-versions.ts";
import { type BenchDatabase, openPostgres } from "#tests/bench/postgres.ts";
import { end, startProgram } from "#tests/bench/program.ts";
import { type CountedBytes, countBytes } from "#tests/bench/wire.ts";
import { adopt, approve, firstAdmin, type Portal } from "#tests/support/portal.ts";

/** The bundled agents as they are shipped, one per Node, enrolled with a real server and approved by a person. */
export type BenchAgents = {
  agents: (NodeVersion & { pid: number })[];
  /** What they sent, by endpoint. */
  sent: CountedBytes;
  database: BenchDatabase;
};

/** nix/units/fiducial-agent.service.in */
const AS_THE_UNIT = ["--max-old-space-size=64", "--max-semi-space-size=1"];

const BUNDLES = ".cache/bench/agent";
export const agentBundle = (name: string): string => join(process.cwd(), BUNDLES, `${name}.mjs`);

export async function startAgents(
  context: Context,
  versions: readonly NodeVersion[],
  restless: boolean,
): Promise<BenchAgents> {
  const { main } = await openPostgres(context, ["main"]);
  const portal = await startPortal(context, main.appUrl);
  const { port, sent } = await countBytes(context, portal.port);
  const person = await firstAdmin(portal.url);
  const agents = [];
  for (const version of versions) {
    context.progress(`enrolling an agent on Node ${version.version}`);
    agents.push({ ...version, pid: await startAgent(context, { person, version, port, restless }) });
  }
  return { agents, sent, database: main };
}

type Start = { person: Portal; version: NodeVersion; port: number; restless: boolean };

async function startAgent(context: Context, { person, version, port, restless }: Start): Promise<number> {
  const serial = `BENCH-${version.major}`;
  const folder = join(context.folder, serial);
  const runDir = join(folder, "run");
  const stateDir = join(folder, "state");
  mkdirSync(runDir, { recursive: true });
  const surroundings = await startProgram(context, "scanner-surroundings");
  await surroundings.ask({ runDir, restless });
  const [site] = await person.api.site.list.query();
  if (site === undefined) throw new Error("the first administrator has a site");
  const { token, serverFingerprint } = await person.api.enrolment.createToken.mutate({ siteId: site.siteId });
  const config = join(folder, "agent.json");
  writeFileSync(config, JSON.stringify({ stateDir, runDir, safetySocket: join(runDir, "safety.sock") }));
  const env = { PATH: process.env.PATH, NODE_ENV: "production" as const, FIDUCIAL_CONFIG: config };
  const enrol = [
    "--server",
    `http://127.0.0.1:${port}`,
    "--token",
    token,
    "--fingerprint",
    serverFingerprint,
    "--serial",
    serial,
  ];
  // Not the waiting kind: what the agent sends passes through this very process.
  await promisify(execFile)(version.path, [agentBundle("fiducial"), "enroll", ...enrol], { env });
  const scannerId = await approve(person, serial);
  const child = spawn(version.path, [...AS_THE_UNIT, agentBundle("fiducial-agent")], {
    env,
    stdio: "ignore",
  });
  context.atEnd(() => end(child));
  await reported(person, scannerId);
  await adopt(person, scannerId);
  return pidOf(child);
}

async function reported({ api }: Portal, scannerId: Parameters<typeof adopt>[1]): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const { seq } = await api.scanner.get.query({ scannerId });
    if (seq !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the agent does not report");
}

export function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error("a program did not start");
  return pid;
}
