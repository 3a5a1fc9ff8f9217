import { connect } from "node:net";
import { createInterface } from "node:readline";
import {
  SIGNER_LINE_BYTES,
  type SignerAnswer,
  type SignerRequest,
  signerAnswerSchema,
} from "#core/trust/signer-verbs.ts";
import { openSocketPath } from "./socket-path.ts";

type Answered<V> = Extract<SignerAnswer, { verb: V }>;
type SignerSaidNo = Extract<SignerAnswer, { ok: false }>;
/** `away`: it does not run, or does not answer; nothing is known of what it did. */
type Asked<V extends SignerRequest["verb"]> =
  | Answered<V>
  | SignerSaidNo
  | { ok: false; refused: "away"; detail: string; waitMs?: undefined };

type RequestOf<V extends SignerRequest["verb"]> = Extract<SignerRequest, { verb: V }>;

export type SignerClient = {
  ask: <V extends SignerRequest["verb"]>(request: RequestOf<V>) => Promise<Asked<V>>;
};

const PATIENCE_MS = 10_000;

/** The web process' side of the socket: a line there, a line back, one connection for each. It reads no file of the signer's. */
export function signerClient(socketPath: string): SignerClient {
  return {
    ask: async <V extends SignerRequest["verb"]>(request: RequestOf<V>): Promise<Asked<V>> => {
      const line = await exchange(socketPath, JSON.stringify(request));
      if (!line.ok) return { ok: false, refused: "away", detail: line.detail };
      const answer = signerAnswerSchema.safeParse(parseJson(line.text));
      if (!answer.success || (answer.data.ok && answer.data.verb !== request.verb))
        return { ok: false, refused: "away", detail: "the signer answered what was not asked" };
      return answer.data as Asked<V>;
    },
  };
}

type Line = { ok: true; text: string } | { ok: false; detail: string };

function exchange(path: string, text: string): Promise<Line> {
  return new Promise((resolve) => {
    const where = pathOrNull(path);
    if (where === null) return resolve({ ok: false, detail: `there is no ${path}` });
    const socket = connect(where.at);
    socket.once("close", where.close);
    const end = (line: Line) => {
      resolve(line);
      socket.destroy();
    };
    let received = 0;
    socket.setTimeout(PATIENCE_MS, () => end({ ok: false, detail: "no answer in time" }));
    socket.once("error", (error) => end({ ok: false, detail: error.message }));
    socket.once("close", () => end({ ok: false, detail: "closed without an answer" }));
    socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
      if (received > SIGNER_LINE_BYTES) end({ ok: false, detail: "the answer is too long" });
    });
    const lines = createInterface({ input: socket });
    lines.on("error", () => undefined);
    lines.once("line", (line) => end({ ok: true, text: line }));
    socket.once("connect", () => socket.write(`${text}\n`));
  });
}

/** Null: not even its folder is there. */
function pathOrNull(path: string): ReturnType<typeof openSocketPath> | null {
  try {
    return openSocketPath(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
