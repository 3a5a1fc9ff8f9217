import type { IncomingMessage, ServerResponse } from "node:http";
import type { Refusal } from "#core/protocol/acknowledgement.ts";
import { ANSWER_SIGNATURE_HEADER, answerBytes, SERVER_KEY_HEADER } from "#core/protocol/envelope.ts";
import { abandonBody } from "#server/agent-api/body.ts";
import type { Refused } from "#server/agent-api/checks.ts";
import type { ServerKey } from "#server/http/server-key.ts";

export type Answer = { status: number; body: unknown; retryAfterS: number | undefined; sendKey: boolean };

/** @param sentence what a person at the scanner reads; the code decides what the agent does. */
export function refusalAnswer(refused: Refused, sentence: string): Answer {
  const body: Refusal = {
    refused: refused.code,
    message: refused.detail === null ? sentence : `${sentence} (${refused.detail})`.slice(0, 1000),
    ...(refused.retryAfterS === undefined ? {} : { retryAfterS: refused.retryAfterS }),
  };
  return { status: refused.status, body, retryAfterS: refused.retryAfterS, sendKey: false };
}

/** @param requestSignature as it came; "" where none came, so that a refusal of an unsigned request is still signed. */
export function send(
  exchange: { request: IncomingMessage; response: ServerResponse },
  key: ServerKey,
  requestSignature: string,
  answer: Answer,
): void {
  const { request, response } = exchange;
  if (response.destroyed || response.headersSent) return;
  const body = Buffer.from(JSON.stringify(answer.body));
  response.statusCode = answer.status;
  response.setHeader("content-type", "application/json");
  response.setHeader("content-length", body.length);
  response.setHeader("cache-control", "no-store");
  response.setHeader(ANSWER_SIGNATURE_HEADER, base64(key.sign(answerBytes(requestSignature, body))));
  if (answer.sendKey) response.setHeader(SERVER_KEY_HEADER, base64(key.publicKeyRaw));
  if (answer.retryAfterS !== undefined) response.setHeader("retry-after", answer.retryAfterS);
  if (answer.status === 405) response.setHeader("allow", "POST");
  const unread = !request.complete;
  if (unread) response.setHeader("connection", "close");
  response.end(body);
  if (unread) abandonBody(request);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
