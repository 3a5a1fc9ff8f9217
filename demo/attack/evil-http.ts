import { readFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { EvilServer } from "#demo/attack/evil-server.ts";

const TUF = "/agent/v1/tuf/";
const CACHE = "/agent/v1/cache/";
const CHUNK_BYTES = 16_384;

/** What an attacker's files look like to a scanner: over http, on this machine only. */
export async function serveEvil(evil: EvilServer): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    answer(evil, request.url ?? "/", response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await listen(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

async function answer(evil: EvilServer, url: string, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(url, "http://evil.invalid");
  const name = pathname.startsWith(CACHE)
    ? `cache/${pathname.slice(CACHE.length)}`
    : pathname.slice(TUF.length);
  const bytes = await readFile(join(evil.folder, name)).catch(() => null);
  if (bytes === null) response.writeHead(404).end();
  else if (evil.endless.has(name)) goOn(bytes, response);
  else response.writeHead(200, { "content-length": bytes.length }).end(bytes);
}

/** Blanks behind the last word, for as long as anybody reads (E-12). */
function goOn(bytes: Uint8Array, response: ServerResponse): void {
  response.writeHead(200);
  response.write(bytes.subarray(0, CHUNK_BYTES));
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(CHUNK_BYTES, " ")));
  };
  response.on("drain", more);
  more();
}

function listen(server: Server): Promise<void> {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(0, "127.0.0.1", done);
  });
}
