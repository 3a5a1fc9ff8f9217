import * as z from "zod";
import { bootIdSchema, counterSchema, epochMsSchema, scannerIdSchema } from "#core/identity/identity.ts";
import { auditHeadSchema } from "#core/protocol/acknowledgement.ts";
import { type Fact, fact } from "#core/report/fact.ts";
import { FACT_KINDS, type FactKind, type FactValue } from "#core/report/kinds.ts";
import { firstProblem } from "./first-problem.ts";

/**
 * A report: everything one scanner knows about itself, signed and numbered (SEE-14). The envelope is strict for
 * `protocol: 1`; facts are a record by kind: known kinds strict, unknown kinds opaque and at most 4 kB each.
 */
export const OPAQUE_FACT_BYTES = 4 * 1024;
const MAX_OPAQUE_KINDS = 16;

export const envelopeSchema = z.strictObject({
  protocol: z.literal(1),
  scannerId: scannerIdSchema,
  bootId: bootIdSchema,
  /** Durable on the scanner: rises with every boot, with every agent start, with every report. Order is by these, never by time. */
  bootCounter: counterSchema,
  startCounter: counterSchema,
  seq: counterSchema,
  sentAtMs: epochMsSchema,
  /** When the facts were read; a report that waited in the outbox has sentAtMs of its making, and this equal to it. */
  observedAtMs: epochMsSchema,
  uptimeMs: z.int().nonnegative(),
  /** Newest audit head this scanner was shown (witness). */
  witness: auditHeadSchema.nullable(),
  facts: z.record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9.-]{0,63}$/), z.unknown()),
});

export type Facts = { [K in FactKind]?: Fact<FactValue<K>> };
export type Report = Omit<z.infer<typeof envelopeSchema>, "facts"> & {
  facts: Facts;
  /** Facts of kinds newer than this server, as they came. */
  opaque: Record<string, unknown>;
};

const factSchemas = Object.fromEntries(
  Object.entries(FACT_KINDS).map(([kind, value]) => [kind, fact(value as z.ZodType)]),
) as Record<string, z.ZodType>;

export type ParsedReport = { ok: true; report: Report } | { ok: false; problem: string };

/** Parses a verified body. `problem` names the first thing wrong, path first, never a value (values may be hostile). */
export function parseReport(json: unknown): ParsedReport {
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) return { ok: false, problem: firstProblem(envelope.error, []) };
  const facts: Record<string, unknown> = {};
  const opaque: Record<string, unknown> = {};
  for (const [kind, value] of Object.entries(envelope.data.facts)) {
    const schema = Object.hasOwn(factSchemas, kind) ? factSchemas[kind] : undefined;
    if (schema === undefined) {
      if (JSON.stringify(value).length > OPAQUE_FACT_BYTES)
        return { ok: false, problem: `facts.${kind}: over 4 kB` };
      opaque[kind] = value;
      continue;
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) return { ok: false, problem: firstProblem(parsed.error, ["facts", kind]) };
    facts[kind] = parsed.data;
  }
  if (Object.keys(opaque).length > MAX_OPAQUE_KINDS)
    return { ok: false, problem: "facts: too many unknown kinds" };
  return { ok: true, report: { ...envelope.data, facts: facts as Facts, opaque } };
}
