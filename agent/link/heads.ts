import { join } from "node:path";
import * as z from "zod";
import type { KnownOrder } from "#agent/link/counters.ts";
import { durableWrite, readKept } from "#agent/link/durable.ts";
import { compareOrder } from "#core/identity/judge.ts";
import { type AuditHead, auditHeadSchema } from "#core/protocol/acknowledgement.ts";

/**
 * What the scanner remembers of the server: the last audit heads it was shown (it is a witness of the audit log, reliability.md
 * §5.3) and the highest report the server acknowledged, from which lost counters are recovered.
 */
const KEPT_HEADS = 100;
const headsSchema = z.object({
  format: z.literal("fiducial.heads/1"),
  acknowledged: z
    .object({
      bootCounter: z.int().positive(),
      startCounter: z.int().positive(),
      seq: z.int().positive(),
      bootId: z.string().max(64).nullable(),
    })
    .nullable(),
  heads: z.array(auditHeadSchema).max(KEPT_HEADS),
});

export type Heads = {
  readonly newest: AuditHead | null;
  readonly acknowledged: KnownOrder | null;
  /** Names a server that shows less than it showed before (a cut or rewritten audit log), or null. */
  readonly conflict: string | null;
  /** What was wrong with the file, or null. */
  readonly damaged: string | null;
  /** Remembers in memory; `keep` makes it durable. */
  see(head: AuditHead | null): void;
  acknowledge(order: KnownOrder): void;
  /** Writes if something changed since the last write. */
  keep(): Promise<void>;
};

export async function openHeads(stateDir: string): Promise<Heads> {
  const path = join(stateDir, "heads.json");
  const kept = await readKept(path, headsSchema);
  const heads = kept.state === "kept" ? [...kept.value.heads] : [];
  let acknowledged: KnownOrder | null = kept.state === "kept" ? kept.value.acknowledged : null;
  let conflict: string | null = null;
  let changed = false;
  return {
    get newest() {
      return heads.at(-1) ?? null;
    },
    get acknowledged() {
      return acknowledged;
    },
    get conflict() {
      return conflict;
    },
    damaged: kept.state === "torn" || kept.state === "denied" ? kept.detail : null,
    see(head) {
      const before = heads.at(-1);
      if (head === null || (before !== undefined && sameHead(before, head))) return;
      conflict = headConflict(heads, head) ?? conflict;
      heads.push(head);
      heads.splice(0, heads.length - KEPT_HEADS);
      changed = true;
    },
    acknowledge(order) {
      if (acknowledged !== null && compareOrder(order, acknowledged) <= 0) return;
      acknowledged = order;
      changed = true;
    },
    async keep() {
      if (!changed) return;
      await durableWrite(path, `${JSON.stringify({ format: "fiducial.heads/1", acknowledged, heads })}\n`);
      changed = false;
    },
  };
}

function sameHead(a: AuditHead, b: AuditHead): boolean {
  return a.chain === b.chain && a.seq === b.seq && a.hash === b.hash;
}

/** Attack A-07, audit log rewritten or cut: of one chain, a shorter head or another hash at the same length was never honest. */
function headConflict(seen: readonly AuditHead[], head: AuditHead): string | null {
  const highest = seen.findLast((one) => one.chain === head.chain);
  if (highest === undefined) return null;
  if (head.seq < highest.seq) return `audit log went back from ${highest.seq} to ${head.seq}`;
  if (head.seq === highest.seq && head.hash !== highest.hash) return `audit log changed at ${head.seq}`;
  return null;
}
