import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { COMPLETE_NAME, PUBLISH_BASE, type PublishAnswer, publishAnswerSchema } from "#core/trust/publish.ts";
import { ceremonyFolder, TARGETS_NAME } from "#demo/ceremony/hold-ceremony.ts";

/**
 * Publishes what the ceremony signed, once, the way a release station does. The NARs stay away: nothing is in these closures, and
 * `complete` says that scanners get them elsewhere.
 * @returns whether the server has the releases now; false: no ceremony was held in this folder
 * @throws Error with the server's words where it refuses
 */
export async function publishReleases(server: string, dataFolder: string): Promise<boolean> {
  const folder = ceremonyFolder(dataFolder);
  const names = await listed(join(folder, "release", "targets", "releases"));
  if (names.length === 0) return false;
  if ((await ask(server, "status", null)).targets !== null) return true;
  await ask(server, TARGETS_NAME, await readFile(join(folder, TARGETS_NAME)));
  for (const name of names) {
    const below = `release/targets/releases/${name}`;
    for (const file of await readdir(join(folder, below)))
      await ask(server, `${below}/${file}`, await readFile(join(folder, below, file)));
  }
  await ask(server, COMPLETE_NAME, Buffer.alloc(0));
  return true;
}

async function ask(server: string, name: string, bytes: Uint8Array | null): Promise<PublishAnswer> {
  const request = bytes === null ? {} : { method: "PUT", body: new Uint8Array(bytes) };
  const answer = await fetch(new URL(`${PUBLISH_BASE}${name}`, server), request);
  const body: unknown = await answer.json();
  if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${JSON.stringify(body)}`);
  return publishAnswerSchema.parse(body);
}

async function listed(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
