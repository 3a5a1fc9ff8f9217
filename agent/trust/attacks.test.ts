import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Fetcher } from "#agent/trust/fetched.ts";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import { openRepository, type RepositoryTrust } from "#agent/trust/trust.ts";
import { type ScannerId, scannerIdSchema } from "#core/identity/identity.ts";
import { METADATA_LIMIT_BYTES } from "#core/trust/layout.ts";
import { OTHER_SCANNER_ID, SCANNER_ID } from "#tests/support/signed-release.ts";
import { type Role, SignedRepository, testKey } from "#tests/support/signed-repository.ts";

/** Names of the attacks are those of the TUF project's conformance suite, where it has them (update-systems.md §4.5). */
const NOW_MS = Date.parse("2026-06-01T12:00:00Z");
const DAY_MS = 24 * 60 * 60_000;
const HIGHEST = 2_147_483_647;
const scannerId: ScannerId = scannerIdSchema.parse(SCANNER_ID);
let base: string;
let nowMs: number;
let repository: SignedRepository;
let trust: RepositoryTrust;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "fiducial-attacks-"));
  nowMs = NOW_MS;
  repository = new SignedRepository(join(base, "served"), { nowMs, recipient: SCANNER_ID });
  trust = opened();
});

/** A new program over what was kept: nothing survives in memory. */
function opened(firstRoot: Uint8Array = repository.firstRoot): RepositoryTrust {
  const folder = join(base, "trust");
  return openRepository({
    folder,
    repository: "director",
    firstRoot,
    recipient: scannerId,
    nowMs: () => nowMs,
  });
}
const kept = (name: string) => join(base, "trust", "director", name);

async function seen(fetcher: Fetcher = folderFetcher(repository.folder)) {
  trust = opened();
  const result = await trust.refresh(fetcher);
  if (result.ok) return { versions: result.targets.versions };
  return "refusal" in result
    ? { refused: result.refusal.refused, role: result.role }
    : { unreached: result.unreached.problem, role: result.unreached.role };
}
const believed = (root: number, others: number) => ({
  versions: { root, timestamp: others, snapshot: others, targets: others },
});
const refusal = (refused: string, role: Role) => ({ refused, role });

describe("arbitrary software: nothing counts that the keys of its role did not sign [SIG-2, E-01]", () => {
  test.each(["targets", "snapshot", "timestamp"] as const)("test_unsigned_metadata[%s]", async (role) => {
    expect(await seen()).toEqual(believed(1, 1));
    repository.publish({ signers: { [role]: [] } });
    expect(await seen()).toEqual(refusal("bad-signature", role));
    repository.publish({ signers: { [role]: [testKey()] } });
    expect(await seen()).toEqual(refusal("bad-signature", role));
    repository.publish();
    expect(await seen()).toMatchObject({ versions: { root: 1, targets: 4 } });
  });

  test("a key of one role does not speak for another (T-20)", async () => {
    repository.publish({ signers: { targets: repository.keys.timestamp } });
    expect(await seen()).toEqual(refusal("bad-signature", "targets"));
  });

  test("test_unsigned_initial_root: also the first root has to be what its own keys signed", async () => {
    const root = JSON.parse(repository.firstRoot.toString("utf8")) as { signed: { version: number } };
    root.signed.version = 2;
    const result = await opened(Buffer.from(JSON.stringify(root))).refresh(folderFetcher(repository.folder));
    expect(result).toMatchObject({ ok: false, role: "root", refusal: { refused: "bad-signature" } });
  });

  test("test_invalid_sig_in_valid_metadata: a changed byte", async () => {
    repository.publish({
      change: (role, signed) => role === "targets" && Object.assign(signed, { later: 1 }),
    });
    const name = "2.targets.json";
    const changed = readFileSync(join(repository.folder, name), "utf8").replace('"later":1', '"later":2');
    repository.write(name, Buffer.from(changed));
    // The snapshot's hash finds it before the signature is looked at.
    expect(await seen()).toEqual(refusal("mix-and-match", "targets"));
  });
});

