import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Host } from "#agent/activate/host.ts";
import { BundleError } from "#agent/bundle/bundle-error.ts";
import { writeBelow } from "#agent/bundle/write-below.ts";
import { errorCode } from "#agent/link/durable.ts";
import { loadIdentity } from "#agent/link/identity.ts";
import { signBody } from "#agent/link/keys.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import {
  newestThatFit,
  RESULTS_BODIES_BYTES,
  RESULTS_FOLDER,
  RESULTS_SCHEMA,
  type Results,
  resultsName,
} from "#core/bundle/results.ts";
import { BODY_LIMIT_BYTES } from "#core/protocol/envelope.ts";
import { changeKind } from "#core/report/change-kind.ts";

/** As agent/link/outbox.ts names them: sorted, they stand in the order in which they were made. */
const REPORT = /^\d{10}-\d{10}-\d{10}(-first)?\.json$/;
const WAIT_MS = 30_000;
const LOOK_EVERY_MS = 500;

/**
 * Writes the reports that wait in the agent's outbox, signed as the agent would sign them. They stay there: what the network brings a second
 * time is the same report under the same number, and counts once (decision 0011). @returns how many
 */
export async function writeResults(host: Host, folder: string): Promise<number> {
  const { identity, key } = await loadIdentity(host.folders.identity).catch((error: unknown) => {
    if (error instanceof LinkError) throw new BundleError("not-enrolled", error.message, { cause: error });
    throw error;
  });
  const waiting = await waitingReports(host);
  const chosen = newestThatFit(waiting, RESULTS_BODIES_BYTES);
  const results: Results = {
    schema: RESULTS_SCHEMA,
    scannerId: identity.scannerId,
    keyId: key.keyId,
    writtenAtMs: host.clock.nowMs(),
    reports: chosen.map(({ body }) => ({
      body: Buffer.from(body).toString("base64"),
      signature: signBody(key, "report", body),
    })),
  };
  const name = resultsName(identity.scannerId).slice(RESULTS_FOLDER.length + 1);
  await writeBelow(folder, RESULTS_FOLDER, { name, content: JSON.stringify(results) });
  return chosen.length;
}

type Waiting = { body: Uint8Array; bytes: number };

/** The folder is the agent's own: no link in it is followed, or whoever took the agent over could have any file carried away. */
async function waitingReports({ folders, log }: Pick<Host, "folders" | "log">): Promise<Waiting[]> {
  const outbox = join(folders.identity, "outbox");
  const read = folderFetcher(outbox);
  const waiting: Waiting[] = [];
  for (const name of (await namesIn(outbox)).filter((one) => REPORT.test(one)).sort()) {
    const file = await read(name, BODY_LIMIT_BYTES.report);
    if (file.ok && file.bytes.length > 0) waiting.push({ body: file.bytes, bytes: file.bytes.length });
    else log(`${name}: ${file.ok ? "is empty" : file.detail}`);
  }
  return waiting;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

const reportSchema = z.object({
  facts: z.object({ change: z.object({ value: z.unknown().optional() }).optional() }),
});

/** Until a report says what the scanner says of its change now, or for a while: the agent notices by itself within seconds. */
export async function waitForReport(host: Host, changeId: string, state: string): Promise<void> {
  const untilMs = host.clock.monotonicMs() + WAIT_MS;
  while (host.clock.monotonicMs() < untilMs) {
    const newest = (await waitingReports(host)).at(-1);
    if (newest !== undefined && saysOf(newest.body, changeId) === state) return;
    await host.clock.sleep(LOOK_EVERY_MS);
  }
}

function saysOf(body: Uint8Array, changeId: string): string | null {
  try {
    const report = reportSchema.safeParse(JSON.parse(Buffer.from(body).toString("utf8")));
    const told = changeKind.safeParse(report.data?.facts.change?.value);
    return told.success && told.data.changeId === changeId ? told.data.state : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
