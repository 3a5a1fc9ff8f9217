import { posix } from "node:path";
import type { z } from "zod";
import { CHANGE_FILE } from "#core/report/change-kind.ts";
import { type Fact, observed } from "#core/report/fact.ts";
import { firstProblem } from "#core/report/first-problem.ts";
import { parseJson } from "./facts-program.ts";
import type { Source } from "./probe.ts";
import { notKnown, reasonOf } from "./reason.ts";

/** The longest list of confirmed generations takes less, beside the running change. */
const MAX_BYTES = 64 * 1024;

type Told<File, Value> = {
  schema: z.ZodType<File>;
  said: (file: File) => Value;
  none: Value;
  name?: string;
};

/**
 * A fact out of the file in which whoever carries changes out says how they stand. Without the file it is `none`, but only where the
 * agent would have seen one (SEE-14).
 */
export async function readChangeFile<File, Value>(
  { system, options, note }: Source,
  { schema, said, none, name = CHANGE_FILE }: Told<File, Value>,
): Promise<Fact<Value>> {
  const path = posix.join(options.runDir, name);
  const text = await system.readText(path, MAX_BYTES);
  if (!text.ok && text.problem === "missing") {
    const names = await system.list(options.runDir);
    return names.ok ? observed(none) : reasonOf(names, options.runDir);
  }
  if (!text.ok) return reasonOf(text, path);
  const read = parseJson(text.value);
  const parsed = read.ok ? schema.safeParse(read.value) : null;
  if (parsed?.success === true) return observed(said(parsed.data));
  const detail = parsed === null ? "not JSON" : firstProblem(parsed.error, []);
  note(path, detail);
  return notKnown("malformed", { path, detail });
}
