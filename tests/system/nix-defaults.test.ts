import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isVoid } from "./cut-cases.ts";
import { whyNoCut } from "./cut-disk.ts";
import { CutScanner } from "./cut-scanner.ts";
import { controlLog, controlsLeft, controlTable, cutByHand, titleOfControl } from "./nix-defaults.ts";

const why = process.env.FIDUCIAL_FAULTS === "all" ? whyNoCut() : "part of npm run faults";
if (why !== null) console.log(`skipped: power cuts of Nix's own defaults: ${why}`);

const MINUTES = Number(process.env.FIDUCIAL_FAULTS_MINUTES ?? 24 * 60);
const CASE_MS = 300_000;
const TRIES = 2;

describe.skipIf(why !== null)(
  "what the same power cuts leave of a change by hand with Nix's defaults",
  () => {
    let cutter: CutScanner;
    const endAtMs = Date.now() + MINUTES * 60_000;

    beforeAll(async () => {
      cutter = await CutScanner.open();
    });
    afterAll(async () => {
      await cutter?.close();
      console.log(controlTable());
    });

    test.for(controlsLeft().map((one) => [titleOfControl(one), one] as const))(
      "%s",
      { timeout: CASE_MS },
      async ([, one], { skip }) => {
        if (Date.now() > endAtMs) skip("for the next piece of the sweep");
        for (let tries = 1; tries <= TRIES; tries += 1) {
          const result = await cutByHand(cutter, one);
          controlLog.note(result);
          if (result.found !== "whole") await cutter.forget();
          expect(cutter.disk.fsck).toEqual({ system: 0, esp: 0 });
          if (!isVoid(result)) return;
        }
        skip("void: what nobody synced was on the disk all the same, each time");
      },
    );
  },
);
