import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { openClient } from "#server/database/client.ts";
import { openDatabase } from "#server/database/connect.ts";
import type { Log } from "#server/log.ts";

/** Messages of the server as PostgreSQL writes them (protocol 3.0, message formats); evidence grade: wire. */
const READY = Buffer.concat([message("R", Buffer.from([0, 0, 0, 0])), message("Z", Buffer.from("I"))]);
const GONE = message(
  "E",
  Buffer.from("SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0"),
);

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

test("a connection whose postmaster dies in the moment it is handed out ends the request, not the server [V-02]", async () => {
  const database = openDatabase(
    await postmaster((socket) => socket.end(Buffer.concat([READY, GONE]))),
    silent(),
    2_000,
  );
  await expect(database.withScope({ all: true }, (tx) => tx.$queryRaw`select 1`)).rejects.toThrow();
  await database.close();
});

test("a single client says goodbye to a PostgreSQL that is dying [V-02]", async () => {
  const url = await postmaster((socket) => {
    socket.write(READY);
    socket.once("data", () => socket.end(GONE));
  });
  const client = openClient({ connectionString: url });
  await client.connect();
  await client.end();
});

async function postmaster(greet: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => greet(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `postgresql://app@127.0.0.1:${(server.address() as AddressInfo).port}/fiducial`;
}

function message(kind: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(kind), length, body]);
}

function silent(): Log {
  return { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
}
