import { describe, expect, test } from "vitest";
import { verifyOfflineSet } from "#agent/trust/offline-set.ts";
import { verifyListedRelease } from "#agent/trust/release-file.ts";
import { type Signed, signReleases } from "#demo/ceremony/hold-ceremony.ts";
import { MODEL_NAMES } from "#demo/model/model.ts";
import { planFleet } from "#demo/plan/plan.ts";
import { testKey } from "#tests/support/signed-repository.ts";

const NOW = Date.parse("2026-11-22T16:00:00Z");
const plan = planFleet({ seed: "1", scanners: 5, nowMs: NOW });
const online = {
  schema: "fiducial.online-keys/1" as const,
  snapshot: testKey().publicKey,
  timestamp: testKey().publicKey,
  director: testKey().publicKey,
};
const signed = signReleases(plan, online, NOW);

/** As a server takes it in, with the scanner's own verifier. */
function verify(targets: Uint8Array, { firstRoots }: Pick<Signed, "firstRoots"> = signed) {
  return verifyOfflineSet({
    repository: "release",
    firstRoot: firstRoots.release,
    roots: [],
    targets,
    nowMs: NOW + 60_000,
  });
}

/** The signed list with something done to it, its signatures left alone. */
function changed(change: (list: { signed: Record<string, unknown>; signatures: unknown[] }) => void) {
  const list = JSON.parse(Buffer.from(signed.targets).toString("utf8"));
  change(list);
  return Buffer.from(JSON.stringify(list));
}

describe("the ceremony of the example fleet", () => {
  test("signs the newest releases by two of three people, whole for every model [SIG-1, SIG-6]", () => {
    const set = verify(signed.targets);
    if (!set.ok || set.targets === null) throw new Error(JSON.stringify(set));
    expect(set.signatures).toMatchObject({ threshold: 2 });
    expect(set.signatures?.valid).toHaveLength(2);
    const { targets } = set;
    const releases = signed.files.map(({ release, bytes }) =>
      verifyListedRelease(targets, release.name, bytes),
    );
    for (const release of releases)
      expect("refused" in release ? release : release.systems.map(({ name }) => name)).toHaveLength(
        MODEL_NAMES.length,
      );
    expect(signed.files.map(({ release: { counter, floor } }) => [counter, floor])).toEqual([
      [5, 0],
      [6, 0],
      [7, 5],
      [8, 5],
    ]);
    expect(signed.files.map(({ withdrawn }) => withdrawn !== null)).toEqual([false, false, true, false]);
  });

  test("is refused where a signature is missing, a word differs, or other people signed [SIG-3]", () => {
    const one = changed((list) => list.signatures.pop());
    expect(verify(one)).toMatchObject({ ok: false, refusal: { refused: "threshold-missed" } });
    const later = changed((list) => {
      list.signed.version = 2;
    });
    expect(verify(later)).toMatchObject({ ok: false });
    // Keys are fresh each time: another installation's releases mean nothing here.
    expect(verify(signReleases(plan, online, NOW).targets)).toMatchObject({ ok: false });
  });

  test("tells of a release file that was changed afterwards [SIG-3]", () => {
    const set = verify(signed.targets);
    const [file] = signed.files;
    if (!set.ok || set.targets === null || file === undefined) throw new Error("not signed");
    const bytes = Buffer.from(Buffer.from(file.bytes).toString("utf8").replace("NVIDIA", "nvidia"));
    expect(verifyListedRelease(set.targets, file.release.name, bytes)).toMatchObject({
      refused: "content-mismatch",
    });
  });
});
