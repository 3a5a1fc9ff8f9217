import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { factsDigest } from "#server/report/facts-digest.ts";
import type { Context } from "#tests/bench/bench.ts";
import { type Program, startProgram } from "#tests/bench/program.ts";
import type { LoadAnswer } from "#tests/bench/programs/load.ts";
import type { PortalAnswer } from "#tests/bench/programs/portal-server.ts";
import { realisticFacts } from "#tests/bench/realistic.ts";
import { type BenchScanner, reportMessage, signedRequest } from "#tests/bench/scanners.ts";

/** What the benches of the agent API share: the server as a process, and messages in lanes. */
export const CONNECTIONS = 32;

/** @throws Error when anything but 200 was answered: a refusal is quicker than an answer */
export function onlySuccesses(statuses: LoadAnswer["statuses"]): number {
  const others = Object.keys(statuses).filter((status) => status !== "200");
  if (others.length > 0) throw new Error(`answered ${JSON.stringify(statuses)}`);
  return statuses["200"] ?? 0;
}

/** Every scanner stays on one connection, so its messages stay in order. */
export function lanes(
  scanners: readonly BenchScanner[],
  turns: number,
  make: (scanner: BenchScanner, turn: number) => Buffer,
): Buffer[][] {
  const connections: Buffer[][] = Array.from({ length: CONNECTIONS }, () => []);
  for (let turn = 0; turn < turns; turn += 1)
    for (const [index, scanner] of scanners.entries())
      connections[index % CONNECTIONS]?.push(make(scanner, turn));
  return connections;
}

/**
 * A heartbeat says "nothing changed since": the server must have heard what. Few at a time: the first transactions of a fresh process
 * are slow, and what waits five seconds is told to come again.
 * @returns the digest of what it heard
 */
export async function firstReports(
  load: Program,
  port: number,
  scanners: readonly BenchScanner[],
): Promise<string> {
  const facts = realisticFacts();
  const requests = scanners.map((scanner) =>
    signedRequest(scanner, "report", reportMessage(scanner, 1, facts)),
  );
  const [warmUp = [], rest = []] = [requests.slice(0, 4), requests.slice(4)];
  const inFours = [0, 1, 2, 3].map((lane) => rest.filter((_, index) => index % 4 === lane));
  for (const connections of [[warmUp], inFours])
    onlySuccesses((await load.ask<LoadAnswer>({ port, connections, perSecond: null })).statuses);
  return factsDigest(facts);
}

export type Portal = { port: number; url: string; pid: number };

export async function startPortal(context: Context, appUrl: string, name = "portal"): Promise<Portal> {
  const dataFolder = join(context.folder, name);
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const program = await startProgram(context, "portal-server", { execArgv: profiling() });
  const { port, url } = await program.ask<PortalAnswer>({ appUrl, dataFolder });
  return { port, url, pid: program.pid };
}

/** `FIDUCIAL_BENCH_PROFILE=<folder>` leaves a CPU profile of the server there. */
function profiling(): string[] {
  const folder = process.env.FIDUCIAL_BENCH_PROFILE;
  const maps = ["--enable-source-maps"];
  return folder === undefined ? maps : [...maps, "--cpu-prof", `--cpu-prof-dir=${folder}`];
}
