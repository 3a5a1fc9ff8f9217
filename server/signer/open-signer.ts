import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { SIGNER_SOCKET } from "#core/trust/signer-verbs.ts";
import type { Log } from "#server/log.ts";
import { makeFolders, repositoryFolders, signerFolder } from "#server/repository/folders.ts";
import { keptFirstRoots } from "./first-roots.ts";
import { openKeys } from "./keys.ts";
import { serveSigner } from "./serve.ts";
import { createSigner } from "./signer.ts";

/** The signer over one data folder, answering on its socket. @returns the way to stop it */
export async function openSigner(
  dataFolder: string,
  log: Log,
  nowMs: () => number,
): Promise<() => Promise<void>> {
  const folder = signerFolder(dataFolder);
  const folders = repositoryFolders(dataFolder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await makeFolders(folders);
  const keys = await openKeys(folder);
  const signer = createSigner({
    folder,
    folders,
    keys,
    firstRoot: keptFirstRoots(folder, folders.firstRoots),
    nowMs,
  });
  return await serveSigner(join(folder, SIGNER_SOCKET), signer, log);
}
