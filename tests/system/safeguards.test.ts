import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";
import { describe, expect, test } from "vitest";
import type { Cut } from "./cut-cases.ts";
import { whyNoCut } from "./cut-disk.ts";
import { cutOff } from "./cut-off.ts";
import { CutScanner } from "./cut-scanner.ts";

const why = process.env.FIDUCIAL_FAULTS === "all" ? whyNoCut() : "part of npm run faults";
if (why !== null) console.log(`skipped: power cuts of builds without a safeguard: ${why}`);

const CASE_MS = 400_000;

type Removed = {
  what: string;
  /** File, what is taken out of it, and what stands there instead. */
  edits: readonly (readonly [file: string, from: string, to: string])[];
  /** Nix of the scanner, too, no longer syncs before it registers. */
  nixDefaults?: true;
  cut: Cut;
};

/** At once: the later, the more often somebody else's sync has saved what was to be lost. */
const at = (point: string): Cut => ({ point, target: "healthy", way: "live", delay: 0 });
const NO_STORE_SYNC = [
  "agent/activate/nix-store.ts",
  "syncFileSystems([folders.store, folders.profiles, folders.state])",
  "Promise.resolve()",
] as const;

/** Each was taken out of the scanner's programs, and the power cut that has to find it. */
const REMOVED: readonly Removed[] = [
  {
    what: "the sync of a file's bytes",
    edits: [["agent/link/durable.ts", "await file.sync();", ""]],
    cut: at("confirm.recorded"),
  },
  {
    what: "the sync of a file's name",
    edits: [["agent/link/durable.ts", "await handle.sync();", ""]],
    cut: at("confirm.begun"),
  },
  {
    what: "the sync of the store, by Nix and by us",
    edits: [NO_STORE_SYNC],
    nixDefaults: true,
    cut: at("keep.done"),
  },
  {
    what: "the sync of the store and the proof of what was copied",
    edits: [
      NO_STORE_SYNC,
      ["agent/activate/nix-store.ts", "if (!listed.ok || isKnown) return listed;", "return OK;"],
    ],
    nixDefaults: true,
    cut: at("copy.copied"),
  },
];

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
    async ([what, { edits, nixDefaults, cut }], { skip }) => {
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
        expect(found).toMatchObject({ caught: true });
      } finally {
        await cutter.close();
      }
    },
  );
});
