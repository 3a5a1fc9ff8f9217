import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AgentConfig, loadConfig, readCaFile } from "#agent/config.ts";
import { askActivator } from "#agent/fetch/ask-activator.ts";
import type { CacheSource } from "#agent/fetch/fetch-path.ts";
import { calm, openSource } from "#agent/fetch/http-source.ts";
import { type FetchResult, runFetch } from "#agent/fetch/run-fetch.ts";
import { openSpool } from "#agent/fetch/spool.ts";
import { AS_FAST_AS_IT_GOES, type Throttle, throttle } from "#agent/fetch/throttle.ts";
import { durableFolder, messageOf, readKept } from "#agent/link/durable.ts";
import { FETCH_EXIT } from "#agent/link/fetch-plan.ts";
import { type EnrolledIdentity, loadIdentity } from "#agent/link/identity.ts";
import { lockInstance } from "#agent/link/instance-lock.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { readBootId } from "#agent/run-agent.ts";
import { openTrust } from "#agent/trust/trust.ts";
import { BUILD, VERSION } from "#agent/version.ts";
import { CHANGE_SETTINGS_FILE, changeSettingsSchema } from "#core/change/settings.ts";
import { ACTIVATE_SOCKET } from "#core/change/verbs.ts";

/**
 * fiducial-fetch: brings signed metadata and the files of a release into the spool, and ends. Same user as the agent, no right of its own;
 * the agent starts it (agent/link/fetch-runner.ts). What it brings counts for nothing until the activator has verified it again.
 */
const DOWNLOADS_AT_A_TIME = 2;

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<FetchResult> {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  const config = loadConfig("service", {});
  const { identity } = await loadIdentity(config.stateDir);
  const folder = join(config.stateDir, "trust");
  await durableFolder(folder);
  const unlock = await lockInstance(folder, await readBootId(linuxSystem()));
  try {
    return await fetchWith(config, identity, folder, stop.signal);
  } finally {
    await unlock();
  }
}

async function fetchWith(
  config: AgentConfig,
  identity: EnrolledIdentity,
  folder: string,
  signal: AbortSignal,
): Promise<FetchResult> {
  const { scannerId, serverUrl } = identity;
  const server = serverUrl.replace(/\/$/, "");
  const route = { proxy: config.proxy, extraCa: readCaFile(config.caFile) };
  const places = [`${server}/agent/v1/cache`, ...(await ownCaches())];
  const caches = Array.from({ length: DOWNLOADS_AT_A_TIME }, () =>
    places.map((name): CacheSource => ({ name, source: openSource(name, route) })),
  );
  const metadata = openSource(`${server}/agent/v1/tuf`, route);
  const trust = openTrust({ folder, firstRoots: await firstRoots(config), scannerId, nowMs: Date.now });
  const activateSocket = config.activateSocket ?? ACTIVATE_SOCKET;
  const clockMs = () => performance.now();
  try {
    const spool = openSpool(config.spoolDir);
    return await runFetch({
      trust,
      scannerId,
      metadata,
      caches,
      spool,
      throttle: throttleOf(config, signal),
      ask: (request) => askActivator(activateSocket, request, signal),
      signal,
      clockMs,
      log,
    });
  } finally {
    metadata.close();
    for (const { source } of caches.flat()) source.close();
  }
}

function throttleOf({ downloadBytesPerSecond }: AgentConfig, signal: AbortSignal): Throttle {
  if (downloadBytesPerSecond === null) return AS_FAST_AS_IT_GOES;
  const sleep = (ms: number) => calm(ms, signal);
  return throttle(downloadBytesPerSecond, { nowMs: () => performance.now(), sleep });
}

/** Caches that the scanner's own configuration names: hints where to look, so that a file that cannot be read only means fewer of them. */
async function ownCaches(): Promise<string[]> {
  const kept = await readKept(CHANGE_SETTINGS_FILE, changeSettingsSchema);
  if (kept.state === "kept") return kept.value.caches;
  if (kept.state !== "missing") log(`${CHANGE_SETTINGS_FILE}: ${kept.detail}`);
  return [];
}

async function firstRoots({ firstRootsDir }: AgentConfig) {
  const read = async (name: string) => {
    const path = join(firstRootsDir, `${name}.root.json`);
    try {
      return await readFile(path);
    } catch (error) {
      throw new LinkError("bad-config", `The first root ${path} cannot be read: ${messageOf(error)}.`, {
        cause: error,
      });
    }
  };
  return { release: await read("release"), director: await read("director") };
}

try {
  log(`fiducial-fetch ${VERSION} (${BUILD})`);
  const { result, detail } = await main();
  log(`${result}: ${detail}`);
  process.exitCode = FETCH_EXIT[result];
} catch (error) {
  if (!(error instanceof LinkError) && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  process.stderr.write(`fiducial-fetch: ${messageOf(error)}\n`);
  // Started by hand while the agent's own is at work: nothing is wrong.
  const isBusy = error instanceof LinkError && error.code === "already-running";
  process.exitCode = isBusy ? FETCH_EXIT.later : FETCH_EXIT.failed;
}
