import type { Listing } from "#core/closure/listing.ts";
import { parsePackageName } from "#core/closure/package-name.ts";
import { storePathParts } from "#core/closure/store-path.ts";
import { type ClosureBoot, type ClosurePath, closureBootSchema } from "#core/closure/upload.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";

/** Closures are content named by their digest, the same on every scanner that runs them; they belong to no site (SEE-2). */

export async function knownDigests(tx: Tx, digests: readonly string[]): Promise<Set<string>> {
  const rows = await tx.closure.findMany({
    where: { digest: { in: [...digests] } },
    select: { digest: true },
  });
  return new Set(rows.map(({ digest }) => digest));
}

/** The same as a part of a statement that reads more. */
export const knownDigestsSql = (digests: readonly string[]) => Prisma.sql`(
  select coalesce(jsonb_agg("digest"), '[]') from "Closure" where "digest" = any(${[...digests]}::text[]))`;

export type ClosureOwner = { scannerId: string; organisationId: string };

/** Rows are sent as JSON in slices: a closure has more values than one statement may have parameters. */
const SLICE = 2_000;

/** What a scanner uploads, or what stands in a signed release, which knows nothing of boot files. */
type NewClosure = {
  digest: string;
  toplevel: string;
  paths: Listing["paths"];
  boot?: ClosureBoot | null | undefined;
};

/** False: another transaction stored it first. */
export async function insertClosure(tx: Tx, owner: ClosureOwner, upload: NewClosure): Promise<boolean> {
  const top = upload.paths.find(({ path }) => path === upload.toplevel);
  const made = await tx.closure.createMany({
    data: {
      digest: upload.digest,
      organisationId: owner.organisationId,
      toplevel: upload.toplevel,
      narHash: top?.narHash ?? "",
      narSize: upload.paths.reduce((sum, { narSize }) => sum + BigInt(narSize), 0n),
      pathCount: upload.paths.length,
      boot: upload.boot === undefined || upload.boot === null ? Prisma.DbNull : upload.boot,
      uploadedBy: owner.scannerId,
    },
    skipDuplicates: true,
  });
  if (made.count === 0) return false;
  const rows = upload.paths.map((one, position) => ({ ...one, ...nameOf(one.path), position }));
  for (let start = 0; start < rows.length; start += SLICE)
    await insertPaths(tx, upload.digest, rows.slice(start, start + SLICE));
  return true;
}

function nameOf(path: string): { name: string; version: string } {
  return parsePackageName(storePathParts(path).name);
}

async function insertPaths(tx: Tx, digest: string, rows: readonly object[]): Promise<void> {
  await tx.$executeRaw`
    insert into "ClosurePath" ("closureDigest", "position", "path", "name", "version", "narHash", "narSize", "references")
    select ${digest}, "position", "path", "name", "version", "narHash", "narSize", "references"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row("position" int, "path" text, "name" text, "version" text,
      "narHash" text, "narSize" bigint, "references" int[])`;
}

export type StoredListing = { toplevel: string; paths: ClosurePath[]; boot: ClosureBoot | null };

export async function listingOf(tx: Tx, digest: string): Promise<StoredListing | null> {
  const closure = await tx.closure.findUnique({ where: { digest } });
  if (closure === null) return null;
  const rows = await tx.closurePath.findMany({
    where: { closureDigest: digest },
    orderBy: { position: "asc" },
  });
  const boot = closureBootSchema.safeParse(closure.boot);
  return {
    toplevel: closure.toplevel,
    paths: rows.map(({ path, narHash, narSize, references }) => ({
      path: path as ClosurePath["path"],
      narHash,
      narSize: Number(narSize),
      references,
    })),
    boot: boot.success ? boot.data : null,
  };
}
