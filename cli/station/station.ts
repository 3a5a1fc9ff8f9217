import { mkdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as z from "zod";
import { durableWrite, errorCode, messageOf, syncFolder } from "#agent/link/durable.ts";
import { audienceSchema } from "#core/release/release.ts";
import { type Given, textOf, type Verb } from "../verb.ts";
import { StationError } from "./station-error.ts";

/**
 * The folder somebody signs in: `fiducial.json` (settings), `keys/` (private keys, encrypted, and the key of the cache), `drafts/` (what
 * waits for signatures), `repository/` (what is published, and nothing else: it may be copied anywhere as it is).
 */
const SETTINGS = "fiducial.json";
const settingsSchema = z.strictObject({
  schema: z.literal("fiducial.station/1"),
  /** One person signs alone: one of one. */
  solo: z.boolean(),
  /** `here`: snapshot and timestamp are signed in this folder; `elsewhere`: by the signer of a server. */
  onlineKeys: z.enum(["here", "elsewhere"]),
  /** For whom a release is when nobody says so. */
  for: z.array(audienceSchema).max(256),
  /** Where `publish` and `ship` go when nobody says so: an address or a folder. */
  publishTo: z.string().min(1).max(2048).nullable(),
});
export type Settings = z.infer<typeof settingsSchema>;

export type Station = { folder: string; settings: Settings };

export const STATION_OPTIONS = {
  folder: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const satisfies Verb["options"];

export const FOLDER_LINE = `  --folder DIR           the station's folder (where you are, or FIDUCIAL_STATION)
`;

export const PASSPHRASE_OPTIONS = {
  "passphrase-file": { type: "string" },
} as const satisfies Verb["options"];
export const PASSPHRASE_LINE = `  --passphrase-file FILE the passphrase of the keys, for a station without a person (or FIDUCIAL_PASSPHRASE_FILE);
                         without it you are asked. Never write a passphrase into a command line: others can read those.
`;

export function folderOf(given: Given): string {
  return resolve(textOf(given, "folder") ?? process.env.FIDUCIAL_STATION ?? ".");
}

export async function openStation(given: Given): Promise<Station> {
  const folder = folderOf(given);
  const settings = await readSettings(folder);
  if (settings === null)
    throw new StationError(
      "folder",
      `${folder} is no release station: there is no ${SETTINGS}. Say where yours is with --folder DIR or FIDUCIAL_STATION, or make one with "fiducial init DIR".`,
    );
  return { folder, settings };
}

/** Null: there are none. */
export async function readSettings(folder: string): Promise<Settings | null> {
  const path = join(folder, SETTINGS);
  const bytes = await readIfThere(path);
  if (bytes === null) return null;
  return parseJsonFile(path, bytes, settingsSchema);
}

export async function writeSettings(folder: string, settings: Settings): Promise<void> {
  await durableWrite(join(folder, SETTINGS), `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o644 });
}

export const keysFolder = ({ folder }: Pick<Station, "folder">) => join(folder, "keys");
export const draftsFolder = ({ folder }: Pick<Station, "folder">) => join(folder, "drafts");
export const repositoryFolderOf = ({ folder }: Pick<Station, "folder">) => join(folder, "repository");

/** Reads a file whole; null: it is not there. Throws StationError for what cannot be read or is larger than any file of a station. */
export async function readIfThere(path: string, maxBytes = LARGEST_FILE_BYTES): Promise<Buffer | null> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes)
      throw new StationError("folder", `${path} has ${size} bytes; at most ${maxBytes} are read.`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof StationError) throw error;
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return null;
    throw new StationError("folder", `${path} cannot be read: ${messageOf(error)}`);
  }
}

export async function readNeeded(path: string, what: string): Promise<Buffer> {
  const bytes = await readIfThere(path);
  if (bytes === null) throw new StationError("folder", `There is no ${what} at ${path}.`);
  return bytes;
}

/** A file that travels holds a release file (16 MB) and the one before it, as JSON strings. */
const LARGEST_FILE_BYTES = 96 * 1024 * 1024;

/** Throws StationError that names file, place and problem: files come from other people and other programs. */
export function parseJsonFile<S extends z.ZodType>(path: string, bytes: Uint8Array, schema: S): z.infer<S> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    throw new StationError("folder", `${path} is not JSON: ${messageOf(error)}`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.map(String).join(".") || "its content";
  throw new StationError("folder", `${path} is not what it should be: ${where}: ${issue?.message}`);
}

/** Makes folders that others may read, durably: what is published is no secret. */
export async function openFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o755 });
  if (made !== undefined) await syncFolder(join(made, ".."));
}
