import { access, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { identityPath } from "#agent/link/identity.ts";
import { signingKey } from "#agent/link/keys.ts";
import type { HostSystem } from "#demo/host/systems.ts";

/** Where the numbers of a scanner stand in what the server already has of it. */
type Numbers = { bootId: string; bootCounter: number; startCounter: number; seq: number };

export type Member = {
  scannerId: string;
  serial: string;
  enrolledAtMs: number;
  privateKeyPem: string;
  numbers: Numbers;
};

export type Folders = { stateDir: string; runDir: string };

function foldersOf(agents: string, serial: string): Folders {
  const home = join(agents, serial);
  return { stateDir: join(home, "state"), runDir: join(home, "run") };
}

/** Path lists of closures, one file for all scanners that have one; each run folder has a link to it. */
const SHARED_LISTS = "closures";

export type Server = { url: string; publicKey: string };

/**
 * Makes the folders an agent of this scanner starts over, as enrolment and its life so far would have left them. Counters that an
 * agent has gone on counting are kept; those of another fleet in the same place are not.
 */
export async function prepareFolders(agents: string, member: Member, server: Server): Promise<Folders> {
  const folders = foldersOf(agents, member.serial);
  const { stateDir, runDir } = folders;
  const identity = identityText(member, server);
  const known = await readOrNull(identityPath(stateDir));
  if (known === identity) return folders;
  const isOther = known !== null && idOf(known) !== member.scannerId;
  if (isOther) await rm(stateDir, { recursive: true });
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await mkdir(runDir, { recursive: true });
  await linkOnce(join("..", "..", SHARED_LISTS), join(runDir, SHARED_LISTS));
  if (known === null || isOther)
    await writeFile(join(stateDir, "counters.json"), countersText(member.numbers));
  // Last: a folder with an identity is a whole one.
  await writeFile(identityPath(stateDir), identity, { mode: 0o600 });
  return folders;
}

function identityText({ scannerId, serial, privateKeyPem, enrolledAtMs }: Member, server: Server): string {
  return `${JSON.stringify(
    {
      format: "fiducial.identity/1",
      state: "enrolled",
      privateKey: privateKeyPem,
      keyId: signingKey(privateKeyPem).keyId,
      bornAtMs: enrolledAtMs,
      scannerId,
      serial,
      serverUrl: server.url,
      serverPublicKey: server.publicKey,
      serverTrust: "fingerprint",
      enrolledAtMs,
    },
    null,
    2,
  )}\n`;
}

function idOf(identity: string): unknown {
  const json: unknown = JSON.parse(identity);
  return typeof json === "object" && json !== null && "scannerId" in json ? json.scannerId : null;
}

function countersText({ bootId, bootCounter, startCounter, seq }: Numbers): string {
  const counters = { format: "fiducial.counters/1", bootId, bootCounter, startCounter };
  return `${JSON.stringify({ ...counters, reservedSeq: seq, droppedReports: 0 })}\n`;
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
}

async function linkOnce(target: string, path: string): Promise<void> {
  try {
    await symlink(target, path);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  }
}

/** Leaves the path list of a closure where agents look for what the server asks them for. */
export async function keepPathList(agents: string, system: HostSystem): Promise<void> {
  const folder = join(agents, SHARED_LISTS);
  const path = join(folder, `${system.digest}.json`);
  try {
    await access(path);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
    await mkdir(folder, { recursive: true });
    await writeFile(path, JSON.stringify(system.list()));
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
