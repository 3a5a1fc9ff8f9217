import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { durableFolder, durableWrite, errorCode } from "#agent/link/durable.ts";
import type { DistantKey, SealKey } from "#agent/trust/seal.ts";
import type { Passphrases } from "./passphrase.ts";
import {
  type KeyFile,
  keyFileSchema,
  keyNameSchema,
  makeKeys,
  openKeys,
  type Purpose,
  publicKeysSchema,
} from "./private-key.ts";
import { keysFolder, parseJsonFile, readNeeded, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";

const ENDING = ".key.json";
const MOST_TRIES = 3;

/** What others get of somebody's keys: nothing secret, and all that a root needs. */
export const publicFileSchema = z.strictObject({
  schema: z.literal("fiducial.public-keys/1"),
  name: keyNameSchema,
  public: publicKeysSchema,
});
export type PublicFile = z.infer<typeof publicFileSchema>;

export function publicFileOf({ name, public: keys }: KeyFile): PublicFile {
  return { schema: "fiducial.public-keys/1", name, public: keys };
}

/** Every key file of this station, by name. */
export async function listKeys(station: Pick<Station, "folder">): Promise<KeyFile[]> {
  const folder = keysFolder(station);
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  });
  const files = names.filter((name) => name.endsWith(ENDING)).sort();
  return Promise.all(files.map((name) => readKeyFile(join(folder, name))));
}

async function readKeyFile(path: string): Promise<KeyFile> {
  return parseJsonFile(path, await readNeeded(path, "key"), keyFileSchema);
}

export async function findKey(station: Station, name: string): Promise<KeyFile> {
  const keys = await listKeys(station);
  const found = keys.find((one) => one.name === name);
  if (found !== undefined) return found;
  const there = keys.map((one) => one.name).join(", ") || "none";
  throw new StationError(
    "usage",
    `There is no key of "${name}" in ${keysFolder(station)}; there are: ${there}.`,
  );
}

/** Throws StationError for what cannot be the name of a key file. */
export function needKeyName(name: string): string {
  const parsed = keyNameSchema.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new StationError(
    "usage",
    `"${name}" cannot be the name of a key: ${parsed.error.issues[0]?.message}. Say another with --name.`,
  );
}

/** Never over one that is there: a key that is lost cannot be made again. */
export async function addKeys(
  station: Pick<Station, "folder">,
  wanted: { name: string; purposes: readonly Purpose[] },
  passphrase: () => Promise<string>,
): Promise<KeyFile> {
  needKeyName(wanted.name);
  if ((await listKeys(station)).some((one) => one.name === wanted.name))
    throw new StationError("usage", `There is a key of ${wanted.name} already. It stays as it is.`);
  const file = await makeKeys({ ...wanted, createdAtMs: Date.now() }, await passphrase());
  await durableFolder(keysFolder(station));
  await durableWrite(
    join(keysFolder(station), `${file.name}${ENDING}`),
    `${JSON.stringify(file, null, 2)}\n`,
    { mode: 0o600 },
  );
  return file;
}

/** Where signatures of people come from; `signer` answers with the key for a purpose, out of those that count (`wanted`, hex). */
export type Signers = {
  signer(
    purpose: Purpose,
    wanted: ReadonlySet<string>,
    as: string | null,
  ): Promise<{ name: string; key: SealKey | DistantKey }>;
};

/** Private keys of this station, opened when they are needed; a passphrase that opened one is tried for the next before asking again. */
export class KeyRing {
  readonly #station: Pick<Station, "folder">;
  readonly #passphrases: Passphrases;
  readonly #opened = new Map<string, Map<Purpose, SealKey>>();
  readonly #known = new Set<string>();

  constructor(station: Pick<Station, "folder">, passphrases: Passphrases) {
    this.#station = station;
    this.#passphrases = passphrases;
  }

  /** Remembers what was just typed for new keys. */
  remember(passphrase: string): void {
    this.#known.add(passphrase);
  }

  /**
   * The key of one person of this station for the purpose, out of those that count (`wanted`, hex). One at a time: a second signature
   * is a second decision. Throws StationError when nobody here can sign, or when several could and nobody said who.
   */
  async signer(
    purpose: Purpose,
    wanted: ReadonlySet<string>,
    as: string | null,
  ): Promise<{ name: string; key: SealKey }> {
    const able = (await listKeys(this.#station)).filter((one) => wanted.has(one.public[purpose] ?? ""));
    const [file, ...more] = as === null ? able : able.filter((one) => one.name === as);
    if (file === undefined)
      throw new StationError(
        "refused",
        as === null
          ? `No key in ${keysFolder(this.#station)} counts for this (${purpose}). "fiducial root show" says whose do; if the key file was lost here, bring back its copy (NAME.key.json).`
          : `The key of ${as} is not here, or does not count for this (${purpose}).`,
      );
    if (more.length > 0)
      throw new StationError(
        "usage",
        `${able.map((one) => one.name).join(" and ")} could sign: say who does with --as NAME.`,
      );
    const key = (await this.#open(file)).get(purpose);
    if (key === undefined)
      throw new StationError("refused", `The key file of ${file.name} lacks its ${purpose} key.`);
    return { name: file.name, key };
  }

  async #open(file: KeyFile): Promise<Map<Purpose, SealKey>> {
    const before = this.#opened.get(file.name);
    if (before !== undefined) return before;
    const keys = (await this.#tryKnown(file)) ?? (await this.#ask(file));
    this.#opened.set(file.name, keys);
    return keys;
  }

  async #tryKnown(file: KeyFile): Promise<Map<Purpose, SealKey> | null> {
    for (const passphrase of this.#known) {
      const keys = await openKeys(file, passphrase);
      if (keys !== null) return keys;
    }
    return null;
  }

  async #ask(file: KeyFile): Promise<Map<Purpose, SealKey>> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const passphrase = await this.#passphrases.existing(file.name, tries > 0);
      const keys = await openKeys(file, passphrase);
      if (keys === null) continue;
      this.#known.add(passphrase);
      return keys;
    }
    throw new StationError(
      "refused",
      `The key of ${file.name} was not opened: wrong passphrase, or the file was changed.`,
    );
  }
}
