import { posix } from "node:path";
import type * as z from "zod";
import { type Observed, observed, type Unknown } from "#core/report/fact.ts";
import { firstProblem } from "#core/report/first-problem.ts";
import type { Source } from "./probe.ts";
import { notKnown, reasonOf } from "./reason.ts";

/** 64 digests with long names, or 100 bad paths, are below 100 kB. */
const MAX_BYTES = 1024 * 1024;

/** Reads one of the files that root's fiducial-facts leaves in the run folder (agent/facts/facts-file.ts). */
export async function readFactsFile<T extends z.ZodType>(
  source: Source,
  name: string,
  schema: T,
): Promise<Observed<z.infer<T>> | Unknown> {
  const { system, options, memo } = source;
  const path = posix.join(options.runDir, name);
  const text = await system.readText(path, MAX_BYTES);
  if (!text.ok)
    return text.problem === "missing" ? notKnown("facts-program-absent", { path }) : reasonOf(text, path);
  // The same bytes mean the same, and three probes read them on every look.
  return memo(`facts file ${name}`, text.value, async () =>
    understood(source, { path, text: text.value, schema }),
  );
}

type FactsFile<T extends z.ZodType> = { path: string; text: string; schema: T };

function understood<T extends z.ZodType>(
  { note }: Source,
  { path, text, schema }: FactsFile<T>,
): Observed<z.infer<T>> | Unknown {
  const read = parseJson(text);
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
