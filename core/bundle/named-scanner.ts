import { type ScannerId, scannerIdSchema, serialSchema } from "#core/identity/identity.ts";

/** A scanner as its type plate and as the signed words call it. */
export type ListedScanner = { serial: string; scannerId: ScannerId };

/** Null: nobody here knows its serial. */
export type NamedScanner = { serial: string | null; scannerId: ScannerId };

/** `listed`: what the list says where it does not agree. */
export type NotNamed =
  | { why: "no-name" | "no-list" }
  | { why: "unknown"; known: string[] }
  | { why: "ambiguous" | "contradicted"; listed: ListedScanner[] };

type Named = { ok: true; scanner: NamedScanner } | ({ ok: false } & NotNamed);

/**
 * Which scanner a person means by `ID`, `SERIAL` or `SERIAL=ID`. A serial is a label that may move to another machine: it finds the id, and
 * the id alone is what the server's word is fetched and proved for. @param list null: there is none
 */
export function nameScanner(word: string, list: readonly ListedScanner[] | null): Named {
  const [first = "", second, more] = word.split("=");
  if (more !== undefined) return { ok: false, why: "no-name" };
  if (second !== undefined) return namedByBoth(first, second, list ?? []);
  const id = scannerIdSchema.safeParse(first);
  if (id.success) return { ok: true, scanner: { serial: serialOf(id.data, list ?? []), scannerId: id.data } };
  const serial = serialSchema.safeParse(first);
  if (!serial.success) return { ok: false, why: "no-name" };
  return namedBySerial(serial.data, list);
}

function namedBySerial(serial: string, list: readonly ListedScanner[] | null): Named {
  if (list === null) return { ok: false, why: "no-list" };
  const listed = list.filter((one) => one.serial === serial);
  const [only] = listed;
  if (only === undefined) return { ok: false, why: "unknown", known: list.map((one) => one.serial).sort() };
  const isOne = listed.every(({ scannerId }) => scannerId === only.scannerId);
  return isOne ? { ok: true, scanner: only } : { ok: false, why: "ambiguous", listed };
}

/** As the portal writes it. A list that says otherwise is older or of other machines, and a person has to look. */
function namedByBoth(first: string, second: string, list: readonly ListedScanner[]): Named {
  const [serial, id] = [serialSchema.safeParse(first), scannerIdSchema.safeParse(second)];
  if (!serial.success || !id.success) return { ok: false, why: "no-name" };
  const scanner = { serial: serial.data, scannerId: id.data };
  const listed = list.filter((one) => one.serial === scanner.serial || one.scannerId === id.data);
  const agrees = listed.some((one) => one.serial === scanner.serial && one.scannerId === id.data);
  return agrees || listed.length === 0 ? { ok: true, scanner } : { ok: false, why: "contradicted", listed };
}

function serialOf(scannerId: ScannerId, list: readonly ListedScanner[]): string | null {
  return list.find((one) => one.scannerId === scannerId)?.serial ?? null;
}
