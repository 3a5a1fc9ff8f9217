import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { Server } from "node:http";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as z from "zod";
import { type HttpSource, openSource } from "#agent/fetch/http-source.ts";
import { WATCHED } from "#demo/attack/attacks.ts";
import { firstRootsFolder } from "#demo/ceremony/hold-ceremony.ts";
import { publishReleases } from "#demo/ceremony/publish.ts";
import { WATCHABLE } from "#demo/change/pace.ts";
import { FAULT_IDS } from "#demo/fault/fault-id.ts";
import { Fleet } from "#demo/fleet/fleet.ts";
import { FleetAttacks } from "#demo/fleet/fleet-attacks.ts";
import { membersOf, type Wanted } from "#demo/fleet/members.ts";
import { SteadyClock } from "#demo/host/clock.ts";
import { SafetyRounds } from "#demo/host/safety-daemon.ts";
import { Stage } from "#demo/host/stage.ts";
import { Systems } from "#demo/host/systems.ts";
import { readFleetFile } from "#demo/plan/fleet-file.ts";
import { planFleet } from "#demo/plan/plan.ts";
import { readFleetSecret } from "#demo/plan/scanner-key.ts";
import { createControlServer } from "#demo/tray/control-server.ts";
import { loadServerKey } from "#server/http/server-key.ts";

/**
 * `node dist/demo/fleet.mjs --server URL --data DIR --port P [--fault F12@SERIAL]…`: runs the agents of all scanners of the fleet that
 * was made in that folder, and the dock's small server. Ends with SIGTERM, SIGINT, or the end of its standard input.
 */
const faultSchema = z.string().transform((text, context): Wanted => {
  const [fault, serial] = text.split("@");
  const known = z.enum(FAULT_IDS).safeParse(fault);
  if (known.success && serial !== undefined && serial !== "") return { fault: known.data, serial };
  context.addIssue({ code: "custom", message: "must be a fault and a serial, such as F12@FM25-0137" });
  return z.NEVER;
});
const argsSchema = z.object({
  server: z.url(),
  data: z.string().min(1),
  port: z.coerce.number().int().min(0).max(65_535),
  fault: z.array(faultSchema).default([]),
});
type Args = z.infer<typeof argsSchema>;

/** All agents within this time: fast enough to be waited for, slow enough for two cores that also serve. */
const SPREAD_MS = 35_000;
const STOP_WITHIN_MS = 4_500;

async function main(): Promise<void> {
  const args = readArgs();
  const stopping = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stopping.abort());
  // The program that started this one holds the other end; where there is none, only signals count.
  process.stdin.on("end", () => stopping.abort()).on("error", () => stopping.abort());
  process.stdin.resume();
  const clock = new SteadyClock();
  const rounds = new SafetyRounds(clock);
  const { fleet, attacks } = await openFleet(args, { clock, rounds });
  const control = await listen(
    createControlServer({
      ...{ fleet, attacks },
      folder: join(projectFolder(), "demo", "tray"),
      nowMs: Date.now,
      log: complain,
    }),
    args.port,
  );
  const aborted = new Promise((done) => stopping.signal.addEventListener("abort", done, { once: true }));
  await untilServing(args.server, stopping.signal);
  await publish(args);
  const started = fleet.start().then(() => tell(fleet));
  await aborted;
  control.close();
  control.closeAllConnections();
  await Promise.race([Promise.all([started, attacks.attacks.stop(), fleet.stop()]), pause(STOP_WITHIN_MS)]);
  rounds.stop();
  process.exit(0);
}

function readArgs(): Args {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: {
      server: text,
      data: text,
      port: text,
      fault: { ...text, multiple: true },
    },
  });
  const parsed = argsSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`--${String(issue?.path[0])}: ${issue?.message ?? "not understood"}`);
}

type Time = { clock: SteadyClock; rounds: SafetyRounds };

async function openFleet(
  { data, server, fault }: Args,
  { clock, rounds }: Time,
): Promise<{ fleet: Fleet; attacks: FleetAttacks }> {
  const file = await readFleetFile(data);
  if (file === null) throw new Error(`no fleet was made in ${data}`);
  const plan = planFleet(file);
  const systems = new Systems(plan.releases);
  const secret = await readFleetSecret(data);
  const { publicKeyRaw } = await loadServerKey(data);
  const firstRoots = firstRootsFolder(data);
  const agents = join(data, "agents");
  await mkdir(agents, { recursive: true, mode: 0o700 });
  const stage = new Stage({ clock, systems, rounds });
  const changes = existsSync(firstRoots)
    ? { firstRoots, metadata: metadataOf(server), pace: WATCHABLE }
    : null;
  const fleet = new Fleet({
    members: membersOf({ plan, systems, secret, wanted: fault, nowMs: Date.now() }),
    ...{ stage, changes },
    server: { url: server, publicKey: Buffer.from(publicKeyRaw).toString("base64") },
    agents,
    spreadMs: SPREAD_MS,
    log: complain,
  });
  const plannedMs = plan.nowMs;
  const attacks = new FleetAttacks({
    ...{ fleet, stage, changes, data, plannedMs, rhythm: WATCHED, log: complain },
  });
  return { fleet, attacks };
}

function metadataOf(server: string): HttpSource {
  const url = new URL("/agent/v1/tuf", server).href;
  return openSource(url, { proxy: { httpsProxy: null, noProxy: "" }, extraCa: null });
}

/** A fleet without its releases lives on; it cannot be changed then, and the pages say why. */
async function publish({ server, data }: Args): Promise<void> {
  try {
    await publishReleases(server, data);
  } catch (error) {
    complain(`its releases are not published: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The folder that holds package.json, wherever this runs from: the bundle in dist/demo, or the source. */
function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("package.json is in no folder above this program");
    folder = parent;
  }
  return folder;
}

function listen(server: Server, port: number): Promise<Server> {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", () => done(server));
  });
}

const LOOK_MS = 500;

async function untilServing(url: string, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const answer = await fetch(new URL("/healthz", url)).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.status === 200) return;
    await pause(LOOK_MS);
  }
}

function tell(fleet: Fleet): void {
  const { scanners, running } = fleet.counts;
  process.stdout.write(
    `${running.toLocaleString("en")} of ${scanners.toLocaleString("en")} scanners report.\n`,
  );
}

function complain(line: string): void {
  process.stderr.write(`fleet: ${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`fleet: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
