import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseJson } from "#agent/trust/model.ts";
import { expiresAt, fileMeta, type SealKey, sealMetadata, sha256, targetMeta } from "#agent/trust/seal.ts";
import { narFileName, narFingerprint, narinfoName, narinfoText } from "#core/closure/narinfo.ts";
import { type StorePath, storePathSchema } from "#core/closure/store-path.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import { releaseTargetPath } from "#core/release/release.ts";
import { snapshotBody, targetsBody, timestampBody } from "#core/trust/bodies.ts";
import { metadataName, repositoryFolder, targetName } from "#core/trust/layout.ts";
import { BODY_SCHEMAS, type SignedTarget, type SignedTargets } from "#core/trust/metadata.ts";

const DAY_MS = 24 * 60 * 60_000;
/** Of any metadata file. */
export const HIGHEST_VERSION = 2_147_483_647;

/** Every key that is ever on a server (reliability.md §2.4, actor 2). None of people's: those are offline. */
export type StolenKeys = {
  director: Record<"targets" | "snapshot" | "timestamp", SealKey>;
  release: Record<"snapshot" | "timestamp", SealKey>;
  /** Signs a fingerprint of Nix as a cache does: `<name>:<base64>`. */
  cache: (fingerprint: string) => string;
};

/** What an instruction names: a release that people signed, and the system of it for a scanner. */
export type Known = { release: string; system: string; toplevel: string };

/** A store path that nobody signed, with what it would hold. */
type Payload = { path: string; nar: Uint8Array; references?: readonly string[]; ca?: string | null };

/**
 * A server in an attacker's hands: it serves a folder laid out as every repository is (core/trust/layout.ts), holds every online key, and
 * says what it likes. It has no key of people, so all it can do is what a scanner has to survive.
 */
export class EvilServer {
  readonly folder: string;
  readonly scannerId: ScannerId;
  readonly keys: StolenKeys;
  nowMs: number;
  /** Files, by name below the folder, that are sent without an end. */
  readonly endless = new Set<string>();

  constructor(options: { folder: string; scannerId: ScannerId; keys: StolenKeys; nowMs: number }) {
    this.folder = options.folder;
    this.scannerId = options.scannerId;
    this.keys = options.keys;
    this.nowMs = options.nowMs;
  }

  read(name: string): Uint8Array {
    return readFileSync(join(this.folder, name));
  }

