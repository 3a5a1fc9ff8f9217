import { readdirSync } from "node:fs";
import path from "node:path";
import { OWNER, socketFolder } from "#server/database/postgres-folder.ts";

/** Where the PostgreSQL of a running installation answers its owner: for rows that would take hours to come by themselves. */
export function ownerUrlOf(dataFolder: string): string {
  const database = path.join(dataFolder, "database");
  const data = readdirSync(database).find((name) => /^pg\d+$/.test(name));
  if (data === undefined) throw new Error(`no PostgreSQL in ${database}`);
  const socket = socketFolder(path.join(database, data));
  return `postgresql://${OWNER}@localhost/fiducial?host=${encodeURIComponent(socket)}`;
}
