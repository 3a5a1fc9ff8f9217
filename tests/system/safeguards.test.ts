import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";
import { describe, expect, test } from "vitest";
import { whyNoCut } from "./cut-disk.ts";
import { cutOff } from "./cut-off.ts";
import { CutScanner } from "./cut-scanner.ts";
import { REMOVED, type Removed } from "./safeguards.ts";

const why = process.env.FIDUCIAL_FAULTS === "all" ? whyNoCut() : "part of npm run faults";
if (why !== null) console.log(`skipped: power cuts of builds without a safeguard: ${why}`);

const CASE_MS = 400_000;

/** Edits sources while they are bundled; one that finds nothing to edit would prove nothing. */
function without(edits: Removed["edits"]): Plugin {
  return {
    name: "without",
    setup: (build) => {
      for (const file of new Set(edits.map(([one]) => one)))
        build.onLoad({ filter: new RegExp(`/${file.replaceAll(".", "\\.")}$`) }, ({ path }) => {
          let contents = readFileSync(path, "utf8");
          for (const [, from, to] of edits.filter(([one]) => one === file)) {
            if (!contents.includes(from)) throw new Error(`${file} has no "${from}"`);
            contents = contents.replace(from, to);
          }
          return { contents, loader: "ts" };
        });
    },
  };
}

describe.skipIf(why !== null)("a build without one safeguard is found by a power cut [ACT-3]", () => {
  test.for(REMOVED.map((one) => [one.what, one] as const))(
    "%s",
    { timeout: CASE_MS },
    async ([what, { edits, nixDefaults, cut, unseen }], { skip }) => {
      const cutter = await CutScanner.open({ plugins: [without(edits)] });
      try {
        await cutter.atRest();
        if (nixDefaults) {
          const { host } = cutter.scanner.nixos;
          await host.must("sed", ["-i", "/^sync-before-registering/d", "/etc/nix/nix.conf"]);
        }
        const found = await cutOff(cutter, cut).then(
          (result) => ({ caught: false, how: JSON.stringify(result) }),
          (error: Error) => ({ caught: true, how: error.message.split("\n")[0] ?? "" }),
        );
        console.log(`${what}: ${found.how}`);
        if (cutter.canary("struck").seen() === "whole") skip("void: the disk was synced by somebody else");
        expect(found).toMatchObject({ caught: unseen === undefined });
      } finally {
        await cutter.close();
      }
    },
  );
});
