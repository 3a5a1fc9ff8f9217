import type { IncomingMessage } from "node:http";
import { Refused } from "#server/agent-api/checks.ts";

/** A slow sender is cut after this (V-13); Node's own request time-out is minutes. */
const BODY_TIME_MS = 10_000;

/**
 * Reads at most `limit` bytes. A declared length over the limit is refused unread; an undeclared one (chunked) as soon as the
 * count passes it, so that nothing beyond one chunk over the limit is ever held (Z-02).
 */
export function readBody(request: IncomingMessage, limit: number, timeMs = BODY_TIME_MS): Promise<Buffer> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > limit) return Promise.reject(new Refused("size"));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => finish(new Refused("time")), timeMs);
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) return finish(new Refused("size"));
      chunks.push(chunk);
    };
    const onEnd = () => finish(null);
    const onClose = () => finish(new Refused("time", "broken off"));
    const finish = (refused: Refused | null) => {
      clearTimeout(timer);
      request.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
      if (refused === null) return resolve(Buffer.concat(chunks, size));
      chunks.length = 0;
      request.pause();
      reject(refused);
    };
    request.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  });
}

/** What may still flow in after an early refusal, so that the sender reads our answer instead of a reset connection. */
const LINGER_BYTES = 1024 * 1024;
const LINGER_MS = 1_000;

/** Lets go of a request whose body was not read to its end: a short linger, then the connection is gone. */
export function abandonBody(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let lingered = 0;
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  timer.unref();
  request.on("error", () => request.socket.destroy());
  request.on("close", () => clearTimeout(timer));
  request.on("end", () => clearTimeout(timer));
  request.on("data", (chunk: Buffer) => {
    lingered += chunk.length;
    if (lingered > LINGER_BYTES) request.socket.destroy();
  });
  request.resume();
}
