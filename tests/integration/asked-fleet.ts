import { v7 } from "uuid";
import type { IngestServer } from "#tests/integration/ingest-server.ts";
import { reportBody } from "#tests/integration/report-body.ts";
import type { ScannerClient } from "#tests/integration/scanner-client.ts";
import { digestOf, listingOf, makeReport, RELEASES, type Said } from "#tests/support/asked-reports.ts";

/** A fleet whose every report the tests remember, so that an answer can be held against a plain look at all of them. */
export type Remembered = {
  client: ScannerClient;
  siteId: string;
  reports: { facts: Record<string, unknown>; said: Said; atMs: number }[];
};

/** Scanners at the server's site and, every third, at another one that is made for them. */
export async function makeFleet(
  server: IngestServer,
  scanners: number,
): Promise<{ fleet: Remembered[]; otherSite: string }> {
  const otherSite = v7();
  const { organisationId, regionId, siteId } = server.scope;
  await server.sql(
    `insert into "Site" (id, "organisationId", "regionId", name, "timeZone") values ($1, $2, $3, 'Other', 'UTC')`,
    [otherSite, organisationId, regionId],
  );
  const fleet: Remembered[] = [];
  for (let at = 0; at < scanners; at += 1) {
    const client = await server.addScanner();
    const site = at % 3 === 0 ? otherSite : siteId;
    await server.sql(`update "Scanner" set "siteId" = $2 where id = $1`, [client.scannerId, site]);
    await server.sql(`update "ScannerKey" set "siteId" = $2 where "scannerId" = $1`, [
      client.scannerId,
      site,
    ]);
    fleet.push({ client, siteId: site, reports: [] });
  }
  return { fleet, otherSite };
}

/** Sends the report through the real ingest, and the path list the first time the server wants it. */
export async function send(server: IngestServer, one: Remembered, random: () => number): Promise<void> {
  const { facts, said, release } = makeReport(random);
  const seq = one.reports.length + 1;
  const sentAtMs = server.clock.wallMs;
  const { status, json } = await one.client.post(
    "report",
    reportBody(one.client.scannerId, { seq }, { sentAtMs, facts }),
  );
  if (status !== 200) throw new Error(JSON.stringify(json));
  one.reports.push({ facts, said, atMs: sentAtMs });
  if (RELEASES[release]?.sent !== true) return;
  const listing = listingOf(release);
  const body = {
    protocol: 1,
    scannerId: one.client.scannerId,
    digest: digestOf(listing),
    ...listing,
    boot: null,
  };
  const uploaded = await one.client.post("closure", body);
  if (uploaded.status !== 200) throw new Error(JSON.stringify(uploaded.json));
}