describe("thresholds [SIG-2]", () => {
  beforeEach(() => {
    repository = new SignedRepository(join(base, "served"), { nowMs, recipient: SCANNER_ID });
    repository.keys.targets = [testKey(), testKey(), testKey()];
    repository.thresholds.targets = 2;
    repository.publishRoot();
  });

  test("two of three are enough, one is not", async () => {
    repository.publish({ signers: { targets: repository.keys.targets.slice(1) } });
    expect(await seen()).toEqual(believed(2, 2));
    repository.publish({ signers: { targets: repository.keys.targets.slice(0, 1) } });
    expect(await seen()).toEqual(refusal("threshold-missed", "targets"));
  });

  test("test_duplicate_sig_keyids: one key that signed twice is one", async () => {
    const [key] = repository.keys.targets;
    repository.publish({ signers: { targets: [key!, key!] } });
    expect(await seen()).toEqual(refusal("wrong-metadata", "targets"));
  });

  test("test_duplicate_keys: one key under two ids is refused with the root that names it", async () => {
    repository.publishRoot({
      change: (_, signed) => {
        const { keys, roles } = signed as {
          keys: Record<string, unknown>;
          roles: { targets: { keyids: string[] } };
        };
        const [first] = repository.keys.targets;
        const alias = "ab".repeat(32);
        keys[alias] = keys[first!.keyId];
        roles.targets.keyids = [first!.keyId, alias];
      },
    });
    expect(await seen()).toEqual(refusal("duplicate-key", "root"));
  });
});

describe("roots follow each other one by one, signed by the old keys and by their own", () => {
  test("test_root_rotation: all keys replaced, over several versions at once", async () => {
    for (let round = 0; round < 3; round += 1) {
      const before = repository.keys.root;
      repository.keys = {
        root: [testKey()],
        targets: [testKey()],
        snapshot: [testKey()],
        timestamp: [testKey()],
      };
      repository.publishRoot({ signers: { root: [...before, ...repository.keys.root] } });
    }
    repository.publish();
    expect(await seen()).toEqual(believed(4, 2));
  });

  test("test_root_rotation[not-signed-with-old-key], and not with its own", async () => {
    const before = repository.keys.root;
    repository.keys.root = [testKey()];
    repository.publishRoot();
    expect(await seen()).toEqual(refusal("bad-signature", "root"));
    repository.versions.root = 1;
    repository.publishRoot({ signers: { root: before } });
    expect(await seen()).toEqual(refusal("threshold-missed", "root"));
  });

  test("a root that skips a version, and an old one under a new name", async () => {
    repository.publishRoot({ change: (_, signed) => Object.assign(signed, { version: 3 }) });
    expect(await seen()).toEqual(refusal("wrong-metadata", "root"));
    repository.publishRoot({ change: (_, signed) => Object.assign(signed, { version: 1 }) });
    repository.write("2.root.json", readFileSync(join(repository.folder, "3.root.json")));
    expect(await seen()).toEqual(refusal("metadata-rolled-back", "root"));
  });

  test("only the other side's own word that there is none ends the search for newer roots (pitfall 5)", async () => {
    const serve = folderFetcher(repository.folder);
    const broken: Fetcher = async (name, maxBytes) =>
      name === "2.root.json"
        ? { ok: false, problem: "unreached", detail: "status 500" }
        : serve(name, maxBytes);
    expect(await seen(broken)).toEqual({ unreached: "unreached", role: "root" });
  });

  test("a root that was believed once is not taken back, whatever the repository still has", async () => {
    const before = repository.keys.timestamp;
    repository.keys.timestamp = [testKey()];
    repository.publishRoot();
    repository.publish();
    expect(await seen()).toEqual(believed(2, 2));
    rmSync(join(repository.folder, "2.root.json"));
    repository.keys.timestamp = before;
    repository.publish();
    expect(await seen()).toEqual(refusal("bad-signature", "timestamp"));
    truncateSync(kept("2.root.json"), 20);
    expect(await seen()).toEqual(refusal("metadata-rolled-back", "root"));
  });
});

