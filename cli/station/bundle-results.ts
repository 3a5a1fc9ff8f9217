import { opendir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "#agent/link/durable.ts";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import { parseJson } from "#agent/trust/model.ts";
import {
  RESULTS_FOLDER,
  RESULTS_LIMIT_BYTES,
  type Results,
  resultsName,
  resultsSchema,
} from "#core/bundle/results.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { CARRIED_HEADER, KEY_HEADER, SIGNATURE_HEADER } from "#core/protocol/envelope.ts";
import { EXIT } from "../exit.ts";
import type { ServerClient } from "./server-client.ts";
import { StationError } from "./station-error.ts";

const ANSWER_BYTES = 64 * 1024;
/** More names than scanners anybody visits; the rest of a folder that somebody filled is not listed. */
const MOST_NAMES = 4096;

/**
 * Hands the reports on a stick to the server, byte for byte as the scanners signed them: its ordinary ingress decides, and who carries them
 * can change none. Throws StationError for a server that is away; exit status `refused` where it refused one.
 */
export async function uploadResults(server: ServerClient, folder: string): Promise<number> {
  const ids = await scannersIn(join(folder, RESULTS_FOLDER));
  if (ids.length === 0)
    throw new StationError("folder", `There are no results of scanners in ${join(folder, RESULTS_FOLDER)}.`);
  let status: number = EXIT.ok;
  for (const scannerId of ids) {
    const results = await readResults(folder, scannerId);
    const said = await sendAll(server, results);
    process.stdout.write(`${scannerId}: ${said.taken} of ${results.reports.length} reports taken\n`);
    for (const why of said.refused) process.stdout.write(`  refused: ${why}\n`);
    if (said.refused.length > 0) status = EXIT.refused;
  }
  return status;
}

async function scannersIn(folder: string): Promise<string[]> {
  const ids: string[] = [];
  try {
    let seen = 0;
    for await (const { name } of await opendir(folder)) {
      seen += 1;
      if (seen > MOST_NAMES) break;
      const id = scannerIdSchema.safeParse(name.replace(/[.]json$/, ""));
      if (name.endsWith(".json") && id.success) ids.push(id.data);
    }
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  return ids.sort();
}

async function readResults(folder: string, scannerId: string): Promise<Results> {
  const name = resultsName(scannerId);
  const read = await folderFetcher(folder)(name, RESULTS_LIMIT_BYTES);
  if (!read.ok) throw new StationError("folder", `${name} cannot be read: ${read.detail}.`);
  const parsed = resultsSchema.safeParse(parseJson(read.bytes));
  if (parsed.success && parsed.data.scannerId === scannerId) return parsed.data;
  throw new StationError("folder", `${name} is no file of results: write it again at the scanner.`);
}

async function sendAll(server: ServerClient, { keyId, reports }: Results) {
  const refused: string[] = [];
  let taken = 0;
  for (const { body, signature } of reports) {
    const answer = await server.ask({
      method: "POST",
      path: "/agent/v1/report",
      body: Buffer.from(body, "base64"),
      headers: {
        "content-type": "application/json",
        [KEY_HEADER]: keyId,
        [SIGNATURE_HEADER]: signature,
        [CARRIED_HEADER]: "1",
      },
      maxBytes: ANSWER_BYTES,
    });
    if (answer.status === 200) taken += 1;
    else refused.push(`${answer.status} ${answer.body.toString("utf8").slice(0, 200)}`);
    if (answer.status >= 500)
      throw new StationError(
        "unreachable",
        `The server is busy (${answer.status}); what it took stays taken.`,
      );
  }
  return { taken, refused };
}
