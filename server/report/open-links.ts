import type { WithScope } from "#server/database/scoped.ts";
import { createLinkBook, type LinkBook } from "#server/report/link-book.ts";
import { linkSource } from "#server/report/link-store.ts";

export function openLinks(withScope: WithScope, clock: () => number): LinkBook {
  return createLinkBook(linkSource(withScope), clock);
}
