import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Host } from "#agent/activate/host.ts";
import { statusOf } from "#agent/activate/status.ts";
import { applyBundle } from "#agent/bundle/apply.ts";
import { type Bundle, openBundle } from "#agent/bundle/bundle.ts";
import { BundleError } from "#agent/bundle/bundle-error.ts";
import { narFileName, narinfoName } from "#core/closure/narinfo.ts";
import { ActivatorRoom, change } from "#tests/support/activator-room.ts";
import { CarriedBundle, madeNars } from "#tests/support/carried-bundle.ts";
import type { ModelScanner } from "#tests/support/model-scanner.ts";
import { OTHER_SCANNER_ID, SCANNER_ID, storePath } from "#tests/support/signed-release.ts";
import { testKey } from "#tests/support/signed-repository.ts";

const made = madeNars("r1", [50_000, 60_000]);
const [TOP, LIBRARY] = made.paths as [(typeof made.paths)[0], (typeof made.paths)[0]];
const NAR = `cache/${narFileName(TOP.narHash)}`;
const DESCRIBED = `cache/${narinfoName(TOP.path)}`;
const LIST = "release/targets.json";
const DAY_MS = 24 * 60 * 60_000;

let room: ActivatorRoom;
let host: Host;
let scanner: ModelScanner;
let stick: CarriedBundle;
let from: Bundle;

beforeEach(() => {
  room = new ActivatorRoom();
  ({ host, scanner } = room.host());
  host.store.missing = async (all) => [...all];
});
afterEach(() => {
  stick.remove();
  room.remove();
});

type Words = Record<string, unknown>;
const release = (words: object = {}, counter = 1) =>
  room.release("r1", counter, { paths: made.paths, toplevel: made.toplevel, ...words });
const instruct = (words: Words = {}) =>
  room.installation.instruct({ release: "r1", toplevel: made.toplevel, changeId: change(1), ...words });
const write = () => {
  stick = new CarriedBundle(room.installation, made);
  from = openBundle(stick.folder);
};
/** A good bundle, then spoilt. */
const spoilt = (spoil: () => void) => () => {
  release();
  instruct();
  write();
  spoil();
};
/** A bundle that is signed, and says what it should not. */
const asked =
  (words: () => Words, made: object = {}) =>
  () => {
    release(made);
    instruct(words());
    write();
  };
const edit = (name: string, change: (text: string) => string) =>
  stick.write(name, change(readFileSync(stick.path(name), "utf8")));
const apply = () =>
  applyBundle(
    host,
    from,
    () => {},
    async () => ({ ok: true }),
  );
const nowMs = () => room.installation.nowMs;
const replace = (name: string, make: (path: string) => void) => {
  rmSync(stick.path(name));
  make(stick.path(name));
};
const described = (field: string, value: string) => () =>
  edit(DESCRIBED, (text) => text.replace(new RegExp(`^${field}: .*$`, "m"), `${field}: ${value}`));
const releaseFile = () => {
  const folder = stick.path("release/targets/releases/r1");
  return `release/targets/releases/r1/${readdirSync(folder)[0]}`;
};
/** Applied before; the stick of then is kept. */
const afterwards = async (then: () => void | Promise<void>) => {
  release();
  instruct();
  write();
  await apply();
  await then();
};

