import type { Duplex } from "node:stream";
import { DbusError } from "./signature.ts";

const MAX_LINE_BYTES = 512;

/**
 * SASL EXTERNAL (D-Bus Specification, "Authentication Protocol"): the kernel tells the bus who we are, the text only repeats
 * the user id. File descriptor passing is not negotiated: Node could not receive one. Resolves with what came behind the answer.
 */
export function authenticate(stream: Duplex, userId: number, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let pending = Buffer.alloc(0);
    const settle = (done: () => void) => {
      clearTimeout(timer);
      stream.off("data", onData).off("error", onError).off("close", onClose);
      done();
    };
    const refuse = (error: DbusError) => settle(() => reject(error));
    const onError = (error: Error) =>
      refuse(new DbusError("closed", "bus broke off while authenticating", { cause: error }));
    const onClose = () => refuse(new DbusError("closed", "bus closed while authenticating"));
    const onData = (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      const end = pending.indexOf("\r\n");
      if (end === -1) {
        if (pending.length > MAX_LINE_BYTES)
          refuse(new DbusError("malformed", "endless authentication line"));
        return;
      }
      const line = pending.toString("latin1", 0, Math.min(end, 80));
      if (!/^OK [0-9a-f]{32}$/.test(line)) return refuse(new DbusError("refused", `bus answered ${line}`));
      settle(() => {
        stream.pause();
        stream.write("BEGIN\r\n");
        resolve(pending.subarray(end + 2));
      });
    };
    const timer = setTimeout(
      () => refuse(new DbusError("timeout", "no answer to authentication")),
      timeoutMs,
    );
    stream.on("data", onData).on("error", onError).on("close", onClose);
    stream.write(`\0AUTH EXTERNAL ${Buffer.from(String(userId)).toString("hex")}\r\n`);
  });
}
