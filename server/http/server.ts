import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { ServerEnv } from "#server/env.ts";
import { StartError } from "#server/start-error.ts";
import type { Listener } from "./listener.ts";

/** Node's own limits (60 s, 300 s, checked every 30 s, no cap) let a few slow clients hold the server (V-13). */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 15_000, connectionsCheckingInterval: 2_000 };
const KEEP_ALIVE_MS = 65_000;
const MAX_CONNECTIONS = 15_000;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_HEADERS = 100;

type Where = Pick<ServerEnv, "host" | "port" | "tls">;

/** @throws StartError when a certificate cannot be read */
export function createWebServer(where: Where, listener: Listener): Server {
  const options = { ...LIMITS, maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: true };
  const server =
    where.tls === null
      ? createServer(options, listener)
      : createTlsServer({ ...options, ...readTls(where.tls) }, listener);
  server.maxConnections = MAX_CONNECTIONS;
  server.maxHeadersCount = MAX_HEADERS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  // Without a listener Node answers 400 itself; a reset while answering must not end the process.
  server.on("clientError", (_error, socket) => closeBadly(socket as Socket));
  return server;
}

/** Ended and then destroyed: a client that neither reads nor closes would keep a half-closed socket for ever. */
function closeBadly(socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const answer = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
  socket.end(answer, () => socket.destroy());
}

function readTls({ certFile, keyFile }: NonNullable<Where["tls"]>): { cert: Buffer; key: Buffer } {
  try {
    return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError("wrong-setting", `The certificate or its key cannot be read: ${reason}.`, error);
  }
}

/** @returns the port that was opened @throws StartError `port-taken` */
export async function listen(server: Server, where: { host: string; port: number }): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, where)));
    server.listen(where.port, where.host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

function listenError(error: Error, { host, port }: { host: string; port: number }): Error {
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    const sentence = `Port ${port} on ${host} is taken: stop what listens there, or choose another with PORT.`;
    return new StartError("port-taken", sentence, error);
  }
  return new StartError("wrong-setting", `Cannot listen on ${host} port ${port}: ${error.message}.`, error);
}

/** Lets requests in progress end, for at most `patienceMs`. */
export async function closeServer(server: Server, patienceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), patienceMs);
  await closed;
  clearTimeout(timer);
}
