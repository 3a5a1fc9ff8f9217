import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { type ModuleIdentity, readElfModule } from "#agent/facts/elf-module.ts";
import { errorCode } from "#agent/link/durable.ts";

/** Why a module's file could not be read: a word for people. */
export type ModuleRead = { ok: true; identity: ModuleIdentity } | { ok: false; why: string };

/** The largest modules (a GPU driver with debug symbols) are about 100 MB when unpacked. */
const MOST_BYTES = 256 * 1024 * 1024;
const PATIENCE_MS = 60_000;
/** How kmod names what it compresses with, and who undoes it; Node undoes only the last. */
const UNPACK: readonly (readonly [string, string])[] = [
  [".ko.xz", "xz"],
  [".ko.zst", "zstd"],
];

/** Reads one module file of this host as root does, compressed or not. */
export async function readModuleFile(path: string): Promise<ModuleRead> {
  try {
    const unpacked = await bytesOf(path);
    if (typeof unpacked === "string") return { ok: false, why: unpacked };
    const identity = readElfModule(unpacked);
    return identity === null ? { ok: false, why: "not-a-module" } : { ok: true, identity };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { ok: false, why: errorCode(error) === "" ? "not-unpacked" : errorCode(error).toLowerCase() };
  }
}

/** The module's bytes, or why there are none. */
async function bytesOf(path: string): Promise<Buffer | string> {
  const program = UNPACK.find(([ending]) => path.endsWith(ending))?.[1];
  const file = await open(path, "r");
  try {
    if ((await file.stat()).size > MOST_BYTES) return "too-large";
    if (program !== undefined) return await unpack(program, file.fd);
    const bytes = await file.readFile();
    return path.endsWith(".gz") ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes;
  } finally {
    await file.close();
  }
}

function unpack(program: string, fd: number): Promise<Buffer | string> {
  return new Promise((resolve) => {
    const child = spawn(program, ["-d", "-c"], { stdio: [fd, "pipe", "ignore"] });
    const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    const chunks: Buffer[] = [];
    let total = 0;
    const end = (result: Buffer | string) => {
      clearTimeout(timer);
      resolve(result);
    };
    child.stdout?.on("data", (chunk: Buffer) => {
      total += chunk.length;
      if (total <= MOST_BYTES) chunks.push(chunk);
      else child.kill("SIGKILL");
    });
    child.once("error", (error) => end(errorCode(error) === "ENOENT" ? `no-${program}` : "not-unpacked"));
    child.once("close", (status) => end(status === 0 ? Buffer.concat(chunks, total) : "not-unpacked"));
  });
}
