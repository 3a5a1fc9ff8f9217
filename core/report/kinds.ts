import * as z from "zod";
import { epochMsSchema, sha256HexSchema } from "#core/identity/identity.ts";
import { localKind } from "#core/local/log.ts";
import { changeKind } from "#core/report/change-kind.ts";
import { confirmedKind } from "#core/report/confirmed-kind.ts";
import { DEVICE_KINDS } from "#core/report/device-kinds.ts";
import { fact } from "#core/report/fact.ts";
import { quarantineKind } from "#core/report/quarantine-kind.ts";
import { chainElementSchema, openEnum, SAFETY_WORDS, SCAN_STATES } from "#core/safety/socket.ts";

/**
 * The fact kinds this version knows, each with the schema of its value. Adding a kind is one entry here and one file in
 * agent/collect (SEE-13). Kinds a server does not know are kept opaque and shown as "newer than this server".
 * Strings from a scanner are bounded here and escaped by whoever shows them.
 */
const text = (max: number) => z.string().max(max);
const bytes = z.int().nonnegative();
const path = text(512);

/** SEE-1. Which closure, which generation of the system profile it is (null: none of them), since when. */
const closureRef = z.strictObject({
  path,
  generation: z.int().positive().nullable(),
  sinceMs: epochMsSchema.nullable(),
});
const closures = z.strictObject({
  running: fact(closureRef),
  booted: fact(closureRef),
  profile: fact(closureRef),
  nextBoot: fact(closureRef),
});

/** SEE-1. Generations of the system profile still on disk, newest first. `present` false: the link dangles. */
const generations = z.strictObject({
  profile: path,
  entries: z
    .array(
      z.strictObject({
        number: z.int().positive(),
        path,
        createdAtMs: epochMsSchema.nullable(),
        present: z.boolean(),
      }),
    )
    .max(200),
  /** How many more there are than fit in a report. */
  more: z.int().nonnegative(),
});

/** SEE-2. Identity of a closure beyond its name, as fiducial-facts computed it with Nix; one per toplevel on this host. */
const closureDigest = z.strictObject({
  toplevel: path,
  narHash: sha256HexSchema,
  digest: sha256HexSchema,
  pathCount: z.int().positive(),
  narSize: bytes,
  computedAtMs: epochMsSchema,
});
const closureDigests = z.array(closureDigest).max(64);

export const PATH_PROBLEMS = [
  "missing",
  "modified",
  "truncated",
  "unreadable",
  "not-valid",
  "unknown",
] as const;

/** SEE-3. On-disk verification of one closure: running, finished or paused, and every bad path by name. */
const verification = z.strictObject({
  toplevel: path,
  phase: openEnum(["running", "paused", "finished"]),
  checkedPaths: z.int().nonnegative(),
  totalPaths: z.int().nonnegative(),
  startedAtMs: epochMsSchema,
  finishedAtMs: epochMsSchema.nullable(),
  bad: z.array(z.strictObject({ path, problem: openEnum(PATH_PROBLEMS) })).max(100),
  moreBad: z.int().nonnegative(),
});

const host = z.strictObject({
  hostname: text(253),
  os: openEnum(["nixos", "other"]),
  osName: text(128),
  osVersion: text(128),
  architecture: text(32),
  hardwareFingerprint: sha256HexSchema,
  virtualisation: text(64).nullable(),
  bootedAtMs: epochMsSchema.nullable(),
});

/** SEE-4. The kernel that runs, and what the booted and the running closure carry. */
const kernel = z.strictObject({
  release: text(128),
  version: text(256),
  tainted: z.int().nonnegative(),
  parameters: z.array(text(256)).max(128),
  realtime: z.boolean(),
  bootedTree: fact(text(128)),
  currentTree: fact(text(128)),
});

/**
 * SEE-4. Loaded modules, and the names of those that are not the ones that the booted or the running closure's tree carries. Where
 * another tree is for the same release and nothing proves its files equal or not, the comparison is unknown.
 */
const module = z.strictObject({
  name: text(64),
  version: text(64).nullable(),
  srcversion: text(64).nullable(),
  taint: text(16),
  /**
   * Its parameters as /sys/module shows them; a null value: it is there, and is closed to the agent or longer than this. Missing: they
   * could not be listed, or are more than a report takes.
   */
  parameters: z.record(text(64), text(64).nullable()).optional(),
});
const modules = z.strictObject({
  loaded: z.array(module).max(600),
  differsFromBootedTree: fact(z.array(text(64)).max(600)),
  differsFromCurrentTree: fact(z.array(text(64)).max(600)),
});

