import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { Refusal } from "#server/refusal.ts";
import { sendRefusal } from "./respond.ts";

const PATH = "/agent/bundle/fiducial.mjs";

/**
 * The program a person fetches to enrol the machine in front of them: one file, public, with its SHA-256 beside it. Two paths are
 * known; nothing of the request ever becomes part of a file name. Resolves false for any other path.
 */
export function createAgentBundle(
  file: string,
): (path: string, response: ServerResponse) => Promise<boolean> {
  return async (path, response) => {
    if (path !== PATH && path !== `${PATH}.sha256`) return false;
    const bundle = await readBundle(file);
    if (bundle === null) {
      sendRefusal(response, new Refusal("not-found"));
      return true;
    }
    const isSum = path !== PATH;
    response.setHeader(
      "content-type",
      isSum ? "text/plain; charset=utf-8" : "text/javascript; charset=utf-8",
    );
    response.setHeader("cache-control", "no-cache");
    response.end(isSum ? `${createHash("sha256").update(bundle).digest("hex")}  fiducial.mjs\n` : bundle);
    return true;
  };
}

/** Null: it was not built. Read each time: it is 700 kB, asked for seldom, and rebuilt while developing. */
async function readBundle(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
