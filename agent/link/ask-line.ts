import { connect } from "node:net";
import { messageOf } from "#agent/link/durable.ts";

type Limits = { limitBytes: number; patienceMs: number; signal?: AbortSignal };
export type Line =
  | { ok: true; text: string }
  | { ok: false; why: "stopped" | "silent" | "too-large" | "unreached"; detail: string };

/**
 * One question to a program of this machine: a line there, a line back, over a unix socket. `signal` ends the waiting; whoever was asked
 * goes on without a listener. An answer that ended without its newline is given as it is: its reader parses it.
 */
export function askLine(path: string, question: object, limits: Limits): Promise<Line> {
  const { limitBytes, patienceMs, signal } = limits;
  const stopped: Line = { ok: false, why: "stopped", detail: "told to stop" };
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(stopped);
    const pieces: Buffer[] = [];
    let bytes = 0;
    const socket = connect(path);
    const end = (line: Line) => {
      resolve(line);
      socket.destroy();
    };
    const stop = () => end(stopped);
    const answer = (): Line => {
      if (bytes === 0) return { ok: false, why: "unreached", detail: "hung up without an answer" };
      const [text = ""] = Buffer.concat(pieces).toString("utf8").split("\n", 1);
      return { ok: true, text };
    };
    signal?.addEventListener("abort", stop, { once: true });
    socket.once("close", () => signal?.removeEventListener("abort", stop));
    socket.setTimeout(patienceMs, () => end({ ok: false, why: "silent", detail: "no answer in time" }));
    socket.on("error", (error) => end({ ok: false, why: "unreached", detail: messageOf(error) }));
    socket.once("connect", () => socket.write(`${JSON.stringify(question)}\n`));
    socket.on("data", (piece: Buffer) => {
      bytes += piece.length;
      pieces.push(piece);
      if (bytes > limitBytes) end({ ok: false, why: "too-large", detail: `more than ${limitBytes} bytes` });
      else if (piece.includes(10)) end(answer());
    });
    socket.once("end", () => end(answer()));
  });
}
