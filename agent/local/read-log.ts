import { readFile } from "node:fs/promises";
import * as z from "zod";
import { errorCode } from "#agent/link/durable.ts";
import { type LocalEntry, localEntrySchema } from "#core/local/log.ts";

type KeptLog = {
  /** Null: nothing was ever entered here. */
  log: string | null;
  entries: LocalEntry[];
  /** The file ends in the middle of a line. */
  torn: boolean;
};

const headSchema = z.strictObject({ log: z.uuid() });

/** The whole log, the oldest entry first. Lines that a power cut left in half are none. */
export async function readLog(path: string): Promise<KeptLog> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return { log: null, entries: [], torn: false };
    throw error;
  }
  const kept: KeptLog = { log: null, entries: [], torn: text !== "" && !text.endsWith("\n") };
  for (const line of text.split("\n").map(parsed)) {
    const head = headSchema.safeParse(line);
    if (head.success) kept.log = head.data.log;
    const entry = localEntrySchema.safeParse(line);
    if (entry.success) kept.entries.push(entry.data);
  }
  return kept;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
