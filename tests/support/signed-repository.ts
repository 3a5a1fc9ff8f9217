import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * A real TUF repository in a folder, written from the specification (TUF 1.0.31) and with Node's own cryptography: it shares no code with
 * what verifies it. Every role can be signed wrongly, by whom it should not be, or changed after it was made.
 */
const ROLES = ["root", "targets", "snapshot", "timestamp"] as const;
export type Role = (typeof ROLES)[number];
type Json = Record<string, unknown>;
export type TestKey = { keyId: string; publicKey: string; privateKey: KeyObject };

export function testKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const hex = publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
  return { privateKey, publicKey: hex, keyId: sha256(canonicalJson(keyJson(hex))) };
}

function keyJson(publicKey: string): Json {
  return { keytype: "ed25519", scheme: "ed25519", keyval: { public: publicKey } };
}

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** OLPC canonical JSON: keys sorted, no white space, only quote and backslash escaped. */
export function canonicalJson(value: unknown): string {
  if (typeof value === "string") return `"${value.replace(/[\\"]/g, "\\$&")}"`;
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${canonicalJson(key)}:${canonicalJson(one)}`).join(",")}}`;
}

function signedFile(signed: Json, keys: readonly TestKey[]): Buffer {
  const bytes = Buffer.from(canonicalJson(signed), "utf8");
  const signatures = keys.map(({ keyId, privateKey }) => ({
    keyid: keyId,
    sig: sign(null, bytes, privateKey).toString("hex"),
  }));
  return Buffer.from(JSON.stringify({ signatures, signed }), "utf8");
}

type TestTarget = { length: number; hashes: Json; custom?: unknown };
const DAY_MS = 24 * 60 * 60_000;

type Published = {
  /** Changes what a role says, before it is signed. */
  change?: (role: Role, signed: Json) => void;
  /** Keys that sign instead of the role's own. */
  signers?: Partial<Record<Role, readonly TestKey[]>>;
};

export class SignedRepository {
  readonly folder: string;
  nowMs: number;
  recipient: string | null;
  keys: Record<Role, TestKey[]>;
  thresholds: Record<Role, number> = { root: 1, targets: 1, snapshot: 1, timestamp: 1 };
  versions: Record<Role, number> = { root: 0, targets: 0, snapshot: 0, timestamp: 0 };
  targets: Record<string, TestTarget> = {};
  firstRoot: Buffer;

  /** Makes the folder with the first root and empty lists. Keys: one per role, all different. */
  constructor(folder: string, options: { nowMs: number; recipient?: string | null }) {
    this.folder = folder;
    this.nowMs = options.nowMs;
    this.recipient = options.recipient ?? null;
    this.keys = { root: [testKey()], targets: [testKey()], snapshot: [testKey()], timestamp: [testKey()] };
    this.firstRoot = this.publishRoot();
    this.publish();
  }

  /** Writes the next root. A change of root keys must be signed by the old ones, too: give them in `signers`. */
  publishRoot({ change, signers }: Published = {}): Buffer {
    this.versions.root += 1;
    const all = ROLES.flatMap((role) => this.keys[role]);
    const role = (name: Role) => ({
      keyids: this.keys[name].map(({ keyId }) => keyId),
      threshold: this.thresholds[name],
    });
    const signed: Json = {
      _type: "root",
      ...this.#head("root", 365 * DAY_MS),
      consistent_snapshot: true,
      keys: Object.fromEntries(all.map(({ keyId, publicKey }) => [keyId, keyJson(publicKey)])),
      roles: Object.fromEntries(ROLES.map((name) => [name, role(name)])),
    };
    change?.("root", signed);
    return this.write(`${this.versions.root}.root.json`, signedFile(signed, signers?.root ?? this.keys.root));
  }

  /** Writes new targets, snapshot and timestamp. */
  publish({ change, signers }: Published = {}): void {
    for (const role of ["targets", "snapshot", "timestamp"] as const) this.versions[role] += 1;
    const make = (role: Role, lastMs: number, rest: Json) => {
      const signed: Json = { _type: role, ...this.#head(role, lastMs), ...this.#recipient(), ...rest };
      change?.(role, signed);
      return signedFile(signed, signers?.[role] ?? this.keys[role]);
    };
    const { versions } = this;
    const targets = make("targets", 90 * DAY_MS, { targets: this.targets });
    this.write(`${versions.targets}.targets.json`, targets);
    const snapshot = make("snapshot", DAY_MS, {
      meta: { "targets.json": describe(versions.targets, targets) },
    });
    this.write(`${versions.snapshot}.snapshot.json`, snapshot);
    const timestamp = make("timestamp", DAY_MS, {
      "x-fiducial-signed-at-ms": this.nowMs,
      meta: { "snapshot.json": describe(versions.snapshot, snapshot) },
    });
    this.write("timestamp.json", timestamp);
  }

  /** Puts a target file where a client looks for it, and lists it; `publish` signs the list. */
  addTarget(path: string, bytes: Uint8Array, custom: unknown): void {
    const slash = path.lastIndexOf("/") + 1;
    this.write(`targets/${path.slice(0, slash)}${sha256(bytes)}.${path.slice(slash)}`, bytes);
    this.targets[path] = { length: bytes.length, hashes: { sha256: sha256(bytes) }, custom };
  }

  write<Bytes extends Uint8Array>(name: string, bytes: Bytes): Bytes {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return bytes;
  }

  #head(role: Role, lastMs: number): Json {
    const expires = `${new Date(this.nowMs + lastMs).toISOString().slice(0, 19)}Z`;
    return { spec_version: "1.0.31", version: this.versions[role], expires };
  }

  #recipient(): Json {
    return this.recipient === null ? {} : { "x-fiducial-recipient": this.recipient };
  }
}

function describe(version: number, bytes: Uint8Array): Json {
  return { version, length: bytes.length, hashes: { sha256: sha256(bytes) } };
}
