import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** Serves folders over http with Range, as any web server does, and badly on request. */
export type FileServer = {
  url: string;
  heard: { path: string; range: string | null }[];
  /** Answers instead of the folders; false: the folders answer. */
  instead: (path: string, response: ServerResponse, request: IncomingMessage) => boolean;
  /** Most requests that were open at the same time. */
  mostOpen: number;
  /** Prefix of the address to folder; more may be added. */
  places: Record<string, string>;
  close: () => Promise<void>;
};

/** `folders`: prefix of the address to folder; the longest prefix that fits is taken. */
export async function startFileServer(folders: Readonly<Record<string, string>>): Promise<FileServer> {
  const places = { ...folders };
  let open = 0;
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    files.heard.push({ path, range: request.headers.range ?? null });
    open += 1;
    files.mostOpen = Math.max(files.mostOpen, open);
    response.once("close", () => {
      open -= 1;
    });
    if (!files.instead(path, response, request)) serve(places, path, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const files: FileServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard: [],
    instead: () => false,
    mostOpen: 0,
    places,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return files;
}

function serve(
  places: Readonly<Record<string, string>>,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const prefix = Object.keys(places).find((one) => path.startsWith(`${one}/`));
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(places[prefix ?? ""] ?? "/nowhere", path.slice((prefix ?? "").length)));
  } catch {
    response.writeHead(404).end();
    return;
  }
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
  if (from === undefined) {
    response.writeHead(200, { "content-length": bytes.length }).end(bytes);
    return;
  }
  const rest = bytes.subarray(Number(from));
  const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
  response.writeHead(206, { "content-length": rest.length, "content-range": range }).end(rest);
}
