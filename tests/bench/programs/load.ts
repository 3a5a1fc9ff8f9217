import { createConnection, type Socket } from "node:net";

/**
 * Sends prepared requests over keep-alive connections, each connection its own list in order, one request at a time; as fast as
 * answers come, or at a rate. Raw sockets, because a client that costs as much as the server measures itself.
 */
export type LoadAsk = {
  port: number;
  /** Requests per connection, whole HTTP/1.1 messages. */
  connections: Buffer[][];
  /** All connections together; null: as fast as answers come. */
  perSecond: number | null;
  /** Nothing is sent after this long; what is on its way is still waited for. */
  mostMs?: number;
};
export type LoadAnswer = {
  tookMs: number;
  /** Answers by status. */
  statuses: Record<string, number>;
  /** Milliseconds from request to answer, in no order. */
  latencies: number[];
  /** When each request was sent, milliseconds since the epoch, by connection and in its order. */
  sentAt: number[][];
  /** How often an answer was "busy" and the request was sent again. */
  repeated: number;
};

const COME_AGAIN_MS = 250;
const MOST_REPETITIONS = 20;

const END_OF_HEAD = Buffer.from("\r\n\r\n");

async function run({ port, connections, perSecond, mostMs }: LoadAsk): Promise<LoadAnswer> {
  const sockets = await Promise.all(connections.map(() => connect(port)));
  const statuses: Record<string, number> = {};
  const latencies: number[] = [];
  let repeated = 0;
  const sentAt: number[][] = connections.map(() => []);
  const started = performance.now();
  await Promise.all(
    connections.map(async (requests, lane) => {
      const socket = sockets[lane];
      if (socket === undefined) return;
      for (const [turn, request] of requests.entries()) {
        // Lanes are staggered, so that a rate is a stream and not a volley a second.
        if (perSecond !== null)
          await until(started + ((turn * connections.length + lane) * 1000) / perSecond);
        const sent = performance.now();
        if (sent - started > (mostMs ?? Number.POSITIVE_INFINITY)) return;
        sentAt[lane]?.push(performance.timeOrigin + sent);
        const { status, again } = await deliver(socket, request);
        repeated += again;
        latencies.push(performance.now() - sent);
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    }),
  );
  const tookMs = performance.now() - started;
  for (const socket of sockets) socket.destroy();
  return { tookMs, statuses, latencies, sentAt, repeated };
}

function connect(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: "127.0.0.1", noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => resolve(socket));
  });
}

async function until(moment: number): Promise<void> {
  const wait = moment - performance.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
}

/** "Come again", as the agent hears it: the same bytes once more. It stays in the count of time. */
async function deliver(socket: Socket, request: Buffer): Promise<{ status: number; again: number }> {
  for (let again = 0; ; again += 1) {
    const status = await exchange(socket, request);
    if (status !== 503 || again === MOST_REPETITIONS) return { status, again };
    await until(performance.now() + COME_AGAIN_MS);
  }
}

/** @returns the status of the answer, whose body is read to its declared end */
function exchange(socket: Socket, request: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const head = received.indexOf(END_OF_HEAD);
      if (head === -1) return;
      const text = received.toString("latin1", 0, head);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (received.length < head + END_OF_HEAD.length + length) return;
      done();
      resolve(Number(text.slice(9, 12)));
    };
    const onClose = () => {
      done();
      reject(new Error("the server closed a connection in the middle"));
    };
    const done = () => socket.off("data", onData).off("close", onClose).off("error", onClose);
    socket.on("data", onData).on("close", onClose).on("error", onClose);
    socket.write(request);
  });
}

process.on("message", (ask: LoadAsk) => {
  run(ask).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      process.stderr.write(`load: ${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.("ready");
