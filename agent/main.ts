import { setTimeout as pause } from "node:timers/promises";
import { loadConfig } from "#agent/config.ts";
import { messageOf } from "#agent/link/durable.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { type RunningAgent, runAgent } from "#agent/run-agent.ts";
import { BUILD, VERSION } from "#agent/version.ts";

/**
 * fiducial-agent: the service on a scanner. Unprivileged, opens no port, changes nothing. A machine that is not enrolled yet is
 * not a failure: the service waits for `fiducial enroll`.
 */
const EXIT_FAILED = 1;
const LOOK_FOR_IDENTITY_MS = 15_000;

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  log(`fiducial-agent ${VERSION} (${BUILD})`);
  const agent = await enrolledAgent(stop.signal);
  if (agent === null) return 0;
  await Promise.race([agent.done, aborted(stop.signal)]);
  await agent.stop();
  return 0;
}

/** Also for one that was aborted before anybody listened: a service may be stopped while it starts. */
function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** Null: asked to stop before there was an identity. */
async function enrolledAgent(stop: AbortSignal): Promise<RunningAgent | null> {
  let said = false;
  while (!stop.aborted) {
    try {
      return await runAgent(loadConfig("service", {}), linuxSystem(), log);
    } catch (error) {
      if (!(error instanceof LinkError) || error.code !== "not-enrolled") throw error;
      if (!said) log(error.message);
      said = true;
    }
    await pause(LOOK_FOR_IDENTITY_MS, undefined, { signal: stop }).catch((error: Error) => {
      if (error.name !== "AbortError") throw error;
    });
  }
  return null;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`fiducial-agent: ${messageOf(error)}\n`);
  if (!(error instanceof LinkError) && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  process.exit(EXIT_FAILED);
}
