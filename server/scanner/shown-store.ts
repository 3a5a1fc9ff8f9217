import { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";
import type { BelievedRow } from "#server/report/stored-beliefs.ts";
import type { ReleaseName, ScannerWithFacts } from "#server/scanner/store.ts";

/**
 * Rows of scanners for the fleet table, without their facts. Row-level security holds the reader's scope; foreign is missing.
 * They come as one JSON text of one statement: a row of the fleet stands in seven tables, and reading a hundred of them table by table
 * took the server four times as long.
 */

export type ShownScanner = Omit<ScannerWithFacts, "site" | "pinnedRelease" | "state"> & {
  site: { name: string; timeZone: string; region: { name: string } };
  pinnedRelease: { name: string } | null;
  state: BelievedRow | null;
  /** The release that the state was compared with. */
  compared: ReleaseName | null;
};

const { sql, join, raw } = Prisma;

const STATE_COLUMNS = join(
  Object.keys(Prisma.ScannerStateScalarFieldEnum)
    .filter((column) => column !== "facts" && column !== "opaque")
    .map((column) => raw(`st."${column}"`)),
);

const SITE = sql`(select row_to_json(t) from (select si."name", si."timeZone",
  (select row_to_json(u) from (select r."name" from "Region" r where r."id" = si."regionId") u) as "region"
  from "Site" si where si."id" = s."siteId") t)`;
const STATE = sql`(select row_to_json(t) from (select ${STATE_COLUMNS} from "ScannerState" st where st."scannerId" = s."id") t)`;
const LINK = sql`(select row_to_json(l) from "ScannerLink" l where l."scannerId" = s."id")`;
const PINNED = sql`(select row_to_json(t) from (select r."name" from "Release" r where r."id" = s."pinnedReleaseId") t)`;
const COMPARED = sql`(select row_to_json(t) from (select r."id", r."name", r."toplevel" from "Release" r
  join "ScannerState" st on st."comparedWithId" = r."id" where st."scannerId" = s."id") t)`;

export async function shownScanners(tx: Tx, ids: readonly string[]): Promise<ShownScanner[]> {
  const [row] = await tx.$queryRaw<{ scanners: Written<ShownScanner>[] }[]>`
    select coalesce(json_agg(one), '[]') as "scanners" from (
      select s.*, ${SITE} as "site", ${LINK} as "link", ${PINNED} as "pinnedRelease", ${STATE} as "state", ${COMPARED} as "compared"
      from "Scanner" s where s."id" = any(${[...ids]}::uuid[])) one`;
  return (row?.scanners ?? []).map(read);
}

/** As JSON has it: a moment is a text, a large number a small one. */
type Written<T> = T extends Date
  ? string
  : T extends bigint
    ? number
    : T extends object
      ? { [K in keyof T]: Written<T[K]> }
      : T;

function read({ state, link, ...scanner }: Written<ShownScanner>): ShownScanner {
  return {
    ...scanner,
    serviceSince: momentOrNull(scanner.serviceSince),
    serviceUntil: momentOrNull(scanner.serviceUntil),
    identitySince: new Date(scanner.identitySince),
    pinnedAt: momentOrNull(scanner.pinnedAt),
    createdAt: new Date(scanner.createdAt),
    approvedAt: momentOrNull(scanner.approvedAt),
    link:
      link === null
        ? null
        : {
            ...link,
            lastSeenAt: momentOrNull(link.lastSeenAt),
            reconnectsSince: momentOrNull(link.reconnectsSince),
            witnessSeq: link.witnessSeq === null ? null : BigInt(link.witnessSeq),
          },
    state: state === null ? null : readState(state),
  };
}

function readState(state: Written<BelievedRow>): BelievedRow {
  return {
    ...(state as unknown as BelievedRow),
    observedAt: new Date(state.observedAt),
    receivedAt: new Date(state.receivedAt),
    safetySince: new Date(state.safetySince),
    functionSince: new Date(state.functionSince),
    softwareSince: new Date(state.softwareSince),
    currencySince: new Date(state.currencySince),
    changeSince: momentOrNull(state.changeSince),
    unverifiableSince: momentOrNull(state.unverifiableSince),
    headlineSince: new Date(state.headlineSince),
  };
}

function momentOrNull(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
