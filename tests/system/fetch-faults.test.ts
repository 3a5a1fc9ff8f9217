import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "#tests/support/portal.ts";
import { buildName } from "../../scripts/build-agent.mjs";
import { isVoid } from "./cut-cases.ts";
import { whyNoCut } from "./cut-disk.ts";
import { type Begun, CutScanner } from "./cut-scanner.ts";
import { FETCH_POINTS, type FetchCase, fetchLeft, fetchLog, fetchTable, titleOf } from "./fetch-cases.ts";
import { STRIKES, type Strike } from "./held-strikes.ts";
import { expectInvariants } from "./invariants.ts";
import { StalledLine } from "./stalled-line.ts";

const ALL = process.env.FIDUCIAL_FAULTS === "all";
const why = ALL ? whyNoCut() : "part of npm run faults";
if (why !== null) console.log(`skipped: faults while something is fetched: ${why}`);

const MINUTES = Number(process.env.FIDUCIAL_FAULTS_MINUTES ?? 24 * 60);
/** Longer than everything that is waited for inside, so that what was waited for is what is told. */
const CASE_MS = 900_000;

/** A few files that take long enough to be caught in the middle. */
let pieces = 0;
const largePieces = () => {
  pieces += 1;
  return JSON.stringify([0, 1, 2].map((at) => ({ name: `large-${pieces}-${at}`, kib: 4096, needs: [] })));
};

describe.skipIf(why !== null)(
  "a fault while something is fetched changes nothing, and what is wanted comes afterwards [ACT-3, SIG-4, I1-I10]",
  () => {
    let cutter: CutScanner;
    const endAtMs = Date.now() + MINUTES * 60_000;

    beforeAll(async () => {
      cutter = await CutScanner.open({ mountOptions: "errors=remount-ro" });
    });
    afterAll(async () => {
      await cutter?.close();
      console.log(fetchTable());
    });

    test.for(fetchLeft().map((one) => [titleOf(one), one] as const))(
      "%s",
      { timeout: CASE_MS },
      async ([title, one], { skip }) => {
        if (Date.now() > endAtMs) skip("for the next piece of the sweep");
        try {
          if ((await met(one)) === "void") skip("void: the disk was synced by somebody else");
        } catch (error) {
          console.log(
            `${title}: ${String(error).slice(0, 600)}\n${await cutter.scanner.journal().catch(String)}`,
          );
          await cutter.forget();
          throw error;
        }
      },
    );

    const sh = (script: string) => cutter.scanner.nixos.host.must("sh", ["-c", script]);
    const isFetching = async () =>
      (await sh("grep -al 'fiducial-[f]etch.mjs' /proc/[0-9]*/cmdline 2>/dev/null || true")) !== "";
    const untilGone = () =>
      until("the fetcher to end", 120_000, async () => ((await isFetching()) ? null : true));
    const current = async () => (await cutter.scanner.nixos.seen()).current;

    async function met(one: FetchCase): Promise<"seen" | "void"> {
      const begunAtMs = Date.now();
      const was = await cutter.atRest();
      // A look that is under way would come to the line first. The next one begins with the agent, and not only when the server says so.
      await sh("systemctl stop fiducial-agent.service");
      const line = new StalledLine(cutter.scanner.server, FETCH_POINTS[one.point]);
      const asked = { target: "healthy", way: "live" } as const;
      const change = await cutter.offer(asked, was, { plan: { bulk: largePieces() } });
      await sh("systemctl start fiducial-agent.service");
      await until("the line to stand still", 120_000, () =>
        Promise.race([line.reached.then(() => true), new Promise<null>((no) => setTimeout(no, 500, null))]),
      );
      expect(await isFetching(), "nobody is there to be struck").toBe(true);
      const stood = await struck(one, change, line);
      if (stood === "void") return "void";
      await cutter.scanner.untilOver(change.changeId);
      for (let again = 0; again < 3; again += 1) await cutter.restartGuard();
      const end = await expectInvariants(cutter.scanner, change);
      expect(end).toBe("confirmed");
      expect(await cutter.damaged()).toEqual([]);
      await swept();
      const seconds = Math.round((Date.now() - begunAtMs) / 1000);
      fetchLog.note({ ...one, stood: stood.word, end, seconds, build: buildName() });
      return "seen";
    }

    /** The fault, and the line goes on: nothing has changed by then. */
    async function struck(one: FetchCase, change: Begun, line: StalledLine) {
      if (one.strike === "cut" && (await cutIsVoid(one))) return "void";
      if (one.strike === "kill") await sh("systemctl kill --signal=KILL fiducial-agent.service");
      const lasting = one.strike === "cut" || one.strike === "kill" ? null : STRIKES[one.strike];
      await lasting?.strike(cutter, change);
      expect(await current()).toBe(change.was);
      line.letGoOn();
      await lasting?.after?.(cutter);
      return { word: lasting?.mend === undefined ? null : await waited(one, lasting, change) };
    }

    /** A fault that stays: what it waits for is seen before it is mended. */
    async function waited({ strike }: FetchCase, { mend }: Strike, change: Begun): Promise<string> {
      if (strike === "safety-silent") await cutter.scanner.untilTold("waiting", change.changeId);
      await untilGone();
      // A scanner that never heard of a change says nothing that names one.
      const told = await cutter.scanner.told().catch(() => null);
      expect(await current()).toBe(change.was);
      await mend?.(cutter, change);
      return told?.changeId === change.changeId ? `${told.state}: ${told.reason}` : "not begun";
    }

    async function cutIsVoid({ delay }: FetchCase): Promise<boolean> {
      cutter.canary("struck").write({ synced: false });
      await cutter.pause(delay);
      await cutter.scanner.nixos.cutPower();
      return isVoid({ delay, canary: cutter.canary("struck").seen(), last: cutter.canary("last").seen() });
    }

    /** I9, in the spool: the next look gives back what was fetched, whole or half. */
    async function swept(): Promise<void> {
      await sh("systemctl restart fiducial-agent.service");
      await until("the spool to be swept", 60_000, async () =>
        (await sh("find /var/spool/fiducial -name '*.part' -o -name '*.unfinished' -o -name '*.nar'")) === ""
          ? true
          : null,
      );
    }
  },
);
