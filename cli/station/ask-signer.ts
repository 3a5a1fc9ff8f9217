import { askLine } from "#agent/link/ask-line.ts";
import { parseJson } from "#agent/trust/model.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import { SIGNER_LINE_BYTES, signerAnswerSchema } from "#core/trust/signer-verbs.ts";
import { StationError } from "./station-error.ts";

const PATIENCE_MS = 10_000;

/**
 * Has the signer sign an instruction again so that it lasts the journey. Who may is said by the socket's mode: the user that the server
 * runs as. Throws StationError.
 */
export async function askToCarry(
  socket: string,
  ask: { scannerId: ScannerId; changeId: string; untilMs: number },
): Promise<void> {
  const limits = { limitBytes: SIGNER_LINE_BYTES, patienceMs: PATIENCE_MS };
  const line = await askLine(socket, { verb: "carry-instruction", ...ask }, limits);
  if (!line.ok)
    throw new StationError("unreachable", `The signer at ${socket} is not reached: ${line.detail}.`);
  const answer = signerAnswerSchema.safeParse(parseJson(Buffer.from(line.text)));
  if (!answer.success) throw new StationError("unreachable", `${socket} is not the signer of this version.`);
  if (!answer.data.ok)
    throw new StationError("refused", `The signer refuses (${answer.data.refused}): ${answer.data.detail}`);
}
