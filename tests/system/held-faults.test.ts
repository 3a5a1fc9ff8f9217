import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "#tests/support/portal.ts";
import { buildName } from "../../scripts/build-agent.mjs";
import { whyNoCut } from "./cut-disk.ts";
import { type Begun, CutScanner } from "./cut-scanner.ts";
import { type Held, heldLeft, heldLog, heldTable, SHORT_HELD, titleOf } from "./held-cases.ts";
import { PROGRAM, STRIKES } from "./held-strikes.ts";
import { expectInvariants } from "./invariants.ts";

const why = whyNoCut();
if (why !== null) console.log(`skipped: faults that last: ${why}`);

const ALL = process.env.FIDUCIAL_FAULTS === "all";
const PART = process.env.FIDUCIAL_FAULTS_PART ?? "1/1";
const MINUTES = Number(process.env.FIDUCIAL_FAULTS_MINUTES ?? 24 * 60);
/** Longer than everything that is waited for inside, so that what was waited for is what is told. */
const CASE_MS = 900_000;
/** A way back that fails is tried three times, each with all its patience. */
const STANDS_MS = 400_000;

describe.skipIf(why !== null)(
  "a change that meets a fault at a named point, and has it until it is over, ends whole [ACT-3, I1-I10]",
  () => {
    let cutter: CutScanner;
    const endAtMs = Date.now() + MINUTES * 60_000;

    beforeAll(async () => {
      cutter = await CutScanner.open({ mountOptions: "errors=remount-ro" });
    });
    afterAll(async () => {
      await cutter?.close();
      if (ALL) console.log(heldTable());
    });

    test.for((ALL ? heldLeft(PART) : SHORT_HELD).map((one) => [titleOf(one), one] as const))(
      "%s",
      { timeout: CASE_MS },
      async ([title, one], { skip }) => {
        if (Date.now() > endAtMs) skip("for the next piece of the sweep");
        try {
          await met(one);
        } catch (error) {
          console.log(
            `${title}: ${String(error).slice(0, 600)}\n${await cutter.scanner.journal().catch(String)}`,
          );
          await cutter.forget();
          throw error;
        }
      },
    );

    async function met(one: Held): Promise<void> {
      const begunAtMs = Date.now();
      const was = await cutter.atRest();
      const { strike, after, mend, budgets = {} } = STRIKES[one.strike];
      const change = await cutter.begin(one, was, [`${one.point}:hold`], { budgets });
      await cutter.struck(".held");
      await strike(cutter, change);
      cutter.letGoOn();
      await after?.(cutter);
      const stood = one.waits ? await standing(change) : null;
      if (one.waits) {
        if (one.target === "healthy") expect((await cutter.scanner.nixos.seen()).current).toBe(change.was);
        await mend?.(cutter, change);
        await nudge(stood ?? "", change);
      }
      await cutter.scanner.untilOver(change.changeId);
      const told = await cutter.scanner.told();
      if (!one.waits) await mend?.(cutter, change);
      for (let again = 0; again < 3; again += 1) await cutter.restartGuard();
      await wellAgain();
      const end = await expectInvariants(cutter.scanner, change);
      expect({ end, reason: told?.reason }).toMatchObject({ end: one.end });
      expect(await cutter.damaged()).toEqual([]);
      const { strike: name, point, target, way } = one;
      const seconds = Math.round((Date.now() - begunAtMs) / 1000);
      const result = {
        strike: name,
        point,
        target,
        way,
        stood,
        end,
        reason: told?.reason ?? null,
        seconds,
        build: buildName(),
      };
      if (ALL) heldLog.note(result);
    }

    /** What it says of itself when nothing moves any more; what it waits for is asked again every few seconds. */
    function standing({ changeId }: Begun): Promise<string> {
      return until("it to stand still", STANDS_MS, async () => {
        const told = await cutter.scanner.told().catch(() => null);
        const status = await cutter.scanner.ask({ verb: "status" }).catch(() => null);
        if (told?.changeId !== changeId || status?.answer !== "status") return null;
        if (status.step === "rest") throw new Error(`it went on to its end: ${told.state}`);
        if (status.step === "offered" || status.step === "stuck") return status.step;
        return told.state === "waiting" ? `waiting: ${told.reason}` : null;
      });
    }

    /** As the agent does at its next look, or a person at a scanner that is stuck. */
    async function nudge(stood: string, { was }: Begun): Promise<void> {
      if (stood === "offered") {
        await cutter.scanner.fillSpool();
        await cutter.scanner.ask({ verb: "consider" });
      }
      if (stood === "stuck")
        await cutter.scanner.nixos.host.run("node", [PROGRAM, "rollback", "--to", was, "--reason", "stuck"]);
    }

    /** The daemon that a fault kept away speaks again. */
    async function wellAgain(): Promise<void> {
      const { host } = cutter.scanner.nixos;
      await until("the safety daemon to run", 60_000, async () =>
        (await host.run("systemctl", ["is-active", "safetyd.service"])).status === 0 ? true : null,
      );
    }
  },
);
