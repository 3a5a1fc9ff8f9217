import { chmod, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { SIGNER_LINE_BYTES, type SignerAnswer, signerRequestSchema } from "#core/trust/signer-verbs.ts";
import type { Log } from "#server/log.ts";
import { StartError } from "#server/start-error.ts";
import type { Signer } from "./signer.ts";
import { openSocketPath } from "./socket-path.ts";

/** A connection that says nothing for this long is closed. */
const PATIENCE_MS = 30_000;
const MAX_CONNECTIONS = 16;

/**
 * Answers on a unix socket that only this user may open: one JSON line each way, in order. The socket of a signer that died is in the way and
 * is removed. Two living signers would give out the same numbers twice.
 * @throws StartError when another one answers there
 */
export async function serveSigner(path: string, signer: Signer, log: Log): Promise<() => Promise<void>> {
  const { at, close } = openSocketPath(path);
  if (await answers(at))
    throw new StartError("wrong-setting", "Another signer runs on this data folder already.");
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    talk(socket, signer, log);
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, at);
  await chmod(path, 0o600);
  return async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
    close();
  };
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
}

function talk(socket: Socket, signer: Signer, log: Log): void {
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  let unread = 0;
  socket.on("data", (chunk: Buffer) => {
    const end = chunk.lastIndexOf(10);
    unread = end < 0 ? unread + chunk.length : chunk.length - end;
    if (unread > SIGNER_LINE_BYTES) socket.destroy();
  });
  const lines = createInterface({ input: socket, crlfDelay: 0 });
  lines.on("error", () => socket.destroy());
  let last: Promise<void> = Promise.resolve();
  lines.on("line", (line) => {
    last = last.then(async () => {
      const answer = await answerLine(signer, line, log);
      if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
    });
  });
}

async function answerLine(signer: Signer, line: string, log: Log): Promise<SignerAnswer> {
  const request = signerRequestSchema.safeParse(parseJson(line));
  if (!request.success) {
    const issue = request.error.issues[0];
    const detail = `${issue?.path.map(String).join(".")}: ${issue?.message}`.slice(0, 500);
    return { ok: false, refused: "wrong-request", detail };
  }
  try {
    const answer = await signer.answer(request.data);
    const { verb } = request.data;
    if (!answer.ok) log.info("signer.refused", { verb, refused: answer.refused, detail: answer.detail });
    else if (verb === "instruct" || verb === "withdraw-instruction") log.info("signer.signed", { ...answer });
    return answer;
  } catch (error) {
    log.error("signer.failed", { verb: request.data.verb, error });
    return { ok: false, refused: "not-ready", detail: "The signer failed; its log says how." };
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
