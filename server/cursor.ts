import type * as z from "zod";
import { Refusal } from "#server/refusal.ts";

/** Where a list goes on, as an opaque text of the last row's place; whoever changes it gets a refusal, never another list. */
export function writeCursor(place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** @throws Refusal wrong-input */
export function readCursor<T>(schema: z.ZodType<T>, cursor: string): T {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch (error) {
    throw new Refusal("wrong-input", { problem: "cursor" }, error);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new Refusal("wrong-input", { problem: "cursor" });
  return parsed.data;
}