  write(name: string, bytes: Uint8Array | string): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }

  /** The list that people signed, as it is served now. */
  get list(): { version: number; bytes: Uint8Array; targets: SignedTargets; expiresMs: number } {
    const snapshot = BODY_SCHEMAS.snapshot.parse(this.#newest("snapshot"));
    const { version } = snapshot.meta["targets.json"];
    const bytes = this.read(`release/${metadataName("targets", version)}`);
    const { targets, expires } = BODY_SCHEMAS.targets.parse(signedOf(bytes));
    return { version, bytes, targets, expiresMs: Date.parse(expires) };
  }

  /** An instruction for a signed release in fresh metadata. `words` replace or add to what an honest one would say. */
  instruct(known: Known, seq: number, words: Readonly<Record<string, unknown>> = {}): void {
    const path = releaseTargetPath(known.release);
    const target = this.list.targets[path] ?? { length: 1, hashes: { sha256: sha256("") }, custom: null };
    this.point({ [path]: { ...target, custom: { ...this.words(known, seq), ...words } } });
  }

  /** What an honest director would say. */
  words(known: Known, seq: number): Record<string, unknown> {
    return {
      schema: "fiducial.instruction/1",
      scannerId: this.scannerId,
      changeId: `019a5b1e-0000-7000-8000-${String(900_000 + seq).padStart(12, "0")}`,
      seq,
      action: "activate",
      ...known,
      notBeforeMs: this.nowMs,
      notAfterMs: this.nowMs + 10 * 60_000,
      slots: [],
      requestedBy: "nobody",
    };
  }

  /** The director's three files, signed with the stolen key. */
  point(targets: SignedTargets, options: { version?: number; recipient?: ScannerId } = {}): void {
    const { director } = this.keys;
    const version = options.version ?? Math.min(this.#served("director") + 1, HIGHEST_VERSION);
    const about = {
      version,
      expires: expiresAt(this.nowMs + DAY_MS),
      recipient: options.recipient ?? this.scannerId,
    };
    const base = repositoryFolder("director", this.scannerId);
    const list = sealMetadata(targetsBody({ ...about, targets }), [director.targets]);
    const snapshot = sealMetadata(snapshotBody({ ...about, targets: fileMeta(version, list) }), [
      director.snapshot,
    ]);
    const timestamp = sealMetadata(
      timestampBody({ ...about, snapshot: fileMeta(version, snapshot), signedAtMs: this.nowMs }),
      [director.timestamp],
    );
    this.write(`${base}/${metadataName("targets", version)}`, list);
    this.write(`${base}/${metadataName("snapshot", version)}`, snapshot);
    this.write(`${base}/timestamp.json`, timestamp);
  }

  /** Says of a list of people, and without one of that which is served already, once more, that it is the newest. */
  freshenList(list: { version: number; bytes: Uint8Array } = this.list): void {
    const { release } = this.keys;
    const version = this.#served("release") + 1;
    const about = { version, expires: expiresAt(this.nowMs + DAY_MS) };
    const snapshot = sealMetadata(snapshotBody({ ...about, targets: fileMeta(list.version, list.bytes) }), [
      release.snapshot,
    ]);
    const timestamp = sealMetadata(
      timestampBody({ ...about, snapshot: fileMeta(version, snapshot), signedAtMs: this.nowMs }),
      [release.timestamp],
    );
    this.write(`release/${metadataName("snapshot", version)}`, snapshot);
    this.write("release/timestamp.json", timestamp);
  }

  /** Where the file of a signed release lies. */
  releaseFile(known: Known): string {
    const path = releaseTargetPath(known.release);
    return `release/${targetName(path, this.list.targets[path]?.hashes.sha256 ?? "")}`;
  }

  /** A release of its own making, in the repository but in no list of people. */
  addUnsignedRelease(known: Known, text: string): SignedTarget {
    const bytes = Buffer.from(text, "utf8");
    const target = targetMeta(bytes, null);
    this.write(`release/${targetName(releaseTargetPath(known.release), target.hashes.sha256)}`, bytes);
    return target;
  }

  /** A path in the cache, signed by the stolen key of the cache unless it is content-addressed, which needs none. */
  addToCache({ path, nar, references = [], ca = null }: Payload): void {
    const described = {
      path: storePathSchema.parse(path),
      narHash: sha256(nar),
      narSize: nar.length,
      references: references.map((one): StorePath => storePathSchema.parse(one)),
    };
    const signatures = ca === null ? [this.keys.cache(narFingerprint(described))] : [];
    this.write(`cache/${narFileName(described.narHash)}`, nar);
    this.write(`cache/${narinfoName(path)}`, narinfoText({ ...described, signatures, ca }));
  }

  #served(repository: "release" | "director"): number {
    const name = `${repositoryFolder(repository, this.scannerId)}/timestamp.json`;
    return BODY_SCHEMAS.timestamp.parse(signedOf(this.read(name))).version;
  }

  #newest(role: "snapshot"): unknown {
    const { meta } = BODY_SCHEMAS.timestamp.parse(signedOf(this.read("release/timestamp.json")));
    return signedOf(this.read(`release/${metadataName(role, meta["snapshot.json"].version)}`));
  }
}

function signedOf(bytes: Uint8Array): unknown {
  const json = parseJson(bytes);
  return typeof json === "object" && json !== null && "signed" in json ? json.signed : null;
}
