import type { Membership } from "#core/access/membership.ts";
import { effectOf } from "#core/release/effect.ts";
import type { Reason } from "#core/report/fact.ts";
import { closureStep } from "#server/closure/service.ts";
import type { Tx } from "#server/database/scoped.ts";
import { Refusal } from "#server/refusal.ts";
import { seeScanner } from "#server/scanner/fleet-row.ts";
import { observingSinceMs } from "#server/ticker/attention.ts";
import { type Asked, type Judged, judgeScanners } from "./known.ts";
import { notYours } from "./rights.ts";
import type { Preflight, PreflightAnswer } from "./view.ts";

/** What a person reads before they ask: scanner by scanner, from what it last said. Nothing is stored. */
export async function preflight(tx: Tx, ask: Asked, { nowMs, memberships }: Asker): Promise<PreflightAnswer> {
  const { floor, judged } = await judgeScanners(tx, ask);
  if (judged.length !== new Set(ask.scannerIds).size) throw new Refusal("not-found");
  const now = { nowMs, observingSinceMs: await observingSinceMs(tx, nowMs) };
  const effects = effectsBySystem(tx);
  const scanners: Preflight[] = [];
  for (const one of judged) {
    const { row } = seeScanner(one.scanner, new Map(), now);
    const effect = await effects(one);
    const yours = notYours(memberships, one.scanner, ask);
    scanners.push(preflightOf(one, { row, effect, floor, yours }));
  }
  return { action: ask.action, release: ask.release, scanners };
}

type Asker = { nowMs: number; memberships: readonly Membership[] };
type Seen = {
  row: ReturnType<typeof seeScanner>["row"];
  effect: Reason[] | null;
  floor: number;
  /** Told at the door and not after the form is filled in. */
  yours: ReturnType<typeof notYours>;
};

function preflightOf(one: Judged, { row, effect, floor, yours }: Seen): Preflight {
  const against = yours === null ? one.against : [{ code: yours }, ...one.against];
  const { system, known } = one;
  const { scannerId, serial, alias, siteId, siteName, model, hardwareRevision } = row;
  const interlock = interlockOf(one, row);
  return {
    scannerId,
    serial,
    alias,
    siteId,
    siteName,
    model,
    hardwareRevision,
    fits: against.length === 0,
    against,
    notes: notesOf(one, row, interlock),
    from:
      known.running === null
        ? null
        : { toplevel: known.running.toplevel, releaseName: one.runningRelease?.name ?? null },
    to:
      system === null ? null : { toplevel: system.toplevel, releaseName: system.name, system: system.system },
    // What lies on its disk is not fetched again, least of all to go back to it.
    effect: known.onDisk === true ? (effect?.filter(({ code }) => code !== "fetch") ?? null) : effect,
    interlock,
    floor: { required: floor, target: system?.counter ?? 0 },
    confirmedHere: known.confirmed,
    blockedHere:
      one.failedAtMs === null ? null : { code: "blocked-here", params: { failedAtMs: one.failedAtMs } },
    link: row.axes.link,
    changesEnabled: known.changesEnabled,
    openChangeId: one.openChangeId,
  };
}

function interlockOf({ facts }: Judged, row: Seen["row"]): Preflight["interlock"] {
  const last = facts.safety?.state === "observed" ? facts.safety.value.last : null;
  return {
    energised: last?.energised ?? null,
    scanning: last === null || last.scanState === "unknown" ? null : last.scanState !== "idle",
    safety: row.axes.safety,
    asOfMs: row.asOfMs,
  };
}

function notesOf(one: Judged, row: Seen["row"], interlock: Preflight["interlock"]): Reason[] {
  const notes: (Reason | null)[] = [
    row.axes.link === "live" ? null : { code: `link-${row.axes.link}` },
    interlock.energised === true ? { code: "energised" } : null,
    interlock.scanning === true ? { code: "scanning" } : null,
    one.system?.content.health.safety === "required" && interlock.safety !== "ok"
      ? { code: "safety-not-ok" }
      : null,
    one.known.changesEnabled === null ? { code: "changes-not-told" } : null,
    one.failedAtMs === null ? null : { code: "failed-here", params: { failedAtMs: one.failedAtMs } },
    row.service === "in-service" ? null : { code: `service-${row.service}` },
  ];
  return notes.filter((note) => note !== null);
}

/** Scanners that go the same way are compared once. */
function effectsBySystem(tx: Tx): (one: Judged) => Promise<Reason[] | null> {
  const known = new Map<string, Reason[] | null>();
  return async (one) => {
    const from = claimOf(one);
    const digest = one.system?.closureDigest ?? null;
    if (one.system === null || from === null || digest === null) return null;
    const key = `${from.digest} ${digest}`;
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    const effect = await effectBetween(tx, from, { toplevel: one.system.toplevel, digest });
    known.set(key, effect);
    return effect;
  };
}

type Claim = { toplevel: string; digest: string };

/** What the scanner says of its own content comes first; else its release does. */
function claimOf({ facts, known, runningRelease }: Judged): Claim | null {
  if (known.running === null) return null;
  const { toplevel } = known.running;
  const said = facts.closureDigests?.state === "observed" ? facts.closureDigests.value : [];
  const digest = said.find((one) => one.toplevel === toplevel)?.digest ?? runningRelease?.closureDigest;
  return digest == null ? null : { toplevel, digest };
}

async function effectBetween(tx: Tx, from: Claim, to: Claim): Promise<Reason[] | null> {
  const step = await closureStep(
    tx,
    { reported: [from], toplevel: from.toplevel },
    { reported: [to], toplevel: to.toplevel },
  );
  if ("unavailable" in step) return null;
  const change = from.digest === to.digest ? "same" : "changed";
  return effectOf({
    name: "",
    change,
    closure: step.diff,
    expected: [],
    parts: [],
    fetchBytes: step.fetchBytes,
  });
}
