import type { FileHandle } from "node:fs/promises";
import { BundleError } from "#agent/bundle/bundle-error.ts";
import { errorCode, messageOf } from "#agent/link/durable.ts";
import type { Fetched, Fetcher } from "#agent/trust/fetched.ts";
import { folderFetcher, isPlainName, openBelow } from "#agent/trust/folder-fetcher.ts";

/**
 * A folder that somebody carried here, laid out like a spool. It is an enemy's until it is proved otherwise (reliability.md, actor 6): only
 * names of this program's own making are opened, no link is followed on the way, sizes are bounded before a byte is read, nothing is
 * listed, and each byte that is used is read once.
 */
export type Bundle = {
  read: Fetcher;
  /** Throws BundleError. */
  open(name: string): Promise<Pick<FileHandle, "stat" | "read" | "close">>;
};

export function openBundle(folder: string): Bundle {
  return {
    read: folderFetcher(folder),
    async open(name) {
      if (!isPlainName(name)) throw new BundleError("unreadable", `${JSON.stringify(name)} is not a name`);
      try {
        return await openBelow(folder, name.split("/"));
      } catch (error) {
        throw troubleOf(name, error);
      }
    },
  };
}

/** Below one folder of it. */
export function below(bundle: Bundle, folder: string): Fetcher {
  return (name, maxBytes) => bundle.read(`${folder}/${name}`, maxBytes);
}

/** What the system says of a stick that is no longer there, or is at its end. */
const GONE = /^(EIO|ENODEV|ENXIO|ENOTCONN|ESTALE|EREMOTEIO|ENOMEDIUM)$/;

export function troubleOf(name: string, error: unknown): BundleError {
  if (error instanceof BundleError) return error;
  const code = errorCode(error);
  if (code === "") throw error;
  const reason = /^(ELOOP|ENOTDIR)$/.test(code)
    ? "link-on-it"
    : code === "ENOENT"
      ? "incomplete"
      : GONE.test(code)
        ? "pulled-out"
        : "unreadable";
  return new BundleError(reason, `${name}: ${messageOf(error)}`, { cause: error });
}

/** The same of what a fetcher answered. */
export function unfetched(name: string, fetched: Extract<Fetched, { ok: false }>): BundleError {
  const { problem, detail } = fetched;
  if (problem === "absent") return new BundleError("incomplete", detail);
  if (problem !== "unreached") return new BundleError(problem, `${name}: ${detail}`);
  const reason = /\b(ELOOP|ENOTDIR)\b|is not a plain file/.test(detail)
    ? "link-on-it"
    : /\b(EIO|ENODEV|ENXIO|ENOTCONN|ESTALE|EREMOTEIO|ENOMEDIUM)\b|changes while/.test(detail)
      ? "pulled-out"
      : "unreadable";
  return new BundleError(reason, `${name}: ${detail}`);
}
