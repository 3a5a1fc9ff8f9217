import { standsAgainst, systemFor } from "#core/change/stands-against.ts";
import type { Reason } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";
import { misfitOf, quarantined } from "#server/change/known.ts";
import type { Tx } from "#server/database/scoped.ts";
import { rowsById } from "#server/scanner/fleet.ts";
import { releasedSystems, type SignedSystem, signedFloor, systemsOf } from "./service.ts";
import * as store from "./store.ts";
import type { ReleaseScanners } from "./view.ts";

export type ScannersAsk = { name: string; show: "all" | "running" | "can-take" | "cannot"; limit: number };

type Judged = {
  id: string;
  running: boolean;
  runningRelease: string | null;
  pinned: boolean;
  confirmed: boolean;
  system: string | null;
  against: Reason[];
};

/** Of all scanners the reader may see: who runs a release, who can take it, and who cannot and why (SIG-5). */
export async function releaseScanners(tx: Tx, ask: ScannersAsk, nowMs: number): Promise<ReleaseScanners> {
  const judged = await judgeAll(tx, ask.name);
  const wanted = judged.filter((one) => isWanted(one, ask.show));
  const shown = wanted.slice(0, ask.limit);
  const ids = shown.map(({ id }) => id);
  const fleet = await rowsById(tx, ids, nowMs);
  const rows = new Map<string, (typeof fleet.rows)[number]>(fleet.rows.map((row) => [row.scannerId, row]));
  const cannot = judged.filter((one) => !one.running && one.against.length > 0);
  return {
    rows: shown.flatMap(({ id, ...one }) => {
      const row = rows.get(id);
      if (row === undefined) return [];
      const { scannerId, serial, alias, siteId, siteName, model, hardwareRevision, headline } = row;
      return [{ scannerId, serial, alias, siteId, siteName, model, hardwareRevision, headline, ...one }];
    }),
    total: wanted.length,
    counts: {
      running: judged.filter(({ running }) => running).length,
      canTake: judged.filter((one) => isWanted(one, "can-take")).length,
      cannot: cannot.length,
      byReason: counted(cannot),
    },
  };
}

async function judgeAll(tx: Tx, name: string): Promise<Judged[]> {
  const systems = (await systemsOf(tx, name)).map((row) => ({ ...row, for: row.content.for }));
  const scanners = await store.fleetLabels(tx);
  const runs = scanners.flatMap(({ state }) => state?.runningToplevel ?? []);
  const known = {
    released: await releasedSystems(tx, runs),
    confirmed: await store.scannersConfirmed(tx, name),
    changing: await store.scannersChanging(tx),
    floor: await signedFloor(tx),
  };
  return scanners.map((scanner) => judgeOne(scanner, systems, known));
}

type Known = {
  released: Awaited<ReturnType<typeof releasedSystems>>;
  confirmed: ReadonlySet<string>;
  changing: ReadonlySet<string>;
  floor: number;
};

function judgeOne(
  scanner: store.FleetLabels,
  systems: readonly (SignedSystem & { for: SignedSystem["content"]["for"] })[],
  known: Known,
): Judged {
  const { id, model, identity, state } = scanner;
  const system = systemFor(systems, { ...scanner, scannerId: id });
  const toplevel = state?.runningToplevel ?? null;
  const release = toplevel === null ? undefined : known.released.get(toplevel);
  const running = toplevel !== null && systems.some((one) => one.toplevel === toplevel);
  const { counter = 0, withdrawn = null } = systems[0] ?? {};
  const confirmed = known.confirmed.has(id);
  const against = standsAgainst(
    { action: "activate", counter, withdrawn, toplevel: system?.toplevel ?? null, floor: known.floor },
    {
      identity: identity === "locked-out" ? identity : "approved",
      model,
      running: toplevel === null ? null : { toplevel, counter: release?.counter ?? null },
      confirmed,
      onDisk: null,
      changesEnabled: changesEnabled(state?.axisReasons),
      openChange: known.changing.has(id),
      ...quarantined(factsOf(scanner)),
      misfit: system === null ? null : misfitOf(factsOf(scanner), system.content.compatibility),
    },
  );
  return {
    id,
    running,
    runningRelease: release?.name ?? null,
    pinned: systems.some((one) => one.id === scanner.pinnedReleaseId),
    confirmed,
    system: system?.system ?? null,
    against,
  };
}

/** Only what is judged here. */
function factsOf({ state }: store.FleetLabels): Pick<Facts, "provided" | "quarantine"> {
  if (state === null) return {};
  const { provided, quarantine } = state;
  return { provided, ...(quarantine === null ? {} : { quarantine }) } as ReturnType<typeof factsOf>;
}

/** As the scanner's agent last said; null: it never did. */
function changesEnabled(stored: unknown): boolean | null {
  const { changesEnabled: said } = (stored ?? {}) as { changesEnabled?: boolean };
  return said ?? null;
}

function isWanted(one: Judged, show: ScannersAsk["show"]): boolean {
  if (show === "all") return true;
  if (show === "running") return one.running;
  return !one.running && (one.against.length === 0) === (show === "can-take");
}

/** By the first reason of each: every scanner counts once. */
function counted(cannot: readonly Judged[]): { code: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { against } of cannot) {
    const code = against[0]?.code ?? "";
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts].map(([code, count]) => ({ code, count })).sort((a, b) => b.count - a.count);
}
