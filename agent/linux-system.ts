import { constants, lstatSync, readFileSync, readlinkSync, type Stats, watch } from "node:fs";
import { lstat, open, readdir, readlink, realpath, stat, statfs } from "node:fs/promises";
import { connect } from "node:net";
import { posix } from "node:path";
import { runProgram } from "#agent/run-program.ts";
import type { FileInfo, Outcome, Problem, System } from "#agent/system.ts";

const DEFAULT_MAX_BYTES = 1024 * 1024;
const CONNECT_TIMEOUT_MS = 5_000;
/** Linux follows at most this many links in one path (path_resolution(7)). */
const MAX_LINKS = 40;

const PROBLEM_OF_ERRNO: Record<string, Problem> = {
  ENOENT: "missing",
  ENOTDIR: "missing",
  EACCES: "denied",
  EPERM: "denied",
  ETIMEDOUT: "timeout",
};

/**
 * The Linux host, or a folder that looks like one: with a `root`, absolute links lead back to that root and `..` stops at
 * it, so a scanner made of fixtures can never answer with facts of the machine that runs the test.
 */
export function linuxSystem(root = ""): System {
  const locate = root === "" ? (path: string) => path : (path: string) => root + insideRoot(root, path, true);
  const locateLink =
    root === "" ? (path: string) => path : (path: string) => root + insideRoot(root, path, false);
  return {
    readText: (path, maxBytes = DEFAULT_MAX_BYTES, encoding = "utf8") =>
      attempt(async () => (await readBounded(locate(path), maxBytes)).toString(encoding)),
    readLink: (path) => attempt(() => readlink(locateLink(path))),
    list: (path) => attempt(async () => (await readdir(locate(path))).sort()),
    info: (path) => attempt(async () => fileInfo(await lstat(locateLink(path)))),
    resolve: (path) => attempt(() => (root === "" ? realpath(path) : existing(root, path))),
    disk: (path) => attempt(() => diskSpace(locate(path))),
    connect: (path) => attempt(() => connectUnix(locate(path))),
    run: runProgram,
    watch: (folder, changed) => watchFolder(() => locate(folder), changed),
    nowMs: () => Date.now(),
    monotonicMs: bootClockMs,
  };
}

/** A refusal of this port that has no errno of its own. */
class Refusal extends Error {
  readonly problem: Problem;
  constructor(problem: Problem, message: string) {
    super(message);
    this.problem = problem;
  }
}

async function attempt<T>(action: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await action() };
  } catch (error) {
    return refused(error);
  }
}

function refused(error: unknown): { ok: false; problem: Problem; detail: string } {
  if (!(error instanceof Error)) return { ok: false, problem: "failed", detail: String(error) };
  if (error instanceof Refusal) return { ok: false, problem: error.problem, detail: error.message };
  const code = "code" in error ? String(error.code) : "";
  return { ok: false, problem: PROBLEM_OF_ERRNO[code] ?? "failed", detail: error.message };
}

/**
 * Only regular files are opened, and without waiting: a device may react to being opened (SEE-16), and a FIFO in facts.d would
 * hold the agent for ever. Files of /proc say size 0, so the bound is on what is read, not on what stat promises.
 */
async function readBounded(path: string, maxBytes: number): Promise<Buffer> {
  if (!(await stat(path)).isFile()) throw new Refusal("failed", "not a regular file");
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const chunks: Buffer[] = [];
    let total = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(Math.min(maxBytes + 1 - total, 16 * 1024));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) return Buffer.concat(chunks, total);
      chunks.push(chunk.subarray(0, bytesRead));
      total += bytesRead;
      if (total > maxBytes) throw new Refusal("too-large", `over ${maxBytes} bytes`);
    }
  } finally {
    await file.close();
  }
}

function fileInfo(found: Stats): FileInfo {
  return {
    kind: kindOf(found),
    size: found.size,
    modifiedMs: Math.trunc(found.mtimeMs),
    changedMs: Math.trunc(found.ctimeMs),
    mode: found.mode & 0o7777,
    gid: found.gid,
  };
}

function kindOf(found: Stats): FileInfo["kind"] {
  if (found.isFile()) return "file";
  if (found.isDirectory()) return "folder";
  if (found.isSymbolicLink()) return "link";
  if (found.isCharacterDevice()) return "char";
  if (found.isBlockDevice()) return "block";
  return found.isSocket() ? "socket" : "other";
}

async function existing(root: string, path: string): Promise<string> {
  const inside = insideRoot(root, path, true);
  await lstat(root + inside);
  return inside === "" ? "/" : inside;
}

async function diskSpace(path: string) {
  const found = await statfs(path);
  return {
    totalBytes: found.blocks * found.bsize,
    freeBytes: found.bavail * found.bsize,
    // File systems that make inodes as they need them (btrfs, vfat) say 0 of 0.
    freeInodes: found.files === 0 ? null : found.ffree,
  };
}

function connectUnix(path: string) {
  return new Promise<ReturnType<typeof connect>>((resolve, reject) => {
    const socket = connect({ path });
    const timer = setTimeout(
      () => socket.destroy(new Refusal("timeout", "no answer to connect")),
      CONNECT_TIMEOUT_MS,
    );
    const settle = (done: () => void) => () => {
      clearTimeout(timer);
      done();
    };
    socket.once(
      "connect",
      settle(() => {
        socket.off("error", reject);
        resolve(socket);
      }),
    );
    socket.once("error", reject);
    socket.once("close", () => clearTimeout(timer));
  });
}

function watchFolder(locate: () => string, changed: (name: string) => void): Outcome<() => void> {
  try {
    const watcher = watch(locate(), (event, name) => {
      // "change" is only a write or a new time stamp; all state of interest is renamed into place.
      if (event === "rename") changed(name ?? "");
    });
    // A watch that dies is reported as a change without a name: whoever listens looks again and attaches anew.
    watcher.on("error", () => {
      watcher.close();
      changed("");
    });
    return { ok: true, value: () => watcher.close() };
  } catch (error) {
    return refused(error);
  }
}

/**
 * Walks a path as the kernel would after chroot(root): each link is read, an absolute target starts again at the root.
 * Synchronous because only fixtures and simulated hosts have a root. Returns the path below the root, "" for the root itself.
 */
function insideRoot(root: string, path: string, followLast: boolean): string {
  let pending = posix.normalize(`/${path}`).split("/").filter(Boolean);
  let links = 0;
  let done = "";
  while (pending.length > 0) {
    const [part, ...rest] = pending as [string, ...string[]];
    pending = rest;
    if (part === "..") {
      done = done.slice(0, Math.max(0, done.lastIndexOf("/")));
      continue;
    }
    const next = `${done}/${part}`;
    const target = rest.length > 0 || followLast ? linkTarget(root + next) : null;
    if (target === null) {
      done = next;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) throw new Refusal("failed", "too many links");
    if (target.startsWith("/")) done = "";
    pending = [...target.split("/").filter((one) => one !== "" && one !== "."), ...rest];
  }
  return done;
}

function linkTarget(path: string): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isSymbolicLink() === true ? readlinkSync(path) : null;
}

/**
 * CLOCK_BOOTTIME: it goes on in suspend, and it is the clock that publishers of facts.d can read too (proc(5), /proc/uptime, 10 ms steps).
 * Where there is no /proc, Node's own monotonic clock must do.
 */
function bootClockMs(): number {
  try {
    const seconds = Number.parseFloat(readFileSync("/proc/uptime", "utf8"));
    if (Number.isFinite(seconds)) return Math.round(seconds * 1000);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
  }
  return Math.round(performance.now());
}
