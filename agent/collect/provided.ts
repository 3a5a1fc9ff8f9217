import { posix } from "node:path";
import * as z from "zod";
import { CLOSURE_FACTS_FILE, MODULE_INDEX_FILE, VERIFICATION_FILE } from "#agent/facts/facts-file.ts";
import { bootIdSchema } from "#core/identity/identity.ts";
import { type Fact, observed } from "#core/report/fact.ts";
import { firstProblem } from "#core/report/first-problem.ts";
import { FACT_QUALITIES, type FactValue } from "#core/report/kinds.ts";
import { openEnum } from "#core/safety/socket.ts";
import { parseJson } from "./facts-program.ts";
import type { Probe, Source } from "./probe.ts";
import { reasonOf } from "./reason.ts";

/** Bounds of facts.d: per file, of files, and of facts in a report. */
const FACTS_FILE_BYTES = 64 * 1024;
const MAX_FILES = 64;
const MAX_FACTS = 500;
const OWN_FILES = new Set(
  [CLOSURE_FACTS_FILE, VERIFICATION_FILE, MODULE_INDEX_FILE].map((path) => posix.basename(path)),
);

/**
 * A file of facts.d (SEE-16): what the owner of a device says of it. `uptimeMs` is /proc/uptime at the time of reading the
 * device, so the age needs no wall clock. Unknown fields are ignored, an unknown quality reads as `unknown`.
 */
const factsDSchema = z.object({
  schema: z.literal("fiducial.facts/1"),
  owner: z.string().min(1).max(64),
  bootId: bootIdSchema,
  uptimeMs: z.int().nonnegative(),
  facts: z
    .array(
      z.object({
        id: z.string().min(1).max(128),
        value: z.union([z.string().max(256), z.number(), z.boolean(), z.null()]),
        unit: z.string().max(32).nullable(),
        quality: openEnum(FACT_QUALITIES),
      }),
    )
    .max(MAX_FACTS),
});
type FactsD = z.infer<typeof factsDSchema>;
type Provided = FactValue<"provided">;
type Reader = Pick<Source, "system" | "note">;

export const providedProbe: Probe<"provided"> = {
  owner: "unit",
  while: "always",
  read: (source) => readProvided(source, source.options.runDir),
};

/** Also for the activator, which compares versions of devices with what a release was made for. */
export async function readProvided(source: Reader, runDir: string): Promise<Fact<Provided>> {
  const { system, note } = source;
  const folder = posix.join(runDir, "facts.d");
  const names = await system.list(folder);
  // No folder means that nobody provides anything, which is a full answer.
  if (!names.ok) return names.problem === "missing" ? observed([]) : reasonOf(names, folder);
  const files = names.value.filter(
    (name) => name.endsWith(".json") && !OWN_FILES.has(name) && !name.startsWith("."),
  );
  if (files.length > MAX_FILES) note(folder, `${files.length} files, ${MAX_FILES} read`);
  const boot = await system.readText("/proc/sys/kernel/random/boot_id", 256);
  const bootId = boot.ok ? boot.value.trim() : null;
  const found: Provided = [];
  for (const name of files.slice(0, MAX_FILES)) {
    const file = await readFile(source, posix.join(folder, name));
    if (file !== null) found.push(...aged(file, bootId, system.monotonicMs()));
  }
  if (found.length > MAX_FACTS) note(folder, `${found.length} facts, ${MAX_FACTS} reported`);
  return observed(found.slice(0, MAX_FACTS));
}

async function readFile({ system, note }: Reader, path: string): Promise<FactsD | null> {
  const text = await system.readText(path, FACTS_FILE_BYTES);
  if (!text.ok) {
    note(path, text.problem === "too-large" ? `over ${FACTS_FILE_BYTES} bytes` : text.detail);
    return null;
  }
  const json = parseJson(text.value);
  const parsed = json.ok ? factsDSchema.safeParse(json.value) : null;
  if (parsed?.success === true) return parsed.data;
  note(path, parsed === null ? "not JSON" : firstProblem(parsed.error, []));
  return null;
}

/**
 * Age by uptime and boot id. Of another boot, the value is at least as old as this boot and its quality unknown; from an uptime
 * still to come, age and quality are both unknowable, so it is not believed either.
 */
function aged(file: FactsD, bootId: string | null, uptimeMs: number): Provided {
  const ageMs = uptimeMs - file.uptimeMs;
  const believed = file.bootId === bootId && ageMs >= -CLOCK_STEP_MS;
  return file.facts.map((one) => ({
    owner: file.owner,
    id: one.id,
    value: one.value,
    unit: one.unit,
    quality: believed ? one.quality : "unknown",
    ageMs: believed ? Math.max(0, ageMs) : uptimeMs,
  }));
}

/** /proc/uptime moves in steps of 10 ms, and a publisher may round up. */
const CLOCK_STEP_MS = 1_000;
