"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { BLOCKS, type Block } from "#core/manifest/item.ts";

/** What a reader chose on the page lives in its address, so that it can be sent to a colleague and survives a reload. */
export function useUrlState() {
  const path = usePathname();
  const search = useSearchParams();
  const address = (
    changes: Readonly<Record<string, string | null>>,
    hash = "",
    from: string = search.toString(),
  ): string => {
    const query = new URLSearchParams(from);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) query.delete(name);
      else query.set(name, value);
    }
    return `${path}${query.size === 0 ? "" : `?${query}`}${hash}`;
  };
  return {
    get: (name: string) => search.get(name),
    /** What the address says by now: the page is drawn a moment after it changed, and a second key must not undo the first. */
    now: (name: string) => new URLSearchParams(window.location.search).get(name),
    address,
    /** A step that the back button undoes; nothing is asked of the server for it. */
    go: (changes: Readonly<Record<string, string | null>>, hash?: string) =>
      window.history.pushState(null, "", address(changes, hash, window.location.search)),
    replace: (changes: Readonly<Record<string, string | null>>) =>
      window.history.replaceState(null, "", address(changes, "", window.location.search)),
  };
}

export function blockIn(value: string | null): Block | null {
  return BLOCKS.find((block) => block === value) ?? null;
}
