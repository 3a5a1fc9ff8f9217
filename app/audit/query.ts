import * as z from "zod";
import { type ScannerId, type SiteId, scannerIdSchema, siteIdSchema } from "#core/identity/identity.ts";

export type AuditQuery = { limit: number; scannerId?: ScannerId; siteId?: SiteId; beforeSeq?: number };

const PAGE = 100;

const search = z.object({
  scanner: scannerIdSchema.optional().catch(undefined),
  site: siteIdSchema.optional().catch(undefined),
  before: z.coerce.number().int().positive().optional().catch(undefined),
});

/** Reads the filter from the URL; what is not understood filters nothing. */
export function readAuditQuery(raw: Readonly<Record<string, unknown>>): AuditQuery {
  const { scanner, site, before } = search.parse(raw);
  return {
    limit: PAGE,
    ...(scanner === undefined ? {} : { scannerId: scanner }),
    ...(scanner !== undefined || site === undefined ? {} : { siteId: site }),
    ...(before === undefined ? {} : { beforeSeq: before }),
  };
}
