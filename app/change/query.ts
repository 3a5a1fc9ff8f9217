import * as z from "zod";
import type { ChangesFilter } from "#app/paths.ts";
import { type ScannerId, scannerIdSchema } from "#core/identity/identity.ts";
import { releaseNameSchema } from "#core/release/release.ts";

const first = (value: unknown) => (Array.isArray(value) ? value[0] : value);
const all = (value: unknown) => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
/** As many as the server looks at in one go (server/change/router.ts). */
export const MOST_AT_ONCE = 20;

const filter = z.object({
  open: z.preprocess(first, z.literal("1")).optional().catch(undefined),
  scanner: z.preprocess(first, scannerIdSchema).nullable().catch(null),
});

/** Reads the filter from the address; what is not understood filters nothing. */
export function readChangesFilter(raw: Readonly<Record<string, unknown>>) {
  const { open, scanner } = filter.parse(raw);
  return { open: open === "1", scannerId: scanner } satisfies ChangesFilter;
}

const upgrade = z.object({
  release: z.preprocess(first, releaseNameSchema).nullable().catch(null),
  scanner: z.preprocess(all, z.array(z.unknown())),
});

/** What the address asks to upgrade, and to what; ids that are none are left out. */
export function readUpgradeQuery(raw: Readonly<Record<string, unknown>>) {
  const { release, scanner } = upgrade.parse(raw);
  const ids = scanner.flatMap((one) => scannerIdSchema.safeParse(one).data ?? []);
  return { release, scannerIds: [...new Set(ids)].slice(0, MOST_AT_ONCE) };
}

export const changeIdSchema = z.uuid({ version: "v7" });

const LISTED = 200;

/** What the server is asked for a filter; the page and its first paint ask the same. */
export function changesInput({ open, scannerId }: { open: boolean; scannerId: ScannerId | null }) {
  return { open, scannerId, limit: LISTED };
}
