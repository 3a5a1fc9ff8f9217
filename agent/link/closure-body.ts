import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, messageOf } from "#agent/link/durable.ts";
import { BODY_LIMIT_BYTES, PROTOCOL } from "#core/protocol/envelope.ts";

/**
 * Body of a closure upload: the path list that root's fiducial-facts left in the run folder, with the protocol and this
 * scanner's id before it. The list is passed on unread (the server computes its digest again), which spares the memory of parsing it.
 */
export type ClosureBody = { ok: true; body: Buffer } | { ok: false; problem: string };

const DIGEST = /^[0-9a-f]{64}$/;

export async function closureBody(runDir: string, scannerId: string, digest: string): Promise<ClosureBody> {
  // The digest comes from the server and becomes a file name: nothing but a digest may (path traversal).
  if (!DIGEST.test(digest)) return { ok: false, problem: "is not a digest" };
  const path = join(runDir, "closures", `${digest}.json`);
  try {
    const { size } = await stat(path);
    if (size > BODY_LIMIT_BYTES.closure - 256)
      return { ok: false, problem: `is ${size} bytes, more than the server takes` };
    const list = (await readFile(path, "utf8")).trim();
    if (!list.startsWith('{"') || !list.endsWith("}")) return { ok: false, problem: "is not a path list" };
    const head = `{"protocol":${PROTOCOL},"scannerId":${JSON.stringify(scannerId)},`;
    return { ok: true, body: Buffer.from(head + list.slice(1), "utf8") };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return { ok: false, problem: "is not known on this machine" };
    return { ok: false, problem: messageOf(error) };
  }
}
