import * as z from "zod";
import { narHashToBase16, narHashToNix32 } from "#core/closure/nar-hash.ts";
import { type StorePath, storePathParts, storePathSchema } from "#core/closure/store-path.ts";

/** One path as a binary cache describes it (`<hash>.narinfo`). Hashes are base16, references in full. */
export type Narinfo = {
  path: StorePath;
  /** Below the cache's folder, as written: not yet believed to be a harmless name. */
  url: string;
  compression: string;
  narHash: string;
  narSize: number;
  references: StorePath[];
  /** `<key name>:<base64>` each. */
  signatures: string[];
  /** What Nix calls the content address of a path (`fixed:r:sha256:…`); null: the path is named by its inputs. Nix compares it with the path. */
  ca: string | null;
};

/** Largest narinfo that is read: a path with 1,000 references is 60 kB. */
export const NARINFO_LIMIT_BYTES = 256 * 1024;

type Described = Pick<Narinfo, "path" | "narHash" | "narSize" | "references">;

/**
 * What a cache key signs: `1;<path>;sha256:<nix32>;<size>;<references, full, sorted, with commas>` (src/libstore/path-info.cc; L26).
 * The narinfo beside it writes references as base names: any mix-up fails the verification.
 */
export function narFingerprint({ path, narHash, narSize, references }: Described): string {
  return `1;${path};${narHashToNix32(narHash)};${narSize};${[...references].sort().join(",")}`;
}

/** Name of the file that describes a path. */
export function narinfoName(path: string): string {
  return `${storePathParts(path).hash}.narinfo`;
}

/** Name of an uncompressed NAR, below the cache's folder: it is called by its own hash. */
export function narFileName(narHash: string): string {
  return `nar/${narHashToNix32(narHash).slice("sha256:".length)}.nar`;
}

/** The file for an uncompressed NAR in this project's own cache, in the order in which Nix writes it. */
export function narinfoText(one: Described & { signatures: readonly string[]; ca?: string | null }): string {
  const hash = narHashToNix32(one.narHash);
  const references = [...one.references].sort().map((path) => path.slice(path.lastIndexOf("/") + 1));
  const lines = [
    `StorePath: ${one.path}`,
    `URL: ${narFileName(one.narHash)}`,
    "Compression: none",
    `FileHash: ${hash}`,
    `FileSize: ${one.narSize}`,
    `NarHash: ${hash}`,
    `NarSize: ${one.narSize}`,
    `References: ${references.join(" ")}`,
    ...one.signatures.map((signature) => `Sig: ${signature}`),
    ...(one.ca ? [`CA: ${one.ca}`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

const narinfoSchema = z.object({
  StorePath: storePathSchema,
  URL: z.string().min(1).max(1024),
  Compression: z.string().max(16).default("bzip2"),
  NarHash: z.string(),
  NarSize: z.string().regex(/^[0-9]{1,15}$/),
  References: z.string().default(""),
  // What has another form is none: Nix then wants a signature, which is the safe side.
  CA: z
    .string()
    .regex(/^[a-z]{1,16}(:[A-Za-z0-9+/=-]{1,128}){1,4}$/)
    .nullable()
    .default(null)
    .catch(null),
});

/** Null for what is no narinfo of any Nix. A field that stands twice is refused, but signatures: readers differ in which one they believe. */
export function parseNarinfo(text: string): Narinfo | null {
  const fields = new Map<string, string>();
  const signatures: string[] = [];
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    if (name === "" || fields.has(name)) return null;
    const value = line.slice(colon + 1).trim();
    if (name === "Sig") signatures.push(value);
    else fields.set(name, value);
  }
  const parsed = narinfoSchema.safeParse(Object.fromEntries(fields));
  if (!parsed.success) return null;
  const { StorePath: path, URL: url, Compression: compression } = parsed.data;
  const narHash = narHashToBase16(parsed.data.NarHash);
  const store = path.slice(0, path.lastIndexOf("/") + 1);
  const references = z.array(storePathSchema).safeParse(
    parsed.data.References.split(" ")
      .filter(Boolean)
      .map((one) => `${store}${one}`),
  );
  if (narHash === null || !references.success) return null;
  const { NarSize, CA: ca } = parsed.data;
  return {
    path,
    url,
    compression,
    narHash,
    narSize: Number(NarSize),
    references: references.data,
    signatures,
    ca,
  };
}
