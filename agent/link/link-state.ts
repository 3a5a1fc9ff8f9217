import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { epochMsSchema } from "#core/identity/identity.ts";
import { reasonSchema } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";

/** What the running agent last knew of its link, left in a small file for `fiducial status`; nothing here is a secret. */
export const linkStateSchema = z.object({
  format: z.literal("fiducial.agent/1"),
  pid: z.int().positive(),
  version: z.string(),
  scannerId: z.string(),
  serial: z.string(),
  serverUrl: z.string(),
  proxy: z.string().nullable(),
  link: z.object({
    state: z.enum(["starting", "acknowledged", "refused", "trouble"]),
    code: z.string().nullable(),
    detail: z.string().nullable(),
    sinceMs: epochMsSchema,
  }),
  lastAnswerMs: epochMsSchema.nullable(),
  lastReportMs: epochMsSchema.nullable(),
  lastReportSeq: z.int().nullable(),
  /** Server clock minus this machine's clock at the last answer. */
  skewMs: z.int().nullable(),
  outbox: z.int().nonnegative(),
  droppedReports: z.int().nonnegative(),
  unknown: z.array(z.object({ kind: z.string(), reason: reasonSchema })),
  problems: z.array(z.object({ source: z.string(), reason: z.string() })),
  writtenAtMs: epochMsSchema,
});
export type LinkState = z.infer<typeof linkStateSchema>;

/** Kinds that could not be read, with the reason, for people. */
export function unknownFacts(facts: Facts | null): LinkState["unknown"] {
  return Object.entries(facts ?? {}).flatMap(([kind, fact]) =>
    fact.state === "unknown" ? [{ kind, reason: fact.reason }] : [],
  );
}

export const LINK_STATE_FILE = "agent.json";

/** Replaced in one step but not synced: it is made anew in seconds, and a disk must not be woken for it. */
export async function writeLinkState(folder: string, state: LinkState): Promise<void> {
  const path = join(folder, LINK_STATE_FILE);
  await writeFile(`${path}.next`, `${JSON.stringify(state)}\n`, { mode: 0o644 });
  await rename(`${path}.next`, path);
}