/** U-02 of the threat catalogue, and what belongs to it: what is wrong, how it is made so, and the word it is refused with. */
const BAD: readonly (readonly [string, () => void | Promise<void>, string])[] = [
  [
    "expired instruction",
    asked(() => ({ notBeforeMs: nowMs() - 7_200_000, notAfterMs: nowMs() - 3_600_000 })),
    "instruction-expired",
  ],
  [
    "one that would be good for years",
    asked(() => ({ notAfterMs: nowMs() + 900 * DAY_MS })),
    "instruction-too-long",
  ],
  [
    "expired director",
    spoilt(() => {
      host.clock.nowMs = () => nowMs() + 2 * DAY_MS;
    }),
    "metadata-frozen",
  ],
  [
    "a clock that is years behind",
    spoilt(() => {
      host.clock.nowMs = () => nowMs() - 900 * DAY_MS;
    }),
    "clock-wrong",
  ],
  [
    "for another scanner",
    spoilt(() =>
      renameSync(stick.path(`director/${SCANNER_ID}`), stick.path(`director/${OTHER_SCANNER_ID}`)),
    ),
    "not-for-this-scanner",
  ],
  [
    "another scanner's word under this one's name",
    () => {
      release();
      room.installation.director.recipient = OTHER_SCANNER_ID;
      instruct();
      write();
    },
    "wrong-recipient",
  ],
  [
    "an instruction that names another scanner",
    asked(() => ({ scannerId: OTHER_SCANNER_ID })),
    "wrong-recipient",
  ],
  [
    "for another model",
    asked(() => ({}), { for: [{ model: "Other", hardwareRevisions: null }] }),
    "wrong-model",
  ],
  [
    "below the floor",
    () => {
      release();
      room.release("r9", 9, { floor: 9 });
      instruct();
      write();
    },
    "below-floor",
  ],
  ["withdrawn", asked(() => ({}), { withdrawn: "gradients drift" }), "withdrawn"],
  [
    "back to what never ran here",
    asked(() => ({ action: "rollback", notAfterMs: nowMs() + 600_000 })),
    "never-confirmed-here",
  ],
  [
    "unsigned list",
    spoilt(() => edit(LIST, (text) => JSON.stringify({ ...JSON.parse(text), signatures: [] }))),
    "bad-signature",
  ],
  [
    "list of a foreign key",
    () => {
      release();
      room.installation.release.publish({ signers: { targets: [testKey()] } });
      instruct();
      write();
    },
    "bad-signature",
  ],
  [
    "director of a foreign key",
    () => {
      release();
      instruct();
      room.installation.director.publish({ signers: { timestamp: [testKey()] } });
      write();
    },
    "bad-signature",
  ],
  [
    "a closure by content alone, which nobody signed",
    asked(() => ({ toplevel: storePath("content-addressed") })),
    "wrong-system",
  ],
  [
    "a release that the list does not hold",
    () => {
      release();
      instruct();
      room.installation.release.targets = {};
      room.installation.release.publish();
      write();
    },
    "unknown-release",
  ],
  [
    "two bundles mixed",
    () => {
      release();
      instruct();
      release({}, 2);
      write();
    },
    "releases-disagree",
  ],
  [
    "an export stream in place of an archive",
    spoilt(() =>
      stick.write(
        NAR,
        Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), made.nars.get(TOP.path) ?? Buffer.alloc(0)]),
      ),
    ),
    "content-mismatch",
  ],
  [
    "an archive with one other byte",
    spoilt(() => {
      const bytes = readFileSync(stick.path(NAR));
      bytes[7_000] = (bytes[7_000] ?? 0) ^ 1;
      stick.write(NAR, bytes);
    }),
    "content-mismatch",
  ],
  [
    "a link to /etc/shadow",
    spoilt(() => replace(NAR, (path) => symlinkSync("/etc/shadow", path))),
    "link-on-it",
  ],
  [
    "a link to /etc/shadow as metadata",
    spoilt(() => replace(LIST, (path) => symlinkSync("/etc/shadow", path))),
    "link-on-it",
  ],
  [
    "a folder that is a link",
    spoilt(() => {
      renameSync(stick.path("cache"), `${stick.folder}.cache`);
      symlinkSync(`${stick.folder}.cache`, stick.path("cache"));
    }),
    "link-on-it",
  ],
  ["a name with ..", spoilt(described("URL", "../../../etc/shadow")), "content-mismatch"],
  ["an absolute name", spoilt(described("URL", "/etc/shadow")), "content-mismatch"],
  ["a name with NUL", spoilt(described("URL", "nar/\0.nar")), "content-mismatch"],
  ["a name of 300 bytes", spoilt(described("URL", `nar/${"a".repeat(300)}.nar`)), "content-mismatch"],
  [
    "bad UTF-8",
    spoilt(() => stick.write(DESCRIBED, Buffer.from([0x53, 0xff, 0xfe, 0x3a, 0x0a]))),
    "content-mismatch",
  ],
  ["a pipe", spoilt(() => replace(NAR, (path) => execFileSync("mkfifo", [path]))), "link-on-it"],
  [
    "a hard link to another archive",
    spoilt(() => replace(NAR, (path) => linkSync(stick.path(`cache/${narFileName(LIBRARY.narHash)}`), path))),
    "content-mismatch",
  ],
  [
    "an archive packed with xz, which may be a bomb",
    spoilt(described("Compression", "xz")),
    "content-mismatch",
  ],
  ["a sparse file of 1 TB", spoilt(() => truncateSync(stick.path(NAR), 1e12)), "content-mismatch"],
  ["JSON of 1 GB", spoilt(() => truncateSync(stick.path(LIST), 1e9)), "too-large"],
  ["a release file of 1 GB", spoilt(() => truncateSync(stick.path(releaseFile()), 1e9)), "too-large"],
  [
    "JSON with a key twice",
    spoilt(() => edit(LIST, (text) => text.replace(/"version":(\d+)/, '"version":$1,"version":99'))),
    "bad-signature",
  ],
  ["nested without end", spoilt(() => stick.write(LIST, "[".repeat(100_000))), "wrong-metadata"],
  ["truncated", spoilt(() => truncateSync(stick.path(NAR), 1_000)), "incomplete"],
  ["an archive that is not there", spoilt(() => rmSync(stick.path(NAR))), "incomplete"],
  [
    "a description that is not there, only one that differs in case",
    spoilt(() =>
      renameSync(stick.path(DESCRIBED), stick.path(DESCRIBED.toUpperCase().replace("CACHE/", "cache/"))),
    ),
    "incomplete",
  ],
  [
    "a release file with another word",
    spoilt(() => edit(releaseFile(), (text) => text.replace('"required"', '"neednotb"'))),
    "content-mismatch",
  ],
  [
    "an empty stick, or one with another file system on it",
    spoilt(() => {
      for (const name of readdirSync(stick.folder)) rmSync(stick.path(name), { recursive: true });
    }),
    "not-a-bundle",
  ],
  [
    "a file in place of the folder",
    spoilt(() => {
      from = openBundle(stick.path(LIST));
    }),
    "link-on-it",
  ],
  [
    "swapped while it is read",
    spoilt(() => {
      from = swapping(from);
    }),
    "content-mismatch",
  ],
  [
    "a root that skips a version",
    () => {
      release();
      instruct();
      const { release: list } = room.installation;
      list.publishRoot();
      list.keys.targets = [testKey()];
      list.publishRoot();
      list.publish();
      write();
      rmSync(stick.path("release/2.root.json"));
    },
    "bad-signature",
  ],
  [
    "a root older than the trusted one",
    () =>
      afterwards(() => {
        const { release: list } = room.installation;
        list.keys.targets = [testKey()];
        list.publishRoot();
        list.publish();
        copyTrustedRoot();
        room.installation.instruct({ release: "r1", toplevel: made.toplevel, changeId: change(2) });
      }),
    "bad-signature",
  ],
  ["the same once more", () => afterwards(() => {}), "done-already"],
  [
    "replayed after a newer one was seen",
    () =>
      afterwards(async () => {
        const old = stick;
        instruct({ changeId: change(2) });
        write();
        await apply().catch(() => {});
        stick.remove();
        stick = old;
        from = openBundle(old.folder);
      }),
    "superseded",
  ],
];

