import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { durableWrite, errorCode } from "#agent/link/durable.ts";

declare const FIDUCIAL_FAULTS: boolean | string | undefined;

/** A text: where the file is, for a test that has to keep its durable writes off the scanner's disk. */
const BUILT = typeof FIDUCIAL_FAULTS === "undefined" ? false : FIDUCIAL_FAULTS;

/** Lines `<point>:<kind>`; the first that fits is taken out before it strikes, so that each strikes once, also after a boot. */
const FAULTS_FILE = typeof BUILT === "string" ? BUILT : "/var/lib/fiducial-faults";

/** Only in a build that was made for it (scripts/build-agent.mjs); everywhere else this is nothing, and the file is never looked at. */
export const faultHook: (point: string) => Promise<void> = BUILT !== false ? strike : () => Promise.resolve();

async function strike(point: string): Promise<void> {
  const lines = await faultLines();
  const found = lines.find((line) => line.startsWith(`${point}:`));
  if (found === undefined) return;
  await durableWrite(FAULTS_FILE, lines.filter((line) => line !== found).join("\n"));
  const kind = found.slice(point.length + 1);
  if (kind === "kill") process.kill(process.pid, "SIGKILL");
  if (kind === "park") {
    await durableWrite(`${FAULTS_FILE}.parked`, point);
    await new Promise(() => setInterval(() => {}, 60_000));
  }
  if (kind === "hold") return await held(point);
  throw Object.assign(new Error(`fault ${found}`), { code: kind });
}

const LOOK_EVERY_MS = 50;

/** Waits until the test has done to the scanner what it wanted to, and then goes on. */
async function held(point: string): Promise<void> {
  const file = `${FAULTS_FILE}.held`;
  await durableWrite(file, point);
  while ((await readFile(file, "utf8").catch(() => null)) !== null) await sleep(LOOK_EVERY_MS);
}

async function faultLines(): Promise<string[]> {
  try {
    return (await readFile(FAULTS_FILE, "utf8")).split("\n").filter((line) => line !== "");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}
