import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { narFileName } from "#core/closure/narinfo.ts";
import { until } from "#tests/support/portal.ts";
import { ChangeScanner, STUB_SCANNER_ID } from "./change-scanner.ts";
import { whyNoHost } from "./host-root.ts";
import { expectInvariants } from "./invariants.ts";
import { type Built, Workshop } from "./workshop.ts";

const why = whyNoHost();
if (why !== null) console.log(`skipped: copying ahead of the download: ${why}`);

/** Three of them are more than the fetcher places at a time (agent/fetch/shelf.ts). Each stands on one before it. */
const PIECES = 6;
const PIECE_KIB = 24 * 1024;
const pieces = (label: string) =>
  JSON.stringify(
    Array.from({ length: PIECES }, (_, at) => ({
      name: `piece-${label}-${at}`,
      kib: PIECE_KIB,
      needs: at === 0 ? [] : [Math.floor((at - 1) / 2)],
    })),
  );
const INCOMING = "/nix/var/nix/gcroots/fiducial/incoming";

/** Real Nix 2.26, real systemd: the agent fetches, the activator copies what has come, and the network goes away in between. */
describe.skipIf(why !== null)("what has come is in the store before the rest is there [SIG-4]", () => {
  let workshop: Workshop;
  let scanner: ChangeScanner;
  let directorVersion = 1;
  const built: Built[] = [];

  beforeAll(async () => {
    workshop = await Workshop.open({ scannerId: STUB_SCANNER_ID, changes: { liveSwitch: true } });
    for (const version of ["0", "1", "2"])
      built.push(await workshop.build({ version, ...(version === "0" ? {} : { bulk: pieces(version) }) }));
    scanner = await ChangeScanner.install("trixie", workshop, system(0));
    scanner.server.reply = () => ({ acknowledge: { directorVersion } });
  });
  afterAll(async () => {
    await scanner?.remove();
    await workshop?.close();
  });

  const system = (at: number): Built => {
    const one = built[at];
    if (one === undefined) throw new Error(`no system ${at}`);
    return one;
  };
  const sh = (script: string) => scanner.nixos.host.must("sh", ["-c", script]);
  const valid = async ({ paths }: Built) => {
    const all = paths.map((one) => one.path);
    const { stdout } = await scanner.nixos.host.run("nix-store", [
      ...["--check-validity", "--print-invalid"],
      ...all,
    ]);
    const invalid = new Set(stdout.split("\n"));
    return all.filter((path) => !invalid.has(path));
  };
  const isPiece = ({ path }: { path: string }) => /-piece-\d-\d$/.test(path);
  const isFetching = async () =>
    (await sh(`grep -al 'fiducial-[f]etch.mjs' /proc/[0-9]*/cmdline 2>/dev/null || true`)) !== "";
  /** NARs of pieces that the server was asked for, in order. */
  const asked: string[] = [];
  /** Asks for this system and takes the network away when so many of its pieces were asked for. */
  const cutOff = async (at: number, most: number) => {
    const { server } = scanner;
    const nars = new Set(
      system(at)
        .paths.filter(isPiece)
        .map(({ narHash }) => `/cache/${narFileName(narHash)}`),
    );
    asked.length = 0;
    server.files = workshop.repository;
    scanner.release(`r${at}`, at, system(at));
    const cut = new Promise<void>((resolve) => {
      server.onFile = (name) => {
        if (!nars.has(name) || server.files === null) return;
        asked.push(name);
        if (asked.length !== most) return;
        server.files = null;
        resolve();
      };
    });
    const changeId = scanner.instruct(`r${at}`, system(at));
    directorVersion += 1;
    await cut;
    await until("the fetcher to give up", 60_000, async () => ((await isFetching()) ? null : true));
    return changeId;
  };
  const back = () => {
    scanner.server.files = workshop.repository;
    directorVersion += 1;
  };

  test("the network is cut in the middle and comes back: what was copied stays, nothing is armed before all of it is there [ACT-3]", async () => {
    const was = (await scanner.nixos.seen()).current;
    const changeId = await cutOff(1, PIECES);
    const copied = await until("some of it to be copied", 60_000, async () => {
      const here = (await valid(system(1))).filter((path) => isPiece({ path }));
      return here.length > 1 ? here : null;
    });
    expect(await valid(system(1))).not.toContain(system(1).toplevel);
    expect(await scanner.told()).toMatchObject({ changeId, state: "downloading" });
    // Nothing but the links of what was copied keeps it.
    await sh(`test -e ${INCOMING}; nix-store --gc 2>/dev/null`);
    expect(await valid(system(1))).toEqual(expect.arrayContaining(copied));
    back();
    await scanner.untilTold("confirmed", changeId);
    expect(asked.filter((name, at) => asked.indexOf(name) !== at).length, "brought twice").toBeLessThan(3);
    await scanner.untilOver(changeId);
    await until("its roots to be dropped", 10_000, async () =>
      (await scanner.nixos.host.run("test", ["-e", INCOMING])).status === 1 ? true : null,
    );
    expect(await expectInvariants(scanner, { was, to: system(1).toplevel, changeId })).toBe("confirmed");
  });

  test("a file that changed in the spool ends the change by name, is brought anew, and the change goes on when it is looked at again [SIG-2, E-01]", async () => {
    const before = await scanner.nixos.seen();
    // Before the fetcher tells of any: all of them are looked at when it begins again.
    const changeId = await cutOff(2, 3);
    const file = asked[0];
    await sh(`printf X | dd of=/var/spool/fiducial${file} bs=1 seek=300 conv=notrunc 2>/dev/null`);
    back();
    expect(await scanner.untilTold("refused", changeId)).toMatchObject({ reason: "content-mismatch" });
    expect(await scanner.nixos.seen()).toEqual(before);
    back();
    await scanner.untilTold("confirmed", changeId);
    expect(asked.filter((name) => name === file)).toHaveLength(2);
    expect((await scanner.nixos.seen()).current).toBe(system(2).toplevel);
  });
});
