import { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";

/**
 * One scanner with its newest state and its link, as PostgreSQL writes rows as JSON: one statement instead of one for each table, and
 * whoever needs more of a scanner asks for it beside these columns.
 */
export type ScannerWithFacts = Prisma.ScannerGetPayload<{ include: { state: true; link: true } }>;
export type StateRow = NonNullable<ScannerWithFacts["state"]>;
export type LinkRow = NonNullable<ScannerWithFacts["link"]>;
/** Without the facts, which are most of its bytes: a report brings its own. */
export type LockedScanner = Omit<ScannerWithFacts, "state"> & {
  state: Omit<StateRow, "facts" | "opaque"> | null;
};

/** A row in which every moment is still text. */
type AsJson = Readonly<Record<string, unknown>>;
export type ScannerJson = { scanner: AsJson; state: AsJson | null; link: AsJson | null };

const stateColumns = (left: readonly string[]) =>
  Prisma.raw(
    Object.values(Prisma.ScannerStateScalarFieldEnum)
      .filter((name) => !left.includes(name))
      .map((name) => `st."${name}"`)
      .join(", "),
  );
const columns = (left: readonly string[]) => Prisma.sql`to_jsonb(s) as "scanner", to_jsonb(l) as "link",
  (select to_jsonb(one) from (select ${stateColumns(left)} where st."scannerId" is not null) as one) as "state"`;

export const SCANNER_COLUMNS = columns(["facts", "opaque"]);
export const SCANNER_COLUMNS_WITH_FACTS = columns([]);
export const SCANNER_TABLES = Prisma.sql`"Scanner" s
  left join "ScannerState" st on st."scannerId" = s."id" left join "ScannerLink" l on l."scannerId" = s."id"`;

/** In the order of their ids, so that two transactions that lock several wait for each other instead of locking each other out. */
export async function lockRows(tx: Tx, scannerIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`select 1 from "Scanner" where "id" = any(${[...scannerIds]}::uuid[]) order by "id" for update`;
}

export function scannerOf(row: ScannerJson): LockedScanner {
  return scannerWithFactsOf(row);
}

export function scannerWithFactsOf({ scanner, state, link }: ScannerJson): ScannerWithFacts {
  const read = {
    ...revived(scanner, SCANNER_MOMENTS),
    state: state === null ? null : revived(state, STATE_MOMENTS),
    link: link === null ? null : revived(link, LINK_MOMENTS),
  } as ScannerWithFacts;
  const { witnessSeq } = read.link ?? { witnessSeq: null };
  return read.link === null || witnessSeq === null
    ? read
    : { ...read, link: { ...read.link, witnessSeq: BigInt(witnessSeq) } };
}

function revived(row: AsJson, moments: object): AsJson {
  const entries = Object.entries(row);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      value !== null && Object.hasOwn(moments, name) ? new Date(String(value)) : value,
    ]),
  );
}

/** Every column of a row that is a moment; the compiler misses none. */
type Moments<Row> = Record<
  { [K in keyof Row]-?: Date extends Row[K] ? (unknown extends Row[K] ? never : K) : never }[keyof Row],
  true
>;
const SCANNER_MOMENTS: Moments<Omit<ScannerWithFacts, "state" | "link">> = {
  serviceSince: true,
  serviceUntil: true,
  identitySince: true,
  pinnedAt: true,
  createdAt: true,
  approvedAt: true,
};
const STATE_MOMENTS: Moments<StateRow> = {
  observedAt: true,
  receivedAt: true,
  safetySince: true,
  functionSince: true,
  softwareSince: true,
  currencySince: true,
  changeSince: true,
  unverifiableSince: true,
  headlineSince: true,
};
const LINK_MOMENTS: Moments<LinkRow> = { lastSeenAt: true, reconnectsSince: true };
