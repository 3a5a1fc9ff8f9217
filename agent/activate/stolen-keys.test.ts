import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { narinfoName } from "#core/closure/narinfo.ts";
import { storePathParts } from "#core/closure/store-path.ts";
import { EvilRoom } from "#tests/support/evil-room.ts";
import { storePath } from "#tests/support/signed-release.ts";
import { type TestKey, testKey } from "#tests/support/signed-repository.ts";

/**
 * One test for each line of the table in docs/trust.md: what a stolen key can do, and where it ends. What somebody with all online keys
 * tries is in demo/attack/scripts.test.ts; K8's other half, one key on two machines, in tests/integration/ingest.test.ts.
 */
const DAY_MS = 24 * 60 * 60_000;
const EVIL = { release: "bad", system: "scanner", toplevel: storePath("system-bad") };
let room: EvilRoom;
beforeEach(async () => {
  room = await EvilRoom.open();
});
afterEach(() => room.close());

const repositories = () => room.room.installation;
const refused = (reason: string) => ({ kind: "refused", reason });
/** Both ways in which files reach the activator end alike. */
async function answers(wanted: object) {
  for (const half of ["fetcher", "spool"] as const) expect(await room.look(half), half).toMatchObject(wanted);
}

/** People sign the keys of the release role anew; the list has to be signed by them, too. */
function rotateRelease(keys: TestKey[], threshold = 1) {
  const { release } = repositories();
  release.keys = { ...release.keys, targets: keys };
  release.thresholds.targets = threshold;
  release.publishRoot();
  release.publish();
}

/** A list with one release more than people put there. */
function listBad(signers: readonly TestKey[]) {
  const { release } = repositories();
  const signed = { ...release.keys };
  release.keys = { ...release.keys, targets: [...signers] };
  room.room.release("bad", 9);
  release.keys = signed;
}

describe("the director's keys (K1) [SIG-2]", () => {
  test("ask for what people signed, and that is done", async () => {
    room.evil.instruct(room.situation.next, room.situation.last.seq + 1);
    expect(await room.look("fetcher")).toMatchObject({ kind: "taken" });
    expect(await room.told()).toMatchObject({ state: "confirmed", to: "r3" });
  });

  test("sign nothing of the release repository (T-20)", async () => {
    const { release, director } = repositories();
    for (const role of ["targets", "snapshot", "timestamp"] as const) {
      release.publish({ signers: { [role]: director.keys[role] } });
      await answers(refused("bad-signature"));
    }
  });
});

describe("snapshot and timestamp of the releases (K2)", () => {
  test("hide what is newer until the list that people signed is over, and no longer", async () => {
    const { situation, evil } = room;
    const listEndsMs = evil.list.expiresMs;
    const later = (waitMs: number) =>
      room.play(
        {
          does: "goes on with the old list",
          before: { waitMs },
          lay: () => {
            evil.freshenList();
            evil.point({});
          },
          expect: { kind: "taken" },
        },
        "spool",
      );
    expect(await later(3 * DAY_MS)).toEqual({ kind: "taken", answer: "nothing" });
    expect(await later(listEndsMs - evil.nowMs)).toMatchObject(refused("metadata-frozen"));
    expect(room.scanner.profile).toBe(situation.running.toplevel);
  });

  test("show no older list than the scanner has seen", async () => {
    const { release } = repositories();
    expect(await room.look("spool")).toMatchObject({ kind: "taken" });
    const { versions } = release;
    release.versions = { ...versions, targets: versions.targets - 2 };
    release.publish();
    await answers(refused("metadata-rolled-back"));
  });

  test("sign no list (T-20), and nothing of the director's", async () => {
    const { release, director } = repositories();
    release.publish({ signers: { targets: release.keys.snapshot } });
    await answers(refused("bad-signature"));
    release.publish();
    director.publish({ signers: { targets: release.keys.timestamp } });
    await answers(refused("bad-signature"));
  });
});

