import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";

/**
 * What an agent listens to on a scanner: a safety daemon that says a line every second (docs/safety-socket.md), and two owners of
 * devices that publish their values every five seconds.
 */
export type SurroundingsAsk = {
  runDir: string;
  /** A measured value moves with every writing, so that the agent makes a whole report each time. */
  restless: boolean;
};

const STATE_MS = 1_000;
const FACTS_MS = 5_000;
const VALUES = 30;

function speak(socket: Socket): void {
  const hello = { type: "hello", schema: "fiducial.safety/1", daemon: "bench", version: "1.0" };
  const state = {
    type: "state",
    state: "ok",
    chain: ["estop", "door", "interlock", "limits"].map((id) => ({ id, state: "closed" })),
    latched: false,
    permission: true,
    bypasses: [],
    limitsHash: "ab".repeat(32),
    energised: false,
    scanState: "idle",
    lastSelfTestAtMs: 1_795_353_600_000,
  };
  const write = (line: object) => socket.write(`${JSON.stringify(line)}\n`);
  write(hello);
  write(state);
  const timer = setInterval(() => write(state), STATE_MS);
  socket.on("close", () => clearInterval(timer)).on("error", () => clearInterval(timer));
}

function publish(folder: string, owner: string, reading: number): void {
  const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const uptimeMs = Math.round(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1000);
  const facts = Array.from({ length: VALUES }, (_, index) => ({
    id: `reading-${index}`,
    value: index === 0 ? reading : 20 + index,
    unit: "degC",
    quality: "good",
  }));
  const temporary = join(folder, `.${owner}`);
  writeFileSync(temporary, JSON.stringify({ schema: "fiducial.facts/1", owner, bootId, uptimeMs, facts }));
  renameSync(temporary, join(folder, `${owner}.json`));
}

process.once("message", ({ runDir, restless }: SurroundingsAsk) => {
  const folder = join(runDir, "facts.d");
  mkdirSync(folder, { recursive: true });
  let reading = 0;
  const round = () => {
    if (restless) reading += 1;
    for (const owner of ["daq", "cooling"]) publish(folder, owner, reading);
  };
  round();
  setInterval(round, FACTS_MS);
  createServer(speak).listen(join(runDir, "safety.sock"), () => process.send?.("listening"));
});
process.send?.("ready");
