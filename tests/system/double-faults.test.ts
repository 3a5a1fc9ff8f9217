import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "#tests/support/portal.ts";
import { buildName } from "../../scripts/build-agent.mjs";
import { whyNoCut } from "./cut-disk.ts";
import { CutScanner } from "./cut-scanner.ts";
import { type Double, doubleLog, doublesLeft, doubleTable, endsOfDouble, titleOf } from "./double-cases.ts";
import { expectInvariants } from "./invariants.ts";

const ALL = process.env.FIDUCIAL_FAULTS === "all";
const why = ALL ? whyNoCut() : "part of npm run faults";
if (why !== null) console.log(`skipped: double faults: ${why}`);

const PART = process.env.FIDUCIAL_FAULTS_PART ?? "1/1";
const MINUTES = Number(process.env.FIDUCIAL_FAULTS_MINUTES ?? 24 * 60);
/** Longer than everything that is waited for inside, so that what was waited for is what is told. */
const CASE_MS = 900_000;

describe.skipIf(why !== null)(
  "a change that is struck again while it recovers ends whole [ACT-3, I1-I10]",
  () => {
    let cutter: CutScanner;
    const endAtMs = Date.now() + MINUTES * 60_000;

    beforeAll(async () => {
      cutter = await CutScanner.open();
    });
    afterAll(async () => {
      await cutter?.close();
      console.log(doubleTable());
    });

    test.for(doublesLeft(PART).map((one) => [titleOf(one), one] as const))(
      "%s",
      { timeout: CASE_MS },
      async ([title, one], { skip }) => {
        if (Date.now() > endAtMs) skip("for the next piece of the sweep");
        try {
          await struckTwice(one);
        } catch (error) {
          console.log(
            `${title}: ${String(error).slice(0, 600)}\n${await cutter.scanner.journal().catch(String)}`,
          );
          await cutter.forget();
          throw error;
        }
      },
    );

    async function struckTwice(one: Double): Promise<void> {
      const begunAtMs = Date.now();
      const was = await cutter.atRest();
      const faults = [one.first, one.second].map(
        ({ point, death }) => `${point}:${death === "kill" ? "kill" : "park"}`,
      );
      const change = await cutter.begin({ target: one.target, way: "live" }, was, faults);
      for (const fault of [one.first, one.second]) await die(fault);
      for (let again = 0; again < 3; again += 1) await cutter.restartGuard();
      await cutter.scanner.untilOver(change.changeId);
      expect(cutter.faultsLeft()).toEqual([]);
      const end = await expectInvariants(cutter.scanner, change);
      expect(endsOfDouble(one)).toContain(end);
      expect({ damaged: await cutter.damaged(), fsck: cutter.disk.fsck }).toEqual({
        damaged: [],
        fsck: { system: 0, esp: 0 },
      });
      const reason = (await cutter.scanner.told())?.reason ?? null;
      const seconds = Math.round((Date.now() - begunAtMs) / 1000);
      doubleLog.note({ ...one, end, reason, seconds, build: buildName() });
    }

    /** The fault has fired when its line is gone. */
    async function die({ point, death }: Double["first"]): Promise<void> {
      if (death === "kill") {
        await until(`the fault at ${point}`, 120_000, async () =>
          cutter.faultsLeft().some((line) => line.startsWith(`${point}:`)) ? null : true,
        );
        return;
      }
      await cutter.struck();
      cutter.forgetParked();
      await cutter.scanner.nixos.cutPower();
    }
  },
);
