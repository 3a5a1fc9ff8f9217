import { afterAll, beforeAll, describe, test } from "vitest";
import { cutLog, cutsLeft, cutTable, isVoid, SEED, SHORT_CUTS, titleOf } from "./cut-cases.ts";
import { whyNoCut } from "./cut-disk.ts";
import { cutOff } from "./cut-off.ts";
import { CutScanner } from "./cut-scanner.ts";

const why = whyNoCut();
if (why !== null) console.log(`skipped: power cuts: ${why}`);

/** `npm run faults`: every point, target and delay; its table is in docs/faults.md. */
const ALL = process.env.FIDUCIAL_FAULTS === "all";
/** A sweep takes long: after so many minutes it stops, and the next goes on where it stopped. */
const MINUTES = Number(process.env.FIDUCIAL_FAULTS_MINUTES ?? 24 * 60);

/** `1/2` and `2/2` in two terminals, where sync(2) of a host is its own (own-libraries.ts). */
const PART = process.env.FIDUCIAL_FAULTS_PART ?? "1/1";

/** Longer than everything that is waited for inside, so that what was waited for is what is told. */
const CASE_MS = 900_000;
/** Somebody else's sync(2) writes this disk, too; so often a case is tried. A sweep comes by again. */
const TRIES = ALL ? 1 : 2;

describe.skipIf(why !== null)(
  "a change that loses power at a named point, and all that was not on the disk, ends whole [ACT-3, I1-I10]",
  () => {
    let cutter: CutScanner;
    const endAtMs = Date.now() + MINUTES * 60_000;

    beforeAll(async () => {
      cutter = await CutScanner.open();
    });
    afterAll(async () => {
      await cutter?.close();
      if (ALL) console.log(`seed ${SEED}\n${cutTable()}`);
    });

    test.for((ALL ? cutsLeft(PART) : SHORT_CUTS).map((one) => [titleOf(one), one] as const))(
      "%s",
      { timeout: CASE_MS },
      async ([, cut], { skip }) => {
        if (Date.now() > endAtMs) skip("for the next piece of the sweep");
        for (let tries = 1; tries <= TRIES; tries += 1) {
          const result = await cutOff(cutter, cut);
          if (ALL) cutLog.note(result);
          if (!isVoid(result)) return;
        }
        skip("void: what nobody synced was on the disk all the same, each time");
      },
    );
  },
);
