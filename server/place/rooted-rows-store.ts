import type { RegionId, ScannerId, Scope, SiteId } from "#core/identity/identity.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";

/**
 * Every table whose rows carry organisation, region and site, and how a row is tied to a scanner. Row-level security reads the site
 * of the row itself, so a scanner that moves takes all of them along; a table that is forgotten here fails the tests, which ask
 * the database.
 */
export const ROWS_OF_SCANNER = {
  Scanner: "id",
  ScannerKey: "scannerId",
  ScannerState: "scannerId",
  ScannerLink: "scannerId",
  Report: "scannerId",
  FactInterval: "scannerId",
  FindingInterval: "scannerId",
  HeadlineInterval: "scannerId",
  NumericSeries: "scannerId",
  IdentityEvent: "scannerId",
  Change: "scannerId",
  ChangeStep: "scannerId",
  EnrolmentToken: "usedByScannerId",
  Release: "observedOnId",
} as const;

/** Rows that name a site beside, or without, a scanner. */
export const ROWS_OF_SITE = ["EnrolmentToken", "Release", "Membership", "Invitation"] as const;

/** The transaction must reach both sites. */
export async function moveScannerRows(tx: Tx, scannerIds: readonly ScannerId[], to: Scope): Promise<void> {
  for (const [table, column] of Object.entries(ROWS_OF_SCANNER)) {
    await tx.$executeRaw`
      update ${name(table)} set "organisationId" = ${to.organisationId}::uuid, "regionId" = ${to.regionId}::uuid,
        "siteId" = ${to.siteId}::uuid where ${name(column)} = any(${[...scannerIds]}::uuid[])`;
  }
}

/** A site that goes to another region takes its scanners, its people and its invitations along. */
export async function moveSiteRows(tx: Tx, siteId: SiteId, regionId: RegionId): Promise<void> {
  const scanners = await tx.scanner.findMany({ where: { siteId }, select: { id: true } });
  const ids = scanners.map(({ id }) => id);
  for (const [table, column] of Object.entries(ROWS_OF_SCANNER)) {
    await tx.$executeRaw`
      update ${name(table)} set "regionId" = ${regionId}::uuid where ${name(column)} = any(${ids}::uuid[])`;
  }
  for (const table of ROWS_OF_SITE) {
    await tx.$executeRaw`
      update ${name(table)} set "regionId" = ${regionId}::uuid where "siteId" = ${siteId}::uuid`;
  }
}

const name = (word: string) => Prisma.raw(`"${word}"`);
