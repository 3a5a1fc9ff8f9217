import { createHash, verify } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { BODY_LIMIT_BYTES, type Endpoint, PAYLOAD_TYPES, preAuthEncoding } from "#core/protocol/envelope.ts";
import { createAdmission, withDeadline } from "#server/agent-api/admission.ts";
import { type Answer, refusalAnswer, send } from "#server/agent-api/answer.ts";
import { readBody } from "#server/agent-api/body.ts";
import { parseBoundedJson } from "#server/agent-api/bounded-json.ts";
import { Refused } from "#server/agent-api/checks.ts";
import { checkIdentity } from "#server/agent-api/identity-check.ts";
import { ed25519Key, type KnownKey, type KnownKeys } from "#server/agent-api/known-keys.ts";
import { type Enrol, type Ingest, parseMessage, type Verified } from "#server/agent-api/messages.ts";
import {
  checkContentType,
  isCarried,
  requestSignature,
  type SignedHeaders,
  signedHeaders,
} from "#server/agent-api/request-headers.ts";
import type { ServerKey } from "#server/http/server-key.ts";

export type AgentApiDeps = {
  keys: KnownKeys;
  ingest: Ingest;
  enrol: Enrol;
  /** Signs every answer, refusals too, so that a proxy in between can neither acknowledge nor refuse (M-01, M-04). */
  serverKey: ServerKey;
  /** The sentence of a refusal, in the language of the agent API (English). */
  sentence: (code: Refused["code"]) => string;
  clock: () => number;
  /** Called once per refusal (counted) and once per failure of ours (logged with its cause). */
  observe: { refused: (refused: Refused, endpoint: Endpoint) => void; failed: (error: unknown) => void };
};

/** The database's share of a request; past it the agent hears "database away" and sends again (V-03). */
const DATABASE_MS = 5_000;
/** Requests whose bodies may be in memory at once. */
const EXCHANGES = { running: 1024, waiting: 0 };
/** Messages that may wait for or use the database at once. */
const STORING = { running: 16, waiting: 512 };

const ENDPOINT_PATHS = new Map<string, Endpoint>(
  (Object.keys(PAYLOAD_TYPES) as Endpoint[]).map((endpoint) => [`/agent/v1/${endpoint}`, endpoint]),
);

/**
 * The agent's ingress, outside Next and outside tRPC: bounds, then headers, then the signature over the raw bytes, and only then a
 * parser (T-13). Resolves false where the path is not an agent endpoint. Never answers 5xx to bad input; 503 means "nothing was stored".
 */
export function createAgentApi(
  deps: AgentApiDeps,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const exchanges = createAdmission(EXCHANGES);
  const storing = createAdmission(STORING);
  const steps = {
    deps,
    store: <T>(work: () => Promise<T>) => storing.run(() => withDeadline(work(), DATABASE_MS)),
  };
  return async (request, response) => {
    const endpoint = ENDPOINT_PATHS.get((request.url ?? "").split("?")[0] ?? "");
    if (endpoint === undefined) return false;
    const answer = await exchanges
      .run(() => accept(steps, endpoint, request))
      .catch((error: unknown) => refuse(deps, endpoint, error));
    send({ request, response }, deps.serverKey, requestSignature(request), answer);
    return true;
  };
}

type Steps = { deps: AgentApiDeps; store: <T>(work: () => Promise<T>) => Promise<T> };

async function accept(steps: Steps, endpoint: Endpoint, request: IncomingMessage): Promise<Answer> {
  if (request.method !== "POST") throw new Refused("method");
  checkContentType(request, endpoint);
  const body = await readBody(request, BODY_LIMIT_BYTES[endpoint]);
  const headers = signedHeaders(request);
  const answer =
    endpoint === "enroll"
      ? await acceptEnrolment(steps, headers, body)
      : await acceptMessage(steps, { endpoint, headers, body, carried: isCarried(request) });
  return { status: 200, body: answer, retryAfterS: undefined, sendKey: endpoint === "enroll" };
}

/** An unknown machine proves that it holds the private half of the key it names; its body is at most 16 kB and parsed within bounds first. */
async function acceptEnrolment(steps: Steps, headers: SignedHeaders, body: Buffer): Promise<unknown> {
  const value = parseMessage("enroll", parseBoundedJson(body, "enroll"));
  const publicKey = Buffer.from(value.publicKey, "base64");
  if (publicKey.length !== 32) throw new Refused("schema", "publicKey: not 32 bytes");
  if (createHash("sha256").update(publicKey).digest("hex") !== headers.keyId)
    throw new Refused("headers", "the key header does not name the key in the body");
  checkSignature("enroll", { body, headers }, ed25519Key(publicKey));
  const { enrol, clock } = steps.deps;
  return steps.store(() => enrol({ value, keyId: headers.keyId, publicKey, receivedAtMs: clock() }));
}

type Received = {
  endpoint: Exclude<Endpoint, "enroll">;
  headers: SignedHeaders;
  body: Buffer;
  carried: boolean;
};

async function acceptMessage(steps: Steps, received: Received): Promise<unknown> {
  const { deps, store } = steps;
  const { endpoint, headers, body, carried } = received;
  const key = await store(() => deps.keys.find(headers.keyId));
  if (key === null) throw new Refused("key");
  checkSignature(endpoint, received, key.publicKey);
  const value = parseMessage(endpoint, parseBoundedJson(body, endpoint));
  if (value.scannerId !== key.scannerId) throw new Refused("scanner");
  checkIdentity(key.identity);
  const verified = {
    key,
    body,
    signature: Buffer.from(headers.signature, "base64"),
    receivedAtMs: deps.clock(),
    ...(carried ? { carried } : {}),
  };
  return store(() => deliver(deps.ingest, endpoint, { ...verified, value }));
}

/** The union of bodies is narrowed by the endpoint it was parsed for. */
function deliver(
  ingest: Ingest,
  endpoint: Received["endpoint"],
  message: Verified<unknown>,
): Promise<unknown> {
  const take = { report: ingest.report, heartbeat: ingest.heartbeat, closure: ingest.closure };
  return (take[endpoint] as (one: Verified<unknown>) => Promise<unknown>)(message);
}

function checkSignature(
  endpoint: Endpoint,
  signed: { body: Buffer; headers: SignedHeaders },
  publicKey: KnownKey["publicKey"],
): void {
  const bytes = preAuthEncoding(PAYLOAD_TYPES[endpoint], signed.body);
  if (!verify(null, bytes, publicKey, Buffer.from(signed.headers.signature, "base64")))
    throw new Refused("signature");
}

/** What is not a refusal is a failure of ours, mostly the database's: nothing was acknowledged, so the agent sends again. */
function refuse(deps: AgentApiDeps, endpoint: Endpoint, error: unknown): Answer {
  if (!(error instanceof Refused)) deps.observe.failed(error);
  const refused = error instanceof Refused ? error : new Refused("database", null, error);
  deps.observe.refused(refused, endpoint);
  return refusalAnswer(refused, deps.sentence(refused.code));
}