describe("rollback: what was believed once is the least that is believed later [SIG-2]", () => {
  test("test_new_timestamp_version_rollback", async () => {
    const old = readFileSync(join(repository.folder, "timestamp.json"));
    repository.publish();
    expect(await seen()).toEqual(believed(1, 2));
    repository.write("timestamp.json", old);
    expect(await seen()).toEqual(refusal("metadata-rolled-back", "timestamp"));
  });

  test.each([
    ["cut in half", (path: string) => truncateSync(path, 40)],
    ["empty", (path: string) => truncateSync(path, 0)],
    ["overwritten", (path: string) => writeFileSync(path, "{}")],
    ["gone", (path: string) => rmSync(path)],
  ])("a kept file that is %s leaves the protection standing (pitfall 1)", async (_, harm) => {
    cpSync(repository.folder, join(base, "old"), { recursive: true });
    repository.publish();
    expect(await seen()).toEqual(believed(1, 2));
    for (const name of ["timestamp.json", "snapshot.json", "targets.json"]) harm(kept(name));
    expect(await seen(folderFetcher(join(base, "old")))).toEqual(
      refusal("metadata-rolled-back", "timestamp"),
    );
    expect(await seen()).toEqual(believed(1, 2));
  });

  test("torn floors leave the kept files to protect", async () => {
    cpSync(repository.folder, join(base, "old"), { recursive: true });
    repository.publish();
    await seen();
    truncateSync(kept("floors.json"), 10);
    expect(await seen(folderFetcher(join(base, "old")))).toEqual(
      refusal("metadata-rolled-back", "timestamp"),
    );
  });

  test("test_snapshot_rollback: a new timestamp for an old snapshot", async () => {
    repository.publish();
    await seen();
    repository.versions.snapshot = 0;
    repository.publish();
    expect(await seen()).toEqual(refusal("metadata-rolled-back", "timestamp"));
  });

  test("test_targets_rollback: a new snapshot for old targets", async () => {
    repository.publish();
    await seen();
    repository.versions.targets = 0;
    repository.publish();
    expect(await seen()).toEqual(refusal("metadata-rolled-back", "snapshot"));
  });

  test("old targets in the wake of a torn snapshot", async () => {
    repository.publish();
    await seen();
    truncateSync(kept("snapshot.json"), 10);
    repository.versions.targets = 0;
    repository.publish();
    expect(await seen()).toEqual(refusal("metadata-rolled-back", "targets"));
  });

  test("test_timestamp_content_changes: the same version with other words is not taken for the first", async () => {
    await seen();
    repository.versions = { ...repository.versions, targets: 0, snapshot: 0, timestamp: 0 };
    repository.publish({ change: (_, signed) => Object.assign(signed, { other: 1 }) });
    expect(await seen()).toEqual(believed(1, 1));
    expect(readFileSync(kept("targets.json"), "utf8")).not.toContain('"other"');
  });
});

describe("freeze [SIG-2, E-09]", () => {
  test.each(["targets", "snapshot", "timestamp"] as const)("test_%s_expired", async (expired) => {
    repository.publish({
      change: (role, signed) =>
        role === expired && Object.assign(signed, { expires: "2026-05-31T00:00:00Z" }),
    });
    expect(await seen()).toEqual(refusal("metadata-frozen", expired));
  });

  test("test_root_expired", async () => {
    repository.publishRoot({
      change: (_, signed) => Object.assign(signed, { expires: "2026-05-31T00:00:00Z" }),
    });
    expect(await seen()).toEqual(refusal("metadata-frozen", "root"));
  });

  test("test_expired_local_timestamp: what was believed is no longer once its day is over, and a new one is", async () => {
    await seen();
    nowMs += 2 * DAY_MS;
    expect(await seen()).toEqual(refusal("metadata-frozen", "timestamp"));
    repository.nowMs = nowMs;
    repository.publish();
    expect(await seen()).toEqual(believed(1, 2));
  });

  test("a clock before the moment of signing is told as a wrong clock, not as an attack", async () => {
    await seen();
    nowMs -= 30 * DAY_MS;
    expect(await seen()).toEqual(refusal("clock-wrong", "timestamp"));
    nowMs = NOW_MS - 4 * 60_000;
    expect(await seen()).toEqual(believed(1, 1));
  });
});

describe("mix-and-match [SIG-2, E-11]", () => {
  test.each(["snapshot", "targets"] as const)("test_%s_hash_mismatch", async (role) => {
    const old = readFileSync(join(repository.folder, `1.${role}.json`));
    repository.publish();
    repository.write(`2.${role}.json`, Buffer.concat([old, Buffer.from(" ".repeat(8))]));
    const found = await seen();
    expect(["mix-and-match", "too-large"]).toContain("refused" in found ? found.refused : found);
    repository.write(`2.${role}.json`, old);
    expect(await seen()).toEqual(refusal("mix-and-match", role));
  });

  test("test_url_and_metadata_version_mismatch", async () => {
    repository.publish({
      change: (role, signed) => role === "targets" && Object.assign(signed, { version: 5 }),
    });
    expect(await seen()).toEqual(refusal("mix-and-match", "targets"));
  });
});

