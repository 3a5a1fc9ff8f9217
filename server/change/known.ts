import { type ScannerKnown, standsAgainst, systemFor } from "#core/change/stands-against.ts";
import { misfitsOf, partsOf } from "#core/release/fit.ts";
import type { Compatibility } from "#core/release/release.ts";
import type { Reason } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";
import type { InstructionAction } from "#core/trust/instruction.ts";
import type { Tx } from "#server/database/scoped.ts";
import { releasedSystems, type SignedSystem, signedFloor, systemsOf } from "#server/release/service.ts";
import * as store from "./store.ts";

/** What is known of scanners and one release when somebody looks at, or asks for, a change. */
export type Judged = {
  scanner: store.ScannerToChange;
  facts: Facts;
  /** The system of the release that is for it. */
  system: SignedSystem | null;
  known: ScannerKnown;
  runningRelease: { name: string; toplevel: string; closureDigest: string | null } | null;
  openChangeId: string | null;
  /** How the last try to bring this system here ended badly; null: it did not. */
  failedAtMs: number | null;
  against: Reason[];
};

export type Asked = { scannerIds: readonly string[]; release: string; action: InstructionAction };

/** Those of the scanners that are in the reader's sight. @throws Refusal `release-unknown` */
export async function judgeScanners(tx: Tx, ask: Asked): Promise<{ floor: number; judged: Judged[] }> {
  const scanners = await store.scannersToChange(tx, ask.scannerIds);
  const ids = scanners.map(({ id }) => id);
  const [first, ...more] = await systemsOf(tx, ask.release);
  const runs = scanners.flatMap(({ state }) => state?.runningToplevel ?? []);
  const beside: Beside = {
    action: ask.action,
    systems: [first, ...more],
    counter: first.counter,
    withdrawn: first.withdrawn,
    floor: await signedFloor(tx),
    released: await releasedSystems(tx, runs),
    open: new Map((await store.openChanges(tx, ids)).map((one) => [one.scannerId, one.id])),
    ended: await store.endedChanges(tx, ids),
  };
  return { floor: beside.floor, judged: scanners.map((scanner) => judgeOne(scanner, beside)) };
}

type Beside = {
  action: InstructionAction;
  systems: readonly SignedSystem[];
  counter: number;
  withdrawn: string | null;
  floor: number;
  released: Awaited<ReturnType<typeof releasedSystems>>;
  open: ReadonlyMap<string, string>;
  ended: Awaited<ReturnType<typeof store.endedChanges>>;
};

function judgeOne(scanner: store.ScannerToChange, beside: Beside): Judged {
  const { id, state } = scanner;
  const audiences = beside.systems.map((row) => ({ ...row, for: row.content.for }));
  const system = systemFor(audiences, { ...scanner, scannerId: id });
  const toplevel = state?.runningToplevel ?? null;
  const release = toplevel === null ? undefined : beside.released.get(toplevel);
  const facts = (state?.facts ?? {}) as Facts;
  const before = beside.ended.filter((one) => one.scannerId === id && one.toplevel === system?.toplevel);
  const known: ScannerKnown = {
    identity: identityOf(scanner.identity),
    model: scanner.model,
    running: toplevel === null ? null : { toplevel, counter: release?.counter ?? null },
    confirmed: system !== null && isConfirmed(facts, before, system.toplevel),
    onDisk: system === null ? null : onDisk(facts, system.toplevel),
    changesEnabled: facts.agent?.state === "observed" ? facts.agent.value.changesEnabled : null,
    openChange: beside.open.has(id),
    ...quarantined(facts),
    misfit: system === null ? null : misfitOf(facts, system.content.compatibility),
  };
  return {
    scanner,
    facts,
    system,
    known,
    runningRelease: runningRelease(toplevel, release),
    openChangeId: beside.open.get(id) ?? null,
    failedAtMs: failedAtMs(before),
    against: standsAgainst({ ...beside, toplevel: system?.toplevel ?? null }, known),
  };
}

function runningRelease(
  toplevel: string | null,
  release: { name: string; closureDigest: string | null } | undefined,
): Judged["runningRelease"] {
  if (release === undefined || toplevel === null) return null;
  return { name: release.name, toplevel, closureDigest: release.closureDigest };
}

/** By the scanner's own rule (core/release/fit.ts), with what its device owners published in its last report. */
export function misfitOf({ provided }: Pick<Facts, "provided">, compatibility: Compatibility): Reason | null {
  const published = provided?.state === "observed" ? provided.value : [];
  const misfits = misfitsOf(compatibility, partsOf(published));
  const [first] = misfits;
  if (first === undefined) return null;
  const { kind, part, found, wanted } = first;
  const params = {
    part,
    ...(found === null ? { unseen: part } : { found }),
    wanted: wanted.join(", ").slice(0, 300),
    ...(misfits.length > 1 ? { more: misfits.length - 1 } : {}),
  };
  return { code: `${kind}-does-not-fit`, params };
}

/** The scanner's own word: it is the scanner that refuses. One that tells no list is asked, and says no by itself. */
export function quarantined({
  quarantine,
}: Pick<Facts, "quarantine">): Pick<ScannerKnown, "held" | "blocked"> {
  if (quarantine?.state !== "observed") return { held: false, blocked: [] };
  const { held, blocked } = quarantine.value;
  return { held: held !== null, blocked: (blocked ?? []).map(({ toplevel }) => toplevel) };
}

function identityOf(word: string): ScannerKnown["identity"] {
  return word === "locked-out" || word === "retired" ? word : "approved";
}

/** The scanner's own list, where it tells one: it also knows what root on it did without this server. Else what was seen from here (ACT-4). */
function isConfirmed({ confirmed }: Facts, before: readonly { state: string }[], toplevel: string): boolean {
  const told = confirmed?.state === "observed" ? confirmed.value.generations : null;
  if (told !== null) return told.some((one) => one.toplevel === toplevel);
  return before.some(({ state }) => state === "confirmed");
}

/** By the generations that the scanner reported; null: it did not, or not all of them. */
function onDisk({ generations }: Facts, toplevel: string): boolean | null {
  if (generations?.state !== "observed") return null;
  const { entries, more } = generations.value;
  if (entries.some(({ path, present }) => path === toplevel && present)) return true;
  return more > 0 ? null : false;
}

/** The newest way it ended decides: what was confirmed after it failed is not blocked. */
function failedAtMs(ended: readonly { state: string; endedAt: Date | null }[]): number | null {
  const last = ended.find(({ state }) => ["confirmed", "rolled-back", "rollback-failed"].includes(state));
  return last === undefined || last.state === "confirmed" ? null : (last.endedAt?.getTime() ?? null);
}
