import { scannerIdSchema } from "#core/identity/identity.ts";
import type { CompareQuery } from "./query.ts";

/** The question to the server; null: a side is still to be chosen. */
export function sidesInput({ a, b }: CompareQuery) {
  if (a === null || b === null) return null;
  const side = ({ scannerId, atMs }: typeof a) => ({ scannerId: scannerIdSchema.parse(scannerId), atMs });
  return { a: side(a), b: side(b) };
}
