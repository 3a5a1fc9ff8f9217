import { join } from "node:path";
import { SignedRepository, sha256 } from "#tests/support/signed-repository.ts";

/**
 * Both repositories of an installation in one folder, laid out as a server, a spool and a stick have them: `release/`,
 * `director/<scannerId>/`. Releases and instructions are plain JSON, so that a test can say anything in them.
 */
export const SCANNER_ID = "019a5b1e-0000-7000-8000-0000000000a1";
export const OTHER_SCANNER_ID = "019a5b1e-0000-7000-8000-0000000000a2";
export const CHANGE_ID = "019a5b1e-0000-7000-8000-0000000000c1";
const STORE_HASHES = "0123456789abcdfghijklmnpqrsvwxyz";

/** `/nix/store/<32 letters>-<name>`; the same name gives the same path. */
export function storePath(name: string): string {
  const digits = [...Buffer.from(sha256(name), "hex")].map((byte) => STORE_HASHES.charAt(byte % 32));
  return `/nix/store/${digits.join("")}-${name}`;
}

export type TestPath = { path: string; narHash: string; narSize: number; references: string[] };
export type TestRelease = {
  name: string;
  counter: number;
  floor?: number;
  withdrawn?: string | null;
  /** Default: a toplevel that refers to itself and to one library. */
  paths?: TestPath[];
  /** Default: the first path. */
  toplevel?: string;
  system?: string;
  for?: unknown[];
  /** Changes the release file before it is hashed and listed. */
  change?: (release: Record<string, unknown>, system: Record<string, unknown>) => void;
};

function testPaths(name: string): TestPath[] {
  const library = {
    path: storePath(`lib-${name}`),
    narHash: sha256(`lib-${name}`),
    narSize: 300,
    references: [],
  };
  const top = storePath(`system-${name}`);
  return [{ path: top, narHash: sha256(name), narSize: 2_000, references: [top, library.path] }, library];
}

export class SignedInstallation {
  readonly folder: string;
  readonly release: SignedRepository;
  readonly director: SignedRepository;
  readonly scannerId: string;
  nowMs: number;
  #seq = 0;

  constructor(folder: string, options: { nowMs?: number; scannerId?: string } = {}) {
    this.folder = folder;
    this.nowMs = options.nowMs ?? Date.now();
    this.scannerId = options.scannerId ?? SCANNER_ID;
    const { nowMs } = this;
    this.release = new SignedRepository(join(folder, "release"), { nowMs });
    this.director = new SignedRepository(join(folder, "director", this.scannerId), {
      nowMs,
      recipient: this.scannerId,
    });
  }

  get firstRoots() {
    return { release: this.release.firstRoot, director: this.director.firstRoot };
  }

  /** Signs and lists a release with one system; returns its toplevel and the bytes of its file. */
  addRelease(wanted: TestRelease): { toplevel: string; bytes: Buffer; path: string } {
    const { name, counter, floor = 0, withdrawn = null } = wanted;
    const file = releaseFile(wanted, this.nowMs);
    const bytes = Buffer.from(JSON.stringify(file.release), "utf8");
    const path = `releases/${name}/release.json`;
    this.release.addTarget(path, bytes, { counter, floor, withdrawn });
    this.release.publish();
    return { toplevel: file.toplevel, bytes, path };
  }

  /** Signs the one instruction to the scanner; `change` alters its words, null withdraws it. */
  instruct(asked: { release: string; toplevel: string; [field: string]: unknown } | null): void {
    this.director.targets = {};
    if (asked !== null) {
      this.#seq += 1;
      const path = `releases/${asked.release}/release.json`;
      const { length, hashes } = this.release.targets[path] ?? { length: 1, hashes: { sha256: sha256("") } };
      this.director.targets[path] = { length, hashes, custom: { ...this.#words(), ...asked } };
    }
    this.director.publish();
  }

  #words() {
    return {
      schema: "fiducial.instruction/1",
      scannerId: this.scannerId,
      changeId: CHANGE_ID,
      seq: this.#seq,
      action: "activate",
      system: "scanner",
      notBeforeMs: this.nowMs,
      notAfterMs: this.nowMs + 60 * 60_000,
      slots: [],
      requestedBy: "Test Engineer",
    };
  }
}

function releaseFile(wanted: TestRelease, nowMs: number) {
  const paths = [...(wanted.paths ?? testPaths(wanted.name))];
  const toplevel = wanted.toplevel ?? paths[0]!.path;
  paths.sort((a, b) => (a.path < b.path ? -1 : 1));
  const at = new Map(paths.map(({ path }, position) => [path, position]));
  const listed = paths.map(({ references, ...rest }) => ({
    ...rest,
    references: references.map((path) => at.get(path)!).sort((a, b) => a - b),
  }));
  const members = closure(paths, toplevel);
  const lines = members.map(({ path, narHash }) => `${path} ${narHash}\n`);
  const system = {
    name: wanted.system ?? "scanner",
    toplevel,
    closureDigest: sha256(`fiducial.closure.v1\n${lines.join("")}`),
    paths: members.map(({ path }) => at.get(path)!),
    for: wanted.for ?? [{ model: "Vertex 3", hardwareRevisions: null }],
    expected: { schema: "fiducial.expected/1", toplevel, closureDigest: null, items: [] },
    health: { budgets: {}, safety: "none", unitsActive: [], modulesLoaded: [] },
    compatibility: { firmware: [], calibration: [] },
  };
  const release = {
    schema: "fiducial.release/1",
    name: wanted.name,
    counter: wanted.counter,
    floor: wanted.floor ?? 0,
    createdAtMs: nowMs,
    notes: "",
    paths: listed,
    systems: [system],
  };
  wanted.change?.(release, system);
  return { release, toplevel };
}

/** What a path reaches by references, in the order of the list. */
function closure(paths: readonly TestPath[], start: string): TestPath[] {
  const reached = new Set<string>();
  const walk = (path: string) => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const next of paths.find((one) => one.path === path)?.references ?? []) walk(next);
  };
  walk(start);
  return paths.filter(({ path }) => reached.has(path));
}
