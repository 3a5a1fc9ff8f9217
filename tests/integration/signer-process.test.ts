import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { signerClient } from "#server/signer/client.ts";

/** The product as `npm start` runs it: the server, and beside it the process that holds the keys. */
let server: ChildProcess;
let data: string;
let said = "";

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "fiducial-two-"));
  await start();
});
afterAll(() => {
  server.kill("SIGKILL");
  rmSync(data, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const port = await freePort();
  server = spawn(process.execPath, ["scripts/run-server.mjs"], {
    env: {
      ...process.env,
      PORT: String(port),
      HOST: "127.0.0.1",
      FIDUCIAL_DATA: data,
      FIDUCIAL_POSTGRES: "npm",
      NODE_ENV: "production",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [server.stdout, server.stderr])
    stream?.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-20_000);
    });
  const health = async () => (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null))?.status;
  const waited = { timeout: 90_000, interval: 200 };
  await vi.waitFor(async () => expect([await health(), said]).toEqual([200, said]), waited);
  await vi.waitFor(async () => expect(await answers()).toBe(true), waited);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

const socket = () => join(data, "signer", "signer.sock");
const answers = async () => (await signerClient(socket()).ask({ verb: "keys" })).ok;

/** Children of the server that run the signer's program. */
function signers(): number[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^[0-9]+$/.test(pid)) return [];
    const line = read(`/proc/${pid}/cmdline`);
    const environment = read(`/proc/${pid}/environ`);
    return line.includes("dist/signer/main.mjs") && environment.includes(data) ? [Number(pid)] : [];
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Every way in which a private key of the signer can be spelled. */
function secrets(): Buffer[] {
  const stored = JSON.parse(readFileSync(join(data, "signer", "keys.json"), "utf8")) as Record<
    string,
    string
  >;
  return Object.values(stored).flatMap((pem) => {
    const body = pem.split("\n")[1] ?? "";
    const seed = Buffer.from(body, "base64").subarray(-32);
    return [seed, Buffer.from(body), Buffer.from(seed.toString("hex")), Buffer.from(body, "utf16le")];
  });
}

const PIECE = 8 * 1024 * 1024;

/** Reads all memory of a process that it may write to, as a debugger would. */
function memoryHolds(pid: number, wanted: readonly Buffer[]): boolean {
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const overlap = Math.max(...wanted.map(({ length }) => length));
  for (const line of read(`/proc/${pid}/maps`).split("\n")) {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
    if (from === undefined || to === undefined) continue;
    const end = Number.parseInt(to, 16);
    for (let at = Number.parseInt(from, 16); at < end; at += PIECE - overlap) {
      const piece = Buffer.alloc(Math.min(PIECE, end - at));
      const length = readAt(memory, piece, at);
      if (wanted.some((one) => piece.subarray(0, length).includes(one))) return true;
      if (at + PIECE >= end) break;
    }
  }
  return false;
}

function readAt(file: number, piece: Buffer, at: number): number {
  try {
    return readSync(file, piece, 0, piece.length, at);
  } catch {
    // Reserved and never touched.
    return 0;
  }
}

describe("the process that answers browsers [K-10]", () => {
  test("holds no private key: not in its memory, its environment or its open files", () => {
    const [signer] = signers();
    if (signer === undefined || server.pid === undefined) throw new Error("two processes expected");
    // What finds the key where it is finds it nowhere else.
    expect(memoryHolds(signer, secrets())).toBe(true);
    expect(memoryHolds(server.pid, secrets())).toBe(false);
    const environment = read(`/proc/${server.pid}/environ`);
    for (const secret of secrets()) expect(environment).not.toContain(secret.toString("latin1"));
    const open = readdirSync(`/proc/${server.pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${server.pid}/fd/${fd}`);
      } catch {
        return "";
      }
    });
    expect(open.filter((path) => path.includes(join(data, "signer")))).toEqual([]);
  });
});

describe("the signer lives and ends with the server", () => {
  test("a signer that died is started again", async () => {
    const [first] = signers();
    if (first === undefined) throw new Error("a signer expected");
    process.kill(first, "SIGKILL");
    await expect.poll(answers, { timeout: 20_000, interval: 200 }).toBe(true);
    expect(signers()).not.toContain(first);
  });

  test("a server that is killed takes it along, and the next one starts another with the same keys", async () => {
    const before = readFileSync(join(data, "signer", "online-keys.json"), "utf8");
    server.kill("SIGKILL");
    await expect.poll(() => signers().length, { timeout: 20_000, interval: 100 }).toBe(0);
    await start();
    expect(readFileSync(join(data, "signer", "online-keys.json"), "utf8")).toBe(before);
  });

  test("a server that stops in order stops it, too", async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
    await expect.poll(() => signers().length, { timeout: 20_000, interval: 100 }).toBe(0);
    expect(existsSync(join(data, "signer", "keys.json"))).toBe(true);
  });
});
