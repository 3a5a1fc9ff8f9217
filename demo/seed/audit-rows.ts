import type pg from "pg";
import { fingerprintText } from "#core/protocol/envelope.ts";
import { canonicalJson } from "#core/report/digest.ts";
import type { FleetPlan, PlannedScanner } from "#demo/plan/plan.ts";
import { planId } from "#demo/plan/plan-id.ts";
import { fleetStartMs } from "#demo/plan/rollout.ts";
import { approvedMs, userIdOf } from "#demo/seed/scanner-rows.ts";

/** What people did, at the time they did it. */
export type PastAct = {
  chain: string;
  atMs: number;
  actor: string;
  action: string;
  body: Record<string, unknown>;
};

export function fleetActs(plan: FleetPlan): PastAct[] {
  const admin = userIdOf(plan, "okonkwo");
  const { organisationId } = plan.organisation;
  const chain = `organisation:${organisationId}`;
  const startMs = fleetStartMs(plan.nowMs);
  const first = plan.sites[0];
  return [
    {
      chain,
      atMs: startMs,
      actor: admin,
      action: "setup.admin-created",
      body: { userId: admin, organisationId, siteId: first?.siteId ?? null },
    },
    ...plan.sites.map(({ siteId, name, timeZone, regionId }, at) => ({
      chain: `site:${siteId}`,
      atMs: startMs + (at + 1) * 60_000,
      actor: admin,
      action: "site.created",
      body: { siteId, name, timeZone, regionId },
    })),
  ];
}

/** @param keyId of the key that was compared */
export function scannerActs(plan: FleetPlan, scanner: PlannedScanner, keyId: string): PastAct[] {
  const { scannerId, serial, site, moments, enrolledMs } = scanner;
  const chain = `site:${site.siteId}`;
  const acts: PastAct[] = [
    {
      chain,
      atMs: enrolledMs,
      actor: scannerId,
      action: "scanner.enrolled",
      body: { scannerId, serial, keyId, tokenId: planId(plan.seed, `token ${serial}`, enrolledMs) },
    },
  ];
  for (const one of moments) {
    if (one.kind === "enrolled") {
      const body = { scannerId, serial, keyFingerprint: fingerprintText(keyId) };
      const actor = userIdOf(plan, one.by);
      acts.push({ chain, atMs: approvedMs(scanner), actor, action: "enrolment.approved", body });
    }
    if (one.kind === "renamed") {
      const body = { scannerId, from: { alias: one.from }, to: { alias: one.to }, reason: one.reason };
      const actor = userIdOf(plan, one.by);
      acts.push({ chain, atMs: one.atMs, actor, action: "scanner.renamed", body });
    }
    if (one.kind === "service") {
      const body = { scannerId, until: null, reason: one.reason };
      const actor = userIdOf(plan, one.by);
      acts.push({ chain, atMs: one.atMs, actor, action: "scanner.maintenance-began", body });
    }
  }
  return acts;
}

/**
 * Appends acts of the past with the log's own hash of a row, in the order of their times, so that every chain verifies. Only the
 * owner of the database can: the log itself dates what is appended to it, which is what makes it a log.
 */
export async function appendPast(client: pg.Client, acts: readonly PastAct[]): Promise<void> {
  const past = [...acts].sort((a, b) => a.atMs - b.atMs);
  await client.query(PAST_APPEND);
  await client.query(
    `select pg_temp.append_past(e.c, e.t, e.a, e.x, e.b)
     from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[]) with ordinality as e(c, t, a, x, b, place)
     order by e.place`,
    [
      past.map(({ chain }) => chain),
      past.map(({ atMs }) => new Date(atMs)),
      past.map(({ actor }) => actor),
      past.map(({ action }) => action),
      past.map(({ body }) => canonicalJson(body)),
    ],
  );
}

const PAST_APPEND = `
create or replace function pg_temp.append_past(c text, t timestamptz, a text, x text, b text) returns void language plpgsql as $$
declare
  h audit.head;
  z bytea;
begin
  insert into audit.head values (c, 0, audit.genesis(c)) on conflict do nothing;
  select * into strict h from audit.head where chain = c for update;
  z := audit.row_hash(c, h.seq + 1, t, a, x, b, h.hash);
  insert into audit.event values (c, h.seq + 1, t, a, x, b, h.hash, z);
  update audit.head set seq = h.seq + 1, hash = z where chain = c;
end
$$`;