describe("keys of releases", () => {
  test("fewer than the threshold are none (K3)", async () => {
    const people = [testKey(), testKey(), testKey()];
    rotateRelease(people, 2);
    expect(await room.look("fetcher")).toMatchObject({ kind: "taken" });
    listBad(people.slice(0, 1));
    room.evil.instruct(EVIL, room.situation.last.seq + 1);
    await answers(refused("threshold-missed"));
  });

  test("enough of them sign a bad release, and nobody asks for it (K4)", async () => {
    listBad(repositories().release.keys.targets);
    expect(await room.look("fetcher")).toEqual({ kind: "taken", answer: "nothing" });
    expect(room.scanner.profile).toBe(room.situation.running.toplevel);
    // Nor can they ask: the director's files are not theirs to sign.
    const { release, director } = repositories();
    director.publish({ signers: { targets: release.keys.targets } });
    await answers(refused("bad-signature"));
  });

  test("enough of them and the director's run what they like, and the scanner says so by name (K7)", async () => {
    listBad(repositories().release.keys.targets);
    room.evil.instruct(EVIL, room.situation.last.seq + 1);
    await room.look("spool");
    // Accepted: what is missing is only the closure itself, which nobody laid into this cache.
    expect(await room.told()).toMatchObject({ state: "offered", to: "bad", changeId: room.asked });
  });

  test("one that was revoked by a new root signs nothing any more", async () => {
    const stolen = repositories().release.keys.targets;
    rotateRelease([testKey()]);
    expect(await room.look("fetcher")).toEqual({ kind: "taken", answer: "nothing" });
    listBad(stolen);
    room.evil.instruct(EVIL, room.situation.last.seq + 1);
    await answers(refused("bad-signature"));
  });
});

describe("keys of roots", () => {
  test("fewer than the threshold make no root (K5)", async () => {
    const { release } = repositories();
    const people = [testKey(), testKey(), testKey()];
    const before = release.keys.root;
    release.keys = { ...release.keys, root: people };
    release.thresholds.root = 2;
    release.publishRoot({ signers: { root: [...before, ...people] } });
    expect(await room.look("fetcher")).toMatchObject({ kind: "taken" });
    release.keys = { ...release.keys, targets: [testKey()] };
    release.publishRoot({ signers: { root: people.slice(0, 1) } });
    await answers(refused("threshold-missed"));
  });
});

describe("director, snapshot and timestamp together (K6, K10)", () => {
  test("name no release that is not in the list of people", async () => {
    const { next } = room.situation;
    room.evil.freshenList();
    room.evil.instruct({ ...next, release: "r9" }, room.situation.last.seq + 1);
    await answers(refused("unknown-release"));
  });

  test("are shut out by a new root, and the honest ones go on whatever the others signed [E-10]", async () => {
    room.evil.point({}, { version: 2_147_483_647 });
    expect(await room.look("fetcher")).toMatchObject({ kind: "taken" });
    room.rotateDirector();
    const { next, last } = room.situation;
    const { director } = repositories();
    director.versions = { ...director.versions, targets: 40, snapshot: 40, timestamp: 40 };
    repositories().instruct({ ...next, seq: last.seq + 1 });
    await room.look("fetcher");
    expect(await room.told()).toMatchObject({ state: "confirmed", to: "r3" });
  });
});

describe("a scanner's own key (K8)", () => {
  test("signs for no repository", async () => {
    repositories().director.publish({
      signers: { targets: [testKey()], snapshot: [testKey()], timestamp: [testKey()] },
    });
    await answers(refused("bad-signature"));
  });
});

describe("the key of the Nix cache (K9) [SIG-4]", () => {
  test("signs bytes that nobody asks for (T-22)", async () => {
    const evil = storePath("nixos-system-evil");
    room.evil.addToCache({ path: evil, nar: Buffer.from("other bytes") });
    room.evil.instruct(room.situation.next, room.situation.last.seq + 1);
    await room.look("fetcher");
    const { hash } = storePathParts(evil as Parameters<typeof storePathParts>[0]);
    const heard = room.heard.filter((path) => path.startsWith("/agent/v1/cache/"));
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.filter((path) => path.includes(hash))).toEqual([]);
  });

  test("signs other bytes for a path of a release: they are not taken, from the network or the spool", async () => {
    const { next, running, last } = room.situation;
    room.evil.addToCache({ path: next.toplevel, nar: Buffer.from("other bytes") });
    room.evil.instruct(next, last.seq + 1);
    expect(await room.look("fetcher")).toMatchObject({ kind: "taken", answer: "need-paths" });
    expect(room.heard).toContain(`/agent/v1/cache/${narinfoName(next.toplevel)}`);
    await room.look("spool");
    expect(await room.told()).toMatchObject({ state: "refused", reason: "content-mismatch" });
    expect(room.scanner.profile).toBe(running.toplevel);
  });
});
