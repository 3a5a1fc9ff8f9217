import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type Product = {
  url: string;
  port: number;
  data: string;
  log(): string;
  /** Ends it as Ctrl-C does and removes its data. */
  stop(): Promise<void>;
};

/**
 * Starts the product with the README's command on a free port, in a folder of its own, and waits until it can serve. Without other
 * options it is an empty installation.
 */
export async function startProduct(options: readonly string[] = ["--empty"]): Promise<Product> {
  const data = mkdtempSync(path.join(tmpdir(), "fiducial-"));
  const port = await freePort();
  const process_ = await runProduct({ port, data, options });
  return {
    url: process_.url,
    port,
    data,
    log: process_.log,
    stop: async () => {
      await process_.interrupt();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

export type ProductProcess = {
  url: string;
  log(): string;
  /** Ctrl-C in a terminal reaches the whole process group; nothing may be left running afterwards. */
  interrupt(): Promise<void>;
  /** kill -9 of the whole process group: nothing gets to clean up. */
  kill(): Promise<void>;
};

/** One run of the product over a data folder that outlives it. */
export async function runProduct(at: {
  port: number;
  data: string;
  options?: readonly string[];
}): Promise<ProductProcess> {
  const url = `http://localhost:${at.port}`;
  const { PORT: _port, HOST: _host, DATABASE_URL: _database, ...rest } = process.env;
  const child = spawn("npm", ["start", "--silent", "--", ...(at.options ?? ["--empty"])], {
    env: { ...rest, PORT: String(at.port), FIDUCIAL_DATA: at.data },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-200_000);
    });
  }
  await untilServing(url, child, () => log);
  const signal = async (name: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      process.kill(-child.pid, name);
    }
    await gone;
  };
  return { url, log: () => log, interrupt: () => signal("SIGINT"), kill: () => signal("SIGKILL") };
}

async function untilServing(url: string, child: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 1800; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the product ended with ${child.exitCode}:\n${log()}`);
    const answer = await fetch(`${url}/healthz`).catch(() => null);
    if (answer?.status === 200) return;
    await sleep(100);
  }
  throw new Error(`the product does not serve:\n${log()}`);
}

export function freePort(): Promise<number> {
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
