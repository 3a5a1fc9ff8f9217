import { createPublicKey, type KeyObject } from "node:crypto";
import type { ScannerId, Scope } from "#core/identity/identity.ts";
import type { Identity } from "#server/scanner/view.ts";

export type KnownKey = {
  keyId: string;
  scannerId: ScannerId;
  scope: Scope;
  publicKey: KeyObject;
  identity: Identity;
  /** When the scanner's standing last changed; who finds another moment beside its row knows an older scanner than there is. */
  standingSinceMs: number;
};

/** A key as its row says, before Node has made a key object of it. */
type KeyRow = Omit<KnownKey, "publicKey"> & { publicKey: Uint8Array };

export type KeySource = {
  /** Null: no such key, or revoked. */
  find: (keyId: string) => Promise<KeyRow | null>;
  /** Scanners whose keys or identity changed at or after this moment. */
  changedSince: (sinceMs: number) => Promise<readonly ScannerId[]>;
};

export type KnownKeys = {
  find: (keyId: string) => Promise<KnownKey | null>;
  /** Forgets one scanner's keys at once; called where an identity changes in this process. */
  forget: (scannerId: string) => void;
  /** Forgets whatever changed in the database since the last call: another process may have approved or locked out. */
  refresh: (nowMs: number) => Promise<void>;
};

const MAX_KNOWN = 20_000;
const MAX_UNKNOWN = 5_000;
const UNKNOWN_FOR_MS = 3_000;
/** Commits become visible after their own time stamp; looking back this far misses none. */
const OVERLAP_MS = 15_000;

/** RFC 8410: the DER of an Ed25519 public key is this prefix and the 32 raw bytes. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

export function ed25519Key(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });
}

/**
 * Keys by id, bounded both ways: a fleet's keys stay in memory, and a stranger who tries key after key costs one query per
 * key in three seconds and never more memory than MAX_UNKNOWN entries.
 */
export function knownKeys(source: KeySource, clock: () => number): KnownKeys {
  const known = new Map<string, KnownKey>();
  const unknown = new Map<string, number>();
  const asking = new Map<string, Promise<KnownKey | null>>();
  let refreshedMs = clock();

  const ask = async (keyId: string): Promise<KnownKey | null> => {
    const row = await source.find(keyId);
    if (row === null) {
      remember(unknown, keyId, clock(), MAX_UNKNOWN);
      return null;
    }
    const key = { ...row, publicKey: ed25519Key(row.publicKey) };
    remember(known, keyId, key, MAX_KNOWN);
    return key;
  };

  return {
    find: (keyId) => {
      const hit = known.get(keyId);
      if (hit !== undefined) return Promise.resolve(hit);
      const missedMs = unknown.get(keyId);
      if (missedMs !== undefined && clock() - missedMs < UNKNOWN_FOR_MS) return Promise.resolve(null);
      const pending = asking.get(keyId) ?? ask(keyId).finally(() => asking.delete(keyId));
      asking.set(keyId, pending);
      return pending;
    },
    forget: (scannerId) => drop(known, new Set([scannerId])),
    refresh: async (nowMs) => {
      const changed = await source.changedSince(refreshedMs - OVERLAP_MS);
      drop(known, new Set<string>(changed));
      refreshedMs = nowMs;
    },
  };
}

function remember<T>(map: Map<string, T>, key: string, value: T, max: number): void {
  const oldest = map.size >= max ? map.keys().next() : undefined;
  if (oldest !== undefined && oldest.done !== true) map.delete(oldest.value);
  map.set(key, value);
}

function drop(known: Map<string, KnownKey>, scannerIds: ReadonlySet<string>): void {
  if (scannerIds.size === 0) return;
  for (const [keyId, key] of known) if (scannerIds.has(key.scannerId)) known.delete(keyId);
}