describe("fast-forward: a stolen key that signed the highest version has not shut the door for ever (T-21) [E-10]", () => {
  test.each(["timestamp", "snapshot"] as const)("test_new_%s_fast_forward_recovery", async (role) => {
    repository.versions[role] = HIGHEST - 1;
    repository.publish();
    expect(await seen()).toMatchObject({ versions: { [role]: HIGHEST } });
    repository.versions[role] = 1;
    repository.publish();
    expect(await seen()).toMatchObject({ refused: "metadata-rolled-back" });
    repository.keys.timestamp = [testKey()];
    repository.keys.snapshot = [testKey()];
    repository.publishRoot();
    repository.publish();
    expect(await seen()).toMatchObject({ versions: { root: 2, [role]: 3 } });
  });

  test("one of two keys replaced is enough, although the other one signed the highest version, too", async () => {
    repository.keys.timestamp = [testKey(), testKey()];
    repository.publishRoot();
    repository.versions.timestamp = HIGHEST - 1;
    repository.publish();
    expect(await seen()).toMatchObject({ versions: { timestamp: HIGHEST } });
    repository.keys.timestamp = [testKey(), repository.keys.timestamp[1]!];
    repository.publishRoot();
    repository.versions.timestamp = 1;
    repository.publish();
    expect(await seen()).toMatchObject({ versions: { root: 3, timestamp: 2 } });
  });

  test("test_targets_fast_forward_recovery takes new targets keys; without them the highest stays the least", async () => {
    repository.versions.targets = HIGHEST - 1;
    repository.publish();
    await seen();
    repository.keys.snapshot = [testKey()];
    repository.publishRoot();
    repository.versions.targets = 1;
    repository.publish();
    expect(await seen()).toEqual(refusal("metadata-rolled-back", "targets"));
    repository.keys.targets = [testKey()];
    repository.publishRoot();
    repository.publish();
    expect(await seen()).toMatchObject({ versions: { root: 3, targets: 3 } });
  });

  test("a moment of signing in a far future does not stop the clock for ever", async () => {
    repository.publish({
      change: (role, signed) =>
        role === "timestamp" &&
        Object.assign(signed, { expires: "9999-01-01T00:00:00Z", "x-fiducial-signed-at-ms": 8e15 }),
    });
    expect(await seen()).toEqual(refusal("clock-wrong", "timestamp"));
    repository.keys.timestamp = [testKey()];
    repository.publishRoot();
    repository.publish();
    expect(await seen()).toMatchObject({ versions: { root: 2 } });
  });
});

describe("bounds hold before anything is parsed (pitfalls 2, 3 and 6)", () => {
  test("endless data: a fetcher that does not keep to its bound is not trusted to", async () => {
    const padded: Fetcher = async (name) => {
      if (name !== "timestamp.json") return { ok: false, problem: "absent", detail: "" };
      return { ok: true, bytes: Buffer.alloc(METADATA_LIMIT_BYTES.timestamp + 1, " ") };
    };
    expect(await seen(padded)).toEqual(refusal("too-large", "timestamp"));
  });

  test("a length that is above what the role may have is not even asked for", async () => {
    const asked: string[] = [];
    const serve = folderFetcher(repository.folder);
    repository.publish({
      change: (role, signed) => {
        const meta = signed.meta as Record<string, { length: number }> | undefined;
        if (role === "timestamp" && meta?.["snapshot.json"] !== undefined)
          meta["snapshot.json"].length = METADATA_LIMIT_BYTES.snapshot + 1;
      },
    });
    const noting: Fetcher = (name, maxBytes) => {
      asked.push(name);
      return serve(name, maxBytes);
    };
    expect(await seen(noting)).toEqual(refusal("too-large", "snapshot"));
    expect(asked).not.toContain("2.snapshot.json");
  });

  test("501 targets, which the library would copy for seconds", async () => {
    const target = { length: 1, hashes: { sha256: "ab".repeat(32) } };
    for (let n = 0; n < 501; n += 1) repository.targets[`r/${n}`] = target;
    repository.publish();
    expect(await seen()).toEqual(refusal("too-large", "targets"));
  });

  test("a file without length and hashes of the one below", async () => {
    repository.publish({
      change: (role, signed) => {
        if (role === "timestamp") signed.meta = { "snapshot.json": { version: 2 } };
      },
    });
    expect(await seen()).toEqual(refusal("wrong-metadata", "timestamp"));
  });

  test("deep nesting and numbers that canonical JSON has not are refused, not crashed on", async () => {
    const deep = `${"[".repeat(7_000)}${"]".repeat(7_000)}`;
    const timestamp = readFileSync(join(repository.folder, "timestamp.json"), "utf8");
    repository.write("timestamp.json", Buffer.from(timestamp.replace('"meta"', `"deep":${deep},"meta"`)));
    expect(await seen()).toEqual(refusal("bad-signature", "timestamp"));
    repository.write("timestamp.json", Buffer.from(timestamp.replace('"meta"', '"half":0.5,"meta"')));
    expect(await seen()).toEqual(refusal("bad-signature", "timestamp"));
  });

  test("slow retrieval keeps its word", async () => {
    const slow: Fetcher = async () => ({ ok: false, problem: "too-slow", detail: "1 byte in 30 s" });
    expect(await seen(slow)).toEqual(refusal("too-slow", "root"));
  });
});

