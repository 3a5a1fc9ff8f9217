import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type Product = { url: string; data: string; log(): string; stop(): Promise<void> };

/** Starts an empty installation with the README's command on a free port, in a folder of its own, and waits until it can serve. */
export async function startProduct(): Promise<Product> {
  const data = mkdtempSync(path.join(tmpdir(), "fiducial-e2e-"));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const { PORT: _port, HOST: _host, DATABASE_URL: _database, ...rest } = process.env;
  const child = spawn("npm", ["start", "--silent", "--", "--empty"], {
    env: { ...rest, PORT: String(port), FIDUCIAL_DATA: data },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (log += chunk.toString()));
  await untilServing(url, child, () => log);
  return {
    url,
    data,
    log: () => log,
    stop: async () => {
      await interrupt(child);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function untilServing(url: string, child: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 1200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the product ended with ${child.exitCode}:\n${log()}`);
    const answer = await fetch(`${url}/healthz`).catch(() => null);
    if (answer?.status === 200) return;
    await sleep(100);
  }
  throw new Error(`the product does not serve:\n${log()}`);
}

/** Ctrl-C in a terminal reaches the whole process group; nothing may be left running afterwards. */
async function interrupt(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid, "SIGINT");
  await gone;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
