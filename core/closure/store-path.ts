import * as z from "zod";
import {
  hasDotSegment,
  isStorePathText,
  STORE_PATH,
  STORE_PATH_CHARACTERS,
} from "#core/closure/store-path-text.ts";

export const storePathSchema = z
  .string()
  .max(STORE_PATH_CHARACTERS)
  .regex(STORE_PATH)
  .refine((path) => !hasDotSegment(path), "no dot segments")
  .brand<"StorePath">();
export type StorePath = z.infer<typeof storePathSchema>;

export function isStorePath(path: string): path is StorePath {
  return isStorePathText(path);
}

const INSIDE = /\/[0-9abcdfghijklmnpqrsvwxyz]{32}-[A-Za-z0-9+._?=-]{1,211}\//;

/** Whether the file belongs to a store path: only then does its path say what is in it. */
export function liesInStore(path: string): boolean {
  return INSIDE.test(path);
}

/** Splits a store path into what people read: hash dimmed, name shown. */
export function storePathParts(path: string): { hash: string; name: string } {
  const base = path.slice(path.lastIndexOf("/") + 1);
  return { hash: base.slice(0, 32), name: base.slice(33) };
}
