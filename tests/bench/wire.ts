import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import type { Context } from "#tests/bench/bench.ts";

/** Bytes of whole requests as they leave a scanner, head and body, by endpoint. */
export type CountedBytes = Record<string, number[]>;

/** A forwarder in front of a server that measures what goes through, and changes nothing. */
export async function countBytes(
  context: Context,
  serverPort: number,
): Promise<{ port: number; sent: CountedBytes }> {
  const sent: CountedBytes = {};
  const forwarder = createServer((client) => {
    const upstream = connect(serverPort, "127.0.0.1");
    client.pipe(upstream).pipe(client);
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
    count(client, sent);
  });
  await new Promise<void>((resolve) => forwarder.listen(0, "127.0.0.1", resolve));
  context.atEnd(() => void forwarder.close());
  return { port: (forwarder.address() as AddressInfo).port, sent };
}

function count(client: Socket, sent: CountedBytes): void {
  let waiting = Buffer.alloc(0);
  client.on("data", (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (let request = firstRequest(waiting); request !== null; request = firstRequest(waiting)) {
      waiting = waiting.subarray(request.bytes);
      sent[request.endpoint] = [...(sent[request.endpoint] ?? []), request.bytes];
    }
  });
}

/** The first whole request in these bytes; null: not all of it is there. */
export function firstRequest(bytes: Buffer): { endpoint: string; bytes: number } | null {
  const head = bytes.indexOf("\r\n\r\n");
  if (head === -1) return null;
  const text = bytes.toString("latin1", 0, head);
  const length = head + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
  const endpoint = /^POST \/agent\/v1\/(\w+)/.exec(text)?.[1] ?? "other";
  return bytes.length < length ? null : { endpoint, bytes: length };
}
