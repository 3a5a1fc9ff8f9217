import { cpSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { buildName } from "../../scripts/build-agent.mjs";
import { CANARY } from "./canary.ts";
import { DELAYS, isVoid } from "./cut-cases.ts";
import type { CutScanner } from "./cut-scanner.ts";
import { SweepLog } from "./sweep-log.ts";

/**
 * The control: a system brought and set as by hand, by Nix with its own defaults (sync-before-registering and fsync-store-paths off,
 * fsync-metadata on), and its power cut. `switched`: after switch-to-configuration, which syncs the store itself.
 */
const STAGES = ["copied", "set", "switched"] as const;
type Stage = (typeof STAGES)[number];

/** What is found after the boot. `damaged`: Nix calls paths valid whose bytes are others, so that copying them again mends nothing. */
const FOUND = ["whole", "damaged", "broken profile", "does not boot"] as const;

const controlSchema = z.strictObject({ stage: z.enum(STAGES), delay: z.int() });
type Control = z.infer<typeof controlSchema>;

const resultSchema = controlSchema.extend({
  found: z.enum(FOUND),
  damaged: z.int(),
  canary: z.enum(CANARY),
  last: z.enum(CANARY),
  /** Commit whose harness was run; null: it was not noted then. */
  build: z.string().nullable().default(null),
});
type ControlResult = z.infer<typeof resultSchema>;

export const titleOfControl = ({ stage, delay }: Control) =>
  `by hand: power goes ${delay} s after it is ${stage}`;

const PROFILE = "/nix/var/nix/profiles/system";
const DEFAULTS = "--option sync-before-registering false";
const COMMANDS: Readonly<Record<Stage, string>> = {
  copied: `nix ${DEFAULTS} copy --no-check-sigs --from file:///shared/cache "$1"`,
  set: `nix-env ${DEFAULTS} -p ${PROFILE} --set "$1"`,
  switched: '"$1/bin/switch-to-configuration" switch || [ $? = 4 ]',
};

/** Up to the stage, then the cut, the boot, and a look with Nix's own programs. */
export async function cutByHand(cutter: CutScanner, { stage, delay }: Control): Promise<ControlResult> {
  const was = await cutter.atRest();
  const { nixos } = cutter.scanner;
  const to = await cutter.build(was.kernel, {});
  cpSync(path.join(cutter.workshop.repository, "cache"), path.join(nixos.shared, "cache"), {
    recursive: true,
  });
  // No other program of ours makes anything durable meanwhile.
  await nixos.host.must("systemctl", ["stop", "fiducial-agent.service", "fiducial-watch.timer"]);
  await cutter.disk.flush();
  for (const one of STAGES.slice(0, STAGES.indexOf(stage) + 1))
    await nixos.host.must("sh", ["-c", COMMANDS[one], "sh", to.toplevel]);
  cutter.canary("struck").write({ synced: false });
  await cutter.pause(delay);
  const booted = await nixos.cutPower().then(
    () => true,
    () => false,
  );
  const seen = { canary: cutter.canary("struck").seen(), last: cutter.canary("last").seen() };
  if (!booted) return { stage, delay, found: "does not boot", damaged: 0, ...seen, build: buildName() };
  return { stage, delay, ...(await look(cutter)), ...seen, build: buildName() };
}

async function look(cutter: CutScanner): Promise<Pick<ControlResult, "found" | "damaged">> {
  const { host } = cutter.scanner.nixos;
  const damaged = (await cutter.damaged()).length;
  const verify = `nix store verify --no-trust --recursive "$(readlink -f ${PROFILE})"`;
  const whole = (await host.run("sh", ["-c", verify])).status === 0;
  if (!whole) return { found: "broken profile", damaged };
  return { found: damaged > 0 ? "damaged" : "whole", damaged };
}

export const controlLog = new SweepLog("nix-defaults", resultSchema);

const noted = () => controlLog.read().filter((one) => !isVoid(one));

export function controlsLeft(): Control[] {
  const done = new Set(noted().map(titleOfControl));
  const all = DELAYS.flatMap((delay) => STAGES.map((stage) => ({ stage, delay })));
  return all.filter((one) => !done.has(titleOfControl(one)));
}

/** One row for each stage, one column for each delay. */
export function controlTable(): string {
  const results = noted();
  const rows = STAGES.map((stage) => {
    const cells = DELAYS.map((delay) => {
      const last = results.findLast((one) => one.stage === stage && one.delay === delay);
      if (last === undefined) return "·";
      return last.damaged > 0 ? `${last.found} (${last.damaged})` : last.found;
    });
    return `| ${stage} | ${cells.join(" | ")} |`;
  });
  const bad = results.filter((one) => one.found !== "whole").length;
  return [
    `${bad} of ${results.length} cuts left a damaged store or a broken profile`,
    `| by hand | ${DELAYS.map((delay) => `${delay} s`).join(" | ")} |`,
    `|---|${DELAYS.map(() => "---").join("|")}|`,
    ...rows,
  ].join("\n");
}
