import * as z from "zod";

/**
 * `/nix/store/<32 base32 digits>-<name>`; the alphabet leaves out e o t u, the name is at most 211 bytes (Nix manual,
 * "Store path"; test Z-10). Another store directory is allowed on purpose: tests and some sites keep stores elsewhere.
 */
const STORE_PATH = /^\/(?:[A-Za-z0-9+._?=-]+\/)+[0-9abcdfghijklmnpqrsvwxyz]{32}-[A-Za-z0-9+._?=-]{1,211}$/;

export const storePathSchema = z
  .string()
  .max(512)
  .regex(STORE_PATH)
  .refine((path) => !path.split("/").some((part) => part === "." || part === ".."), "no dot segments")
  .brand<"StorePath">();
export type StorePath = z.infer<typeof storePathSchema>;

export function isStorePath(path: string): path is StorePath {
  return storePathSchema.safeParse(path).success;
}

/** Splits a store path into what people read: hash dimmed, name shown. */
export function storePathParts(path: string): { hash: string; name: string } {
  const base = path.slice(path.lastIndexOf("/") + 1);
  return { hash: base.slice(0, 32), name: base.slice(33) };
}
