import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { durableWrite } from "#agent/link/durable.ts";
import { type FleetFile, fleetFilePath, fleetFileSchema, readFleetFile } from "#demo/plan/fleet-file.ts";
import { fleetSecretPath, readFleetSecret, SECRET_BYTES } from "#demo/plan/scanner-key.ts";

/** What stands in a data folder, as far as the example fleet is concerned. */
export type Folder =
  | { kind: "empty" }
  /** A fleet was made here, all of it. */
  | { kind: "made"; file: FleetFile }
  /** The making of this fleet was begun here; whether the database took it, the database says. */
  | { kind: "begun"; file: FleetFile }
  /** Somebody's own installation: not to be touched. */
  | { kind: "foreign" };

function begunPath(dataFolder: string): string {
  return join(dataFolder, "fleet.json.begun");
}

export async function lookAt(dataFolder: string): Promise<Folder> {
  const file = await readFleetFile(dataFolder);
  if (file !== null) return { kind: "made", file };
  if (existsSync(begunPath(dataFolder))) {
    const text = await readFile(begunPath(dataFolder), "utf8");
    return { kind: "begun", file: fleetFileSchema.parse(JSON.parse(text)) };
  }
  return existsSync(join(dataFolder, "database")) ? { kind: "foreign" } : { kind: "empty" };
}

/** Says that a fleet is being made here, before the first byte of it; makes the secret that its keys follow from. */
export async function begin(dataFolder: string, file: FleetFile): Promise<Uint8Array> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  if (!existsSync(fleetSecretPath(dataFolder)))
    await durableWrite(fleetSecretPath(dataFolder), randomBytes(SECRET_BYTES));
  await writeFile(begunPath(dataFolder), `${JSON.stringify(file)}\n`, { mode: 0o600, flush: true });
  return await readFleetSecret(dataFolder);
}

/** The database has all of it: from here on the fleet is there. */
export async function finish(dataFolder: string): Promise<void> {
  await rename(begunPath(dataFolder), fleetFilePath(dataFolder));
}
