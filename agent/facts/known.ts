import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { durableWrite, errorCode, readKept, removeIfThere } from "#agent/link/durable.ts";
import { type ClosurePathList, closurePathListSchema } from "#core/closure/upload.ts";
import { FACT_KINDS } from "#core/report/kinds.ts";

/**
 * What Nix was already asked, so that it is asked once per toplevel and not at every boot. A store path cannot change under its
 * name by Nix's own hand while it is valid; deleted and built again it has another change time, so that is part of the key.
 */
const knownSchema = z.object({
  schema: z.literal("fiducial.known-closures/1"),
  entries: z.array(z.object({ changedMs: z.number(), digest: FACT_KINDS.closureDigests.element })).max(64),
});
export type KnownClosure = z.infer<typeof knownSchema>["entries"][number];

const FILE = "known.json";
const LISTS = "closures";

/** A damaged file is as good as none: Nix is asked again. */
export async function readKnown(stateDir: string): Promise<KnownClosure[]> {
  const kept = await readKept(join(stateDir, FILE), knownSchema);
  return kept.state === "kept" ? kept.value.entries : [];
}

export async function writeKnown(stateDir: string, entries: readonly KnownClosure[]): Promise<void> {
  const content = { schema: "fiducial.known-closures/1", entries };
  await durableWrite(join(stateDir, FILE), JSON.stringify(content));
  await keepOnly(
    join(stateDir, LISTS),
    entries.map((one) => one.digest.digest),
  );
}

/** Null: never written, damaged, or that of another closure. */
export async function readPathList(folder: string, digest: string): Promise<ClosurePathList | null> {
  try {
    const text = await readFile(join(folder, LISTS, `${digest}.json`), "utf8");
    const parsed = closurePathListSchema.safeParse(JSON.parse(text));
    return parsed.success && parsed.data.digest === digest ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Readable by the agent, which runs as another user. */
export async function writePathList(folder: string, list: ClosurePathList): Promise<void> {
  await mkdir(join(folder, LISTS), { recursive: true, mode: 0o755 });
  await durableWrite(join(folder, LISTS, `${list.digest}.json`), JSON.stringify(list), { mode: 0o644 });
}

/** What this program itself writes into a folder of path lists, finished or not. */
const OWN_FILE = /^\.?[0-9a-f]{64}\.json(\.[0-9]+\.[0-9]+\.unfinished)?$/;

/**
 * Removes path lists of closures that are on this host no more. Root does this in a folder below one that others may write to, so
 * nothing is removed that this program would not have written.
 */
export async function keepOnly(lists: string, digests: readonly string[]): Promise<void> {
  const wanted = new Set(digests.map((digest) => `${digest}.json`));
  await mkdir(lists, { recursive: true, mode: 0o755 });
  for (const name of await readdir(lists))
    if (OWN_FILE.test(name) && !wanted.has(name)) await removeIfThere(join(lists, name));
}
