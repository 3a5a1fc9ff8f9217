import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The built server as a bare process over a data folder: what a supervisor would start again and again. */
export class ServerProcess {
  readonly url: string;
  readonly #port: number;
  readonly #data: string;
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;
  #log = "";
  #killedPostmaster: number | null = null;

  /** @param settings more of the server's environment */
  constructor(at: { port: number; data: string }, settings: Readonly<Record<string, string>> = {}) {
    this.#port = at.port;
    this.#data = at.data;
    this.#settings = settings;
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
        ...this.#settings,
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
      if (ended) {
        // Its last words may still be in the pipe when it is already gone.
        await sleep(200);
        const status = this.#child?.exitCode ?? this.#child?.signalCode;
        throw new Error(`the server ended (${status}):\n${this.#log.slice(-5_000)}`);
      }
      const answer = await fetch(`${this.url}/healthz`).catch(() => null);
      if (answer?.status === 200) return;
      await sleep(50);
    }
    throw new Error(`the server does not serve:\n${this.#log.slice(-5_000)}`);
  }

  /** kill -9 of the server alone; its PostgreSQL lives on. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.#end("SIGINT");
  }

  /**
   * kill -9 of the postmaster; its children end when they notice. Waits for one that was not killed before: what its predecessor's last
   * connection still answers says nothing about a successor, and while one starts there is no file that names it.
   */
  async killPostgres(): Promise<void> {
    const pid = await this.untilPostgres();
    process.kill(pid, "SIGKILL");
    this.#killedPostmaster = pid;
  }

  /** Waits for a postmaster that was not killed; its pid. */
  async untilPostgres(): Promise<number> {
    for (let tries = 0; tries < 1_200; tries += 1) {
      const pid = this.#postmaster();
      if (pid !== null && pid !== this.#killedPostmaster) return pid;
      await sleep(50);
    }
    throw new Error(`no PostgreSQL was started again:\n${this.#log.slice(-5_000)}`);
  }

  #postmaster(): number | null {
    const database = path.join(this.#data, "database");
    const folder = readdirSync(database).find((name) => /^pg\d+$/.test(name));
    const file = path.join(database, folder ?? "", "postmaster.pid");
    const pid = Number(textIfThere(file).split("\n")[0]);
    return pid > 0 && existsSync(`/proc/${pid}`) ? pid : null;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  }
}

/** Empty when there is no such file: a starting PostgreSQL removes and makes it at any moment. */
function textIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
