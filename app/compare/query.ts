import * as z from "zod";
import { readMoment } from "#app/past/moment.ts";
import type { ComparedSide } from "#app/paths.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";

export type CompareQuery = { a: ComparedSide | null; b: ComparedSide | null };

const first = (value: unknown) => (Array.isArray(value) ? value[0] : value);
const id = z.preprocess(first, scannerIdSchema).nullable().catch(null);

/** Reads both sides from the address; a side that is not understood is chosen anew. */
export function readCompareQuery(raw: Readonly<Record<string, unknown>>): CompareQuery {
  const side = (name: "a" | "b"): ComparedSide | null => {
    const scannerId = id.parse(raw[name]);
    return scannerId === null ? null : { scannerId, atMs: readMoment(raw[`${name}t`]) };
  };
  return { a: side("a"), b: side("b") };
}