/** What the scanner's trusted copy would hold after a rotation that it saw. */
function copyTrustedRoot(): void {
  const root = readFileSync(join(room.installation.folder, "release", "2.root.json"));
  writeFileSync(join(room.folders.state, "trust", "release", "2.root.json"), root);
}

/** Gives other bytes of the same length once the file was opened and measured. */
function swapping(good: Bundle): Bundle {
  const other = Buffer.alloc(1024 * 1024, 7);
  return {
    read: good.read,
    open: async (name) => {
      const file = await good.open(name);
      const read = async (piece: Buffer, at: number, length: number) => {
        other.copy(piece, at, 0, length);
        return { bytesRead: length, buffer: piece };
      };
      return { stat: () => file.stat(), close: () => file.close(), read } as unknown as Awaited<
        ReturnType<Bundle["open"]>
      >;
    },
  };
}

describe("a bad bundle is refused, by name, and leaves nothing behind [OFF-1, U-02]", () => {
  test.each(BAD)("%s", async (_, make, reason) => {
    await make();
    const before = [(await statusOf(host)).told, scanner.current, scanner.profile];
    const said = await apply().then(
      () => "taken",
      (error: unknown) => {
        if (error instanceof BundleError) return error.reason;
        throw error;
      },
    );
    expect(said).toBe(reason);
    expect([(await statusOf(host)).told, scanner.current, scanner.profile]).toEqual(before);
    expect(readdirSync(room.folders.spool)).toEqual([]);
  });

  test("there are thirty at least, and they are not all told by the same few words", () => {
    expect(BAD.length).toBeGreaterThanOrEqual(30);
    expect(new Set(BAD.map(([, , reason]) => reason)).size).toBeGreaterThanOrEqual(10);
  });
});

test("what lies beside a bundle is never looked at: nothing on a stick is listed [OFF-1, U-02]", async () => {
  spoilt(() => {
    mkdirSync(stick.path("many"));
    for (let at = 0; at < 2_000; at += 1) stick.write(`cache/nar/stray-${at}`, "");
    mkdirSync(join(stick.folder, ...Array.from({ length: 70 }, () => "deep")), { recursive: true });
    stick.write("README.TXT", "");
    stick.write("Readme.txt", "");
    writeFileSync(Buffer.concat([Buffer.from(`${stick.folder}/`), Buffer.from([0xff, 0xfe])]), "");
    symlinkSync(stick.folder, stick.path("loop"));
  })();
  await apply();
  expect((await statusOf(host)).told).toMatchObject({ state: "confirmed", changeId: change(1) });
});