describe("wrong recipient (pitfall 4) [SIG-2, E-04]", () => {
  test.each(["targets", "snapshot", "timestamp"] as const)(
    "%s signed for another scanner, or for nobody",
    async (one) => {
      repository.publish({
        change: (role, signed) =>
          role === one && Object.assign(signed, { "x-fiducial-recipient": OTHER_SCANNER_ID }),
      });
      expect(await seen()).toEqual(refusal("wrong-recipient", one));
      repository.publish({
        change: (role, signed) => {
          if (role === one) delete signed["x-fiducial-recipient"];
        },
      });
      expect(await seen()).toEqual(refusal("wrong-recipient", one));
    },
  );

  test("another scanner's old or expired metadata is told as another scanner's", async () => {
    repository.publish();
    await seen();
    repository.recipient = OTHER_SCANNER_ID;
    repository.versions = { ...repository.versions, timestamp: 0 };
    repository.publish();
    expect(await seen()).toEqual(refusal("wrong-recipient", "timestamp"));
    repository.versions.timestamp = 5;
    repository.publish({ change: (_, signed) => Object.assign(signed, { expires: "2026-05-01T00:00:00Z" }) });
    expect(await seen()).toEqual(refusal("wrong-recipient", "timestamp"));
  });
});

describe("delegation [SIG-2]", () => {
  test("targets that hand their authority on", async () => {
    repository.publish({
      change: (role, signed) =>
        role === "targets" && Object.assign(signed, { delegations: { keys: {}, roles: [] } }),
    });
    expect(await seen()).toEqual(refusal("delegation", "targets"));
  });
});

describe("a mirror that withholds: nothing is refused, nothing changes, and it goes on later", () => {
  test.each(["1.snapshot.json", "1.targets.json", "timestamp.json"])("test_*_404 %s", async (name) => {
    const path = join(repository.folder, name);
    const bytes = readFileSync(path);
    rmSync(path);
    expect(await seen()).toMatchObject({ unreached: "absent" });
    repository.write(name, bytes);
    expect(await seen()).toEqual(believed(1, 1));
  });
});

test("another first root in the configuration begins another chain: old versions of old keys mean nothing to it", async () => {
  repository.publishRoot();
  for (let round = 0; round < 4; round += 1) repository.publish();
  expect(await seen()).toEqual(believed(2, 5));
  repository = new SignedRepository(join(base, "anew"), { nowMs, recipient: SCANNER_ID });
  expect(await seen()).toEqual(believed(1, 1));
});

test("what was verified is handed on in an order in which nobody meets a name before its file", async () => {
  repository.publishRoot();
  repository.publish();
  await seen();
  const result = await trust.refresh(folderFetcher(repository.folder));
  if (!result.ok) throw new Error("refused");
  expect(result.files.map(({ name }) => name)).toEqual([
    "1.root.json",
    "2.root.json",
    "2.targets.json",
    "2.snapshot.json",
    "timestamp.json",
  ]);
  for (const { name, bytes } of result.files)
    expect(Buffer.from(bytes).equals(readFileSync(join(repository.folder, name)))).toBe(true);
});

test("looks wait for each other, so that two at once cannot mix what they keep", async () => {
  const one = opened();
  const [first, second] = await Promise.all([
    one.refresh(folderFetcher(repository.folder)),
    one.refresh(folderFetcher(repository.folder)),
  ]);
  expect([first.ok, second.ok]).toEqual([true, true]);
});
