import * as z from "zod";

/**
 * Identities are branded so that a site id can never be handed in where a scanner id belongs
 * (API1/BOLA: tests swap every id field for a foreign one, so the fields must be findable by brand).
 */
const uuid = () => z.uuid({ version: "v7" });

export const scannerIdSchema = uuid().brand<"ScannerId">();
export const siteIdSchema = uuid().brand<"SiteId">();
export const regionIdSchema = uuid().brand<"RegionId">();
const organisationIdSchema = uuid().brand<"OrganisationId">();
const releaseIdSchema = uuid().brand<"ReleaseId">();

export type ScannerId = z.infer<typeof scannerIdSchema>;
export type SiteId = z.infer<typeof siteIdSchema>;
export type RegionId = z.infer<typeof regionIdSchema>;
export type OrganisationId = z.infer<typeof organisationIdSchema>;
export type ReleaseId = z.infer<typeof releaseIdSchema>;

/** Where a row lives; every row that belongs to a site carries all three (row-level security reads `siteId`). */
export type Scope = { organisationId: OrganisationId; regionId: RegionId; siteId: SiteId };

/** Milliseconds since the Unix epoch; core never sees `Date`. */
export const epochMsSchema = z.int().nonnegative().max(8.64e15);

/** What is printed on the type plate; a label that may move to another scanner after a repair, never an identity. */
export const serialSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/);

export const bootIdSchema = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);

/** A durable counter: 2^31 - 1 is 68 years of one report a second, and what a PostgreSQL integer holds. */
export const counterSchema = z.int().positive().max(2_147_483_647);

/** SHA-256, lower-case hex. */
export const sha256HexSchema = z.string().regex(/^[0-9a-f]{64}$/);
