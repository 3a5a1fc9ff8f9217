import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ActivateError } from "#agent/activate/activate-error.ts";
import type { Folders } from "#agent/activate/folders.ts";
import { errorCode, messageOf } from "#agent/link/durable.ts";
import { type ChangeSettings, changeSettingsSchema } from "#core/change/settings.ts";
import type { RepositoryName } from "#core/trust/layout.ts";

/** No file: changes are off (ACT-9). A file that cannot be understood is an error, never a default. */
export async function readSettings(path: string): Promise<ChangeSettings> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return changeSettingsSchema.parse({ schema: "fiducial.changes/1" });
    throw new ActivateError("bad-settings", `${path} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
  try {
    return changeSettingsSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new ActivateError("bad-settings", `${path} is wrong: ${messageOf(error)}.`, { cause: error });
  }
}

/** Whom this scanner believes first, from its own configuration. */
export async function readFirstRoots(
  folders: Pick<Folders, "trust">,
): Promise<Record<RepositoryName, Uint8Array>> {
  const read = async (repository: RepositoryName) => {
    const path = join(folders.trust, `${repository}.root.json`);
    try {
      return await readFile(path);
    } catch (error) {
      throw new ActivateError("bad-settings", `${path} cannot be read: ${messageOf(error)}.`, {
        cause: error,
      });
    }
  };
  return { release: await read("release"), director: await read("director") };
}
