import * as z from "zod";
import { epochMsSchema } from "#core/identity/identity.ts";

/**
 * One fact is either observed or unknown with a reason; there is no third way to be silent about it (SEE-14: a missing
 * value is *unknown*, never *ok*). Reason codes are words of the catalogue (`unknown.<code>`), unknown codes are shown as they are.
 */
export const reasonSchema = z.strictObject({
  code: z.string().regex(/^[a-z0-9-]{1,64}$/),
  params: z.record(z.string().max(32), z.union([z.string().max(300), z.number(), z.boolean()])).optional(),
});
export type Reason = z.infer<typeof reasonSchema>;

export function fact<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion("state", [
    z.strictObject({ state: z.literal("observed"), value, atMs: epochMsSchema.optional() }),
    z.strictObject({ state: z.literal("unknown"), reason: reasonSchema }),
  ]);
}

/** `atMs`: when the value was read, if not for this report (quiet while scanning, SEE-17: skipped values age visibly). */
export type Observed<T> = { state: "observed"; value: T; atMs?: number | undefined };
export type Unknown = { state: "unknown"; reason: Reason };
export type Fact<T> = Observed<T> | Unknown;

export function observed<T>(value: T): Observed<T> {
  return { state: "observed", value };
}

export function unknown(code: string, params?: Reason["params"]): Unknown {
  return { state: "unknown", reason: params === undefined ? { code } : { code, params } };
}
