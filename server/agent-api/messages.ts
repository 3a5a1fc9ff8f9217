import type * as z from "zod";
import { type ClosureUpload, closureUploadSchema } from "#core/closure/upload.ts";
import {
  type Acknowledgement,
  type EnrolAnswer,
  type EnrolRequest,
  enrolRequestSchema,
} from "#core/protocol/acknowledgement.ts";
import type { Endpoint } from "#core/protocol/envelope.ts";
import { type Heartbeat, heartbeatSchema } from "#core/protocol/heartbeat.ts";
import { firstProblem } from "#core/report/first-problem.ts";
import { parseReport, type Report } from "#core/report/report.ts";
import { Refused } from "#server/agent-api/checks.ts";
import type { KnownKey } from "#server/agent-api/known-keys.ts";

/** A message whose signature held, with the bytes that were signed; times by the server's clock. */
export type Verified<T> = {
  key: KnownKey;
  value: T;
  body: Buffer;
  /** Raw Ed25519 signature, 64 bytes. */
  signature: Buffer;
  receivedAtMs: number;
  /** Somebody brought it; that it came now says nothing of the scanner's link or clock. */
  carried?: boolean;
};

/** Where verified messages go; each throws `Refused` for what the identity, the order or the content forbids. */
export type Ingest = {
  report: (message: Verified<Report>) => Promise<Acknowledgement>;
  heartbeat: (message: Verified<Heartbeat>) => Promise<Acknowledgement>;
  closure: (message: Verified<ClosureUpload>) => Promise<Acknowledgement>;
};

export type EnrolMessage = {
  value: EnrolRequest;
  keyId: string;
  /** Raw Ed25519 public key, 32 bytes; the signature over the request held with it. */
  publicKey: Buffer;
  receivedAtMs: number;
};
export type Enrol = (message: EnrolMessage) => Promise<EnrolAnswer>;

type Parsed<T> = { ok: true; value: T } | { ok: false; problem: string };

const parseBody = {
  enroll: (json: unknown): Parsed<EnrolRequest> => bySchema(enrolRequestSchema.safeParse(json)),
  heartbeat: (json: unknown): Parsed<Heartbeat> => bySchema(heartbeatSchema.safeParse(json)),
  closure: (json: unknown): Parsed<ClosureUpload> => bySchema(closureUploadSchema.safeParse(json)),
  report: (json: unknown): Parsed<Report> => {
    const parsed = parseReport(json);
    return parsed.ok ? { ok: true, value: parsed.report } : parsed;
  },
};

type BodyOf = { enroll: EnrolRequest; heartbeat: Heartbeat; closure: ClosureUpload; report: Report };

/** The protocol version first, so that an agent from tomorrow hears that, and not about a field. */
export function parseMessage<E extends Endpoint>(endpoint: E, json: unknown): BodyOf[E] {
  if (typeof json === "object" && json !== null && "protocol" in json) {
    if (typeof json.protocol === "number" && json.protocol !== 1) throw new Refused("protocol");
  }
  const parsed: Parsed<BodyOf[Endpoint]> = parseBody[endpoint](json);
  if (!parsed.ok) throw new Refused("schema", parsed.problem);
  return parsed.value as BodyOf[E];
}

function bySchema<T>(result: z.ZodSafeParseResult<T>): Parsed<T> {
  return result.success
    ? { ok: true, value: result.data }
    : { ok: false, problem: firstProblem(result.error, []) };
}
