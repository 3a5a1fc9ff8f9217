import { createServer, type Socket } from "node:net";
import type * as z from "zod";

/** sd_listen_fds(3): the first handed-in socket. */
const FIRST_DESCRIPTOR = 3;
const IDLE_MS = 20_000;

/** `where`: systemd hands the socket in, unless a path is named. `idleMs`: after so long without a question the program ends. */
export type Served = { where?: { fd: number } | { path: string }; idleMs?: number };

/** A socket on which one JSON line is asked and one is answered. */
type LineServer<Request, Answer> = Served & {
  limitBytes: number;
  request: z.ZodType<Request>;
  answer: (request: Request) => Promise<Answer>;
  /** To what is none of the requests. */
  wrong: Answer;
  /** Something is still done that nobody waits for. */
  isBusy?: () => boolean;
};

/** A request is one short line; whoever needs longer than this for it is neither the agent nor the page. */
const REQUEST_MS = 5_000;

/** Answers one request after the other until nobody has asked for a while. */
export function serveLines<Request, Answer>(server: LineServer<Request, Answer>): Promise<void> {
  const { where = { fd: FIRST_DESCRIPTOR }, idleMs = IDLE_MS, isBusy = () => false } = server;
  return new Promise((resolve, reject) => {
    let last: Promise<unknown> = Promise.resolve();
    let open = 0;
    let idle: NodeJS.Timeout | undefined;
    const listener = createServer({ allowHalfOpen: true }, (socket) => {
      open += 1;
      clearTimeout(idle);
      const turn = last.then(() => answerOne(server, socket));
      last = turn.then(done, done);
    });
    const done = () => {
      open -= 1;
      if (open === 0) rest();
    };
    const rest = () => {
      idle = setTimeout(() => (isBusy() ? rest() : listener.close(() => resolve())), idleMs);
    };
    listener.once("error", reject);
    listener.listen(where, rest);
  });
}

async function answerOne<Request, Answer>(
  server: LineServer<Request, Answer>,
  socket: Socket,
): Promise<void> {
  // Whoever hangs up early gets no answer, and that is all.
  socket.on("error", () => socket.destroy());
  const line = await readLine(socket, server.limitBytes);
  const request = server.request.safeParse(parsed(line));
  const answer = request.success ? await server.answer(request.data) : server.wrong;
  await new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
    socket.end(`${JSON.stringify(answer)}\n`);
    socket.setTimeout(REQUEST_MS, () => socket.destroy());
    if (socket.destroyed) resolve();
  });
}

/** Null: nothing that ends in time, and within its limit. */
function readLine(socket: Socket, limitBytes: number): Promise<string | null> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const timer = setTimeout(() => resolve(null), REQUEST_MS);
    const end = (line: string | null) => {
      clearTimeout(timer);
      resolve(line);
    };
    socket.on("data", (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > limitBytes) return end(null);
      pieces.push(piece);
      if (piece.includes(10)) end(Buffer.concat(pieces).toString("utf8").split("\n")[0] ?? null);
    });
    socket.once("end", () => end(Buffer.concat(pieces).toString("utf8")));
    socket.once("close", () => end(null));
  });
}

function parsed(line: string | null): unknown {
  try {
    return line === null ? null : JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
