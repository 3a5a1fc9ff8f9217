import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The built server as a bare process over a data folder: what a supervisor would start again and again. */
export class ServerProcess {
  readonly url: string;
  readonly #port: number;
  readonly #data: string;
  #child: ChildProcess | null = null;
  #log = "";

  constructor(at: { port: number; data: string }) {
    this.#port = at.port;
    this.#data = at.data;
    this.url = `http://localhost:${at.port}`;
  }

  async start(): Promise<void> {
    const { DATABASE_URL: _database, HOST: _host, ...rest } = process.env;
    const child = spawn(process.execPath, ["dist/server/main.mjs"], {
      env: {
        ...rest,
        PORT: String(this.#port),
        FIDUCIAL_DATA: this.#data,
        FIDUCIAL_POSTGRES: "npm",
        NODE_ENV: "production",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#log = (this.#log + chunk.toString()).slice(-100_000);
      });
    }
    await this.untilServing();
  }

  async untilServing(): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      const ended = this.#child === null || this.#child.exitCode !== null || this.#child.signalCode !== null;
      if (ended)
        throw new Error(
          `the server ended (${this.#child?.exitCode ?? this.#child?.signalCode}):\n${this.#log}`,
        );
      const answer = await fetch(`${this.url}/healthz`).catch(() => null);
      if (answer?.status === 200) return;
      await sleep(50);
    }
    throw new Error(`the server does not serve:\n${this.#log}`);
  }

  /** kill -9 of the server alone; its PostgreSQL lives on. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.#end("SIGINT");
  }

  /** kill -9 of the postmaster; its children end when they notice. */
  killPostgres(): void {
    const database = path.join(this.#data, "database");
    const folder = readdirSync(database).find((name) => /^pg\d+$/.test(name));
    const pid = Number(
      readFileSync(path.join(database, folder ?? "", "postmaster.pid"), "utf8").split("\n")[0],
    );
    process.kill(pid, "SIGKILL");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  }
}
