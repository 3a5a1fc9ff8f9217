import type { Service } from "#core/headline/axes.ts";
import { serviceAt } from "#core/headline/service.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import type { Act } from "#server/act.ts";
import { Refusal } from "#server/refusal.ts";
import { requireScanners, tellOf } from "./several.ts";
import * as store from "./store.ts";

/** Longer than this nobody plans maintenance; a date typed wrong by a century is refused instead of believed. */
const LONGEST_MS = 366 * 24 * 60 * 60_000;

type Several = { scannerIds: ScannerId[]; reason: string };

/** The mark ends by itself when `untilMs` has passed; null: when somebody takes it off. It mutes nothing that is unsafe (SEE-11). */
export async function markMaintenance(
  act: Act,
  ask: Several & { untilMs: number | null },
): Promise<{ changed: number }> {
  const { untilMs } = ask;
  if (untilMs !== null && (untilMs <= act.nowMs || untilMs > act.nowMs + LONGEST_MS))
    throw new Refusal("maintenance-end-out-of-range");
  return setMark(act, ask, { service: "maintenance", untilMs, action: "scanner.maintenance-began" });
}

export async function endMaintenance(act: Act, ask: Several): Promise<{ changed: number }> {
  const scanners = await requireScanners(act.tx, ask.scannerIds);
  const other = scanners.find((scanner) => standing(scanner, act.nowMs) !== "maintenance");
  if (other !== undefined) throw new Refusal("not-in-maintenance", { serial: other.serial });
  return setMark(act, ask, { service: "in-service", untilMs: null, action: "scanner.maintenance-ended" });
}

export async function setService(
  act: Act,
  ask: Several & { service: "in-service" | "out-of-service" },
): Promise<{ changed: number }> {
  const { service } = ask;
  return setMark(act, ask, { service, untilMs: null, action: "scanner.service-set" });
}

type Wanted = { service: Exclude<Service, "retired">; untilMs: number | null; action: string };

/** The headline's word stays whatever the mark says, so the rows that hold it are renewed by the next look, not here. */
async function setMark(
  act: Act,
  { scannerIds, reason }: Several,
  { service, untilMs, action }: Wanted,
): Promise<{ changed: number }> {
  const scanners = await requireScanners(act.tx, scannerIds);
  const changes = scanners.filter(
    (scanner) =>
      standing(scanner, act.nowMs) !== service || (scanner.serviceUntil?.getTime() ?? null) !== untilMs,
  );
  if (changes.length === 0) throw new Refusal("nothing-to-change");
  await store.setService(
    act.tx,
    changes.map(({ id }) => id),
    { service, reason: service === "in-service" ? null : reason, by: act.actor, atMs: act.nowMs, untilMs },
  );
  await tellOf(
    act,
    changes.map((scanner) => ({
      scanner,
      row: { action, body: { from: standing(scanner, act.nowMs), to: service, untilMs, reason } },
    })),
  );
  return { changed: changes.length };
}

/** A mark whose end has passed is none, although its row still says so. */
function standing({ service, serviceUntil }: store.RecordedScanner, nowMs: number): Service {
  return serviceAt({ service: service as Service, serviceUntilMs: serviceUntil?.getTime() ?? null }, nowMs);
}
