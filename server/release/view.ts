import type { Headline } from "#core/headline/axes.ts";
import type { ReleaseId, ScannerId, SiteId } from "#core/identity/identity.ts";
import type { ReleaseDiff } from "#core/release/diff.ts";
import type { Audience, Compatibility, HealthContract } from "#core/release/release.ts";
import type { Reason } from "#core/report/fact.ts";

/** What the pages about signed releases read. Types only. Times are milliseconds since the epoch. */

/** One key that signed; `name` as its owner wrote it into the root, null: it carries none. */
type Signer = { keyId: string; name: string | null };

/** Who signed the newest list of releases; `threshold` of `keys` had to. */
export type Signed = { by: Signer[]; threshold: number; keys: number };

/** Scanners in the reader's sight that are part of the fleet. */
export type ReleaseCounts = {
  /** Seen to run it. */
  running: number;
  pinned: number;
  /** Where it was confirmed by observation, now or before. */
  confirmed: number;
};

export type ReleaseRow = {
  name: string;
  counter: number;
  floor: number;
  /** When the file was made, by the clock of whoever made it; and when this server took it. */
  createdAtMs: number;
  publishedAtMs: number;
  systems: number;
  models: string[];
  signed: Signed;
  /** Why people took it back; null: they did not. */
  withdrawn: string | null;
  counts: ReleaseCounts;
};

/** One metadata file of the release repository: how old, and until when it is good. */
export type MetadataAge = { version: number; expiresAtMs: number };
/** Null roles: not there yet. `root` says what the other roles need. */
export type RepositoryStanding = {
  root: MetadataAge & { releaseKeys: number; releaseThreshold: number };
  targets: MetadataAge | null;
  snapshot: MetadataAge | null;
  timestamp: MetadataAge | null;
  /** Highest floor that was ever signed. */
  floor: number;
};

/** `standing` null: this installation has no release repository yet. Newest (highest counter) first. */
export type ReleaseList = { rows: ReleaseRow[]; standing: RepositoryStanding | null };

export type ReleaseSystemView = {
  releaseId: ReleaseId;
  name: string;
  toplevel: string;
  closureDigest: string;
  for: Audience[];
  paths: number;
  narBytes: number;
  expectedItems: number;
  health: HealthContract;
  compatibility: Compatibility;
};

export type ReleaseView = Omit<ReleaseRow, "systems"> & {
  notes: string;
  systems: ReleaseSystemView[];
  file: { targetPath: string; sha256: string; bytes: number };
  standing: RepositoryStanding | null;
  /** All others, the one to compare with first: the next lower counter. */
  others: { name: string; counter: number; withdrawn: string | null }[];
  may: { pin: boolean; stage: boolean; activate: boolean };
};

/** `to` minus `from`, system by system of the same name; `effect` says in sentences what going forward does (`effect.<code>`). */
export type ReleaseComparison = ReleaseDiff & { effects: { system: string; effect: Reason[] }[] };

/** A scanner that refused a release: its own word, of the change that was asked of it last. */
export type ReleaseRefusal = {
  changeId: string;
  scannerId: ScannerId;
  serial: string;
  alias: string | null;
  siteName: string;
  timeZone: string;
  atMs: number;
  /** `blocked.<code>`; of an attack its name (core/trust/attack.ts). Null: it did not say. */
  reason: Reason | null;
};

/** The newest first, at most a page full; `more`: there are others. */
export type ReleaseRefusals = { rows: ReleaseRefusal[]; more: boolean };

/** One scanner against one release: whether it can take it, and if not, why (`blocked.<code>`). */
export type ReleaseScannerRow = {
  scannerId: ScannerId;
  serial: string;
  alias: string | null;
  siteId: SiteId;
  siteName: string;
  model: string | null;
  hardwareRevision: string | null;
  headline: Headline;
  running: boolean;
  runningRelease: string | null;
  pinned: boolean;
  confirmed: boolean;
  /** Name of the system of this release that is for it; null: none is. */
  system: string | null;
  /** Empty: nothing speaks against it. */
  against: Reason[];
};

export type ReleaseScanners = {
  /** The first `limit` of the wanted ones, by serial. */
  rows: ReleaseScannerRow[];
  total: number;
  counts: { running: number; canTake: number; cannot: number; byReason: { code: string; count: number }[] };
};
