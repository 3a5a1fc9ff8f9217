import type { Fetcher } from "#agent/trust/fetched.ts";

/** A repository as it would be with these files: what is about to be signed is verified before anybody can see it. */
export function overlay(base: Fetcher, files: ReadonlyMap<string, Uint8Array>): Fetcher {
  return async (name, maxBytes) => {
    const bytes = files.get(name);
    if (bytes === undefined) return await base(name, maxBytes);
    if (bytes.length > maxBytes)
      return { ok: false, problem: "too-large", detail: `${bytes.length} bytes, at most ${maxBytes}` };
    return { ok: true, bytes };
  };
}
