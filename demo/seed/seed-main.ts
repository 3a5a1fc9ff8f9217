import { parseArgs } from "node:util";
import * as z from "zod";
import { makeFleet } from "#demo/seed/make-fleet.ts";
import { isTeller, tellForParent, tellInThreads } from "#demo/seed/tellers.ts";
import { readEnv } from "#server/env.ts";
import { createLog } from "#server/log.ts";
import { StartError } from "#server/start-error.ts";

/** `node dist/demo/seed.mjs --data DIR --seed S --scanners N [--now ISO]`: makes the example fleet in a folder, unless it is there. */
const argsSchema = z.object({
  data: z.string().min(1),
  seed: z.string().regex(/^[A-Za-z0-9._-]{1,32}$/),
  scanners: z.coerce.number().int().min(5).max(10_000),
  now: z.iso.datetime({ offset: true }).optional(),
});

async function main(): Promise<void> {
  const option = { type: "string" } as const;
  const { values } = parseArgs({ options: { data: option, seed: option, scanners: option, now: option } });
  const parsed = argsSchema.safeParse(values);
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[0]);
    throw new StartError("wrong-setting", `--${name} is missing or not understood.`);
  }
  const { data, seed, scanners, now } = parsed.data;
  // biome-ignore lint/style/noProcessEnv: this is the edge at which the program reads its environment
  const env = readEnv({ ...process.env, FIDUCIAL_DATA: data });
  const nowMs = now === undefined ? Date.now() : Date.parse(now);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const teller = tellInThreads(new URL(import.meta.url));
  await makeFleet({ seed, scanners, nowMs }, { env, log: createLog("warn"), say, teller });
}

(isTeller() ? tellForParent() : main()).catch((error: unknown) => {
  const sentence =
    error instanceof StartError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
});
