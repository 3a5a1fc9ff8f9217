import { posix } from "node:path";
import type * as z from "zod";
import { type Observed, observed, type Unknown } from "#core/report/fact.ts";
import { firstProblem } from "#core/report/report.ts";
import type { Source } from "./probe.ts";
import { notKnown, reasonOf } from "./reason.ts";

/** 64 digests with long names, or 100 bad paths, are below 100 kB. */
const MAX_BYTES = 1024 * 1024;

/** Reads one of the two files that root's fiducial-facts leaves in the run folder (agent/facts/facts-file.ts). */
export async function readFactsFile<T extends z.ZodType>(
  { system, options, note }: Source,
  name: string,
  schema: T,
): Promise<Observed<z.infer<T>> | Unknown> {
  const path = posix.join(options.runDir, name);
  const text = await system.readText(path, MAX_BYTES);
  if (!text.ok)
    return text.problem === "missing" ? notKnown("facts-program-absent", { path }) : reasonOf(text, path);
  const read = parseJson(text.value);
  const parsed = read.ok ? schema.safeParse(read.value) : null;
  if (parsed?.success === true) return observed(parsed.data);
  const detail = parsed === null ? "not JSON" : firstProblem(parsed.error, []);
  note(path, detail);
  return notKnown("malformed", { path, detail });
}

export function parseJson(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false };
  }
}