/** SEE-12. systemd units that matter; states are systemd's own words (systemctl(1)). */
const unit = z.strictObject({
  name: text(256),
  load: text(32),
  active: text(32),
  sub: text(32),
  result: text(32),
  enabled: text(32),
  restarts: z.int().nonnegative(),
  mainStatus: z.int(),
  sinceMs: epochMsSchema.nullable(),
});
const units = z.strictObject({
  systemState: text(32),
  units: z.array(unit).max(600),
  more: z.int().nonnegative(),
});

export const SAFETY_LINKS = ["connected", "silent", "absent", "garbage", "unknown"] as const;

/** SEE-11. What the safety daemon says of itself, and how well it is heard. `link` is decided on the scanner by a monotonic clock. */
const safety = z.strictObject({
  link: openEnum(SAFETY_LINKS),
  daemon: text(64).nullable(),
  version: text(64).nullable(),
  /** Age of the last state line when this report was made; null: never heard. */
  heartbeatAgeMs: z.int().nonnegative().nullable(),
  /** The last state line; with a link other than `connected` it is "last known". */
  last: z
    .strictObject({
      state: openEnum(SAFETY_WORDS),
      chain: z.array(chainElementSchema).max(64),
      latched: z.boolean(),
      permission: z.boolean(),
      bypasses: z.array(text(48)).max(32),
      limitsHash: text(128).nullable(),
      energised: z.boolean().nullable(),
      scanState: openEnum(SCAN_STATES),
      lastSelfTestAtMs: epochMsSchema.nullable(),
    })
    .nullable(),
  /** What was wrong with the last bad line, for link = garbage. */
  problem: text(200).nullable(),
});

export const FACT_QUALITIES = ["good", "suspect", "bad", "unknown"] as const;

/** `facts.d` (SEE-16): values that the owner of a device publishes, with the age measured on the scanner. */
const provided = z
  .array(
    z.strictObject({
      owner: text(64),
      id: text(128),
      value: z.union([text(256), z.number(), z.boolean(), z.null()]),
      unit: text(32).nullable(),
      quality: openEnum(FACT_QUALITIES),
      ageMs: z.int().nonnegative(),
    }),
  )
  .max(500);

const disks = z
  .array(
    z.strictObject({
      mount: text(256),
      purpose: openEnum(["root", "store", "state", "esp", "other"]),
      fsType: text(32),
      totalBytes: bytes,
      freeBytes: bytes,
      freeInodes: z.int().nonnegative().nullable(),
    }),
  )
  .max(32);

const clock = z.strictObject({
  synchronised: z.boolean(),
  source: text(64),
  offsetMs: z.number().nullable(),
  rtcOk: z.boolean().nullable(),
});

/** SEE-12. Nix and the settings that decide whether a power cut or an unsigned path can hurt. Values as Nix prints them. */
const nix = z.strictObject({
  version: text(64),
  settings: z.record(text(64), text(512)),
});

const problems = z.array(z.strictObject({ source: text(128), reason: text(300) })).max(50);

/** SEE-15. What watching costs the scanner. */
const agent = z.strictObject({
  version: text(64),
  node: text(32),
  mode: openEnum(["service", "by-hand"]),
  user: openEnum(["root", "unprivileged"]),
  changesEnabled: z.boolean(),
  residentBytes: bytes,
  anonymousBytes: bytes,
  cpuMs: z.int().nonnegative(),
  startedAtMs: epochMsSchema,
  wakeups: z.int().nonnegative(),
  outboxReports: z.int().nonnegative(),
  /** Reports that had to be given up because the outbox was full; never silently. */
  droppedReports: z.int().nonnegative(),
  proxy: text(256).nullable(),
  customCa: z.boolean(),
  /** Files or programs the agent could not read or did not believe, by name. */
  problems,
});

export const FACT_KINDS = {
  host,
  closures,
  generations,
  closureDigests,
  verification,
  kernel,
  modules,
  units,
  safety,
  provided,
  disks,
  clock,
  nix,
  ...DEVICE_KINDS,
  change: changeKind,
  confirmed: confirmedKind,
  quarantine: quarantineKind,
  local: localKind,
  agent,
} as const;

export type FactKind = keyof typeof FACT_KINDS;
export type FactValue<K extends FactKind> = z.infer<(typeof FACT_KINDS)[K]>;
export const FACT_KIND_NAMES = Object.keys(FACT_KINDS) as FactKind[];
