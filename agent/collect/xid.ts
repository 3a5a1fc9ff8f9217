import type { Outcome, Ran, System } from "#agent/system.ts";

/** Xid codes by PCI slot (`0000:01:00`), oldest first; null: the log may not be read. */
export type Xids = ReadonlyMap<string, readonly number[]> | null;

const LIMITS = { timeoutMs: 5_000, maxBytes: 512 * 1024 };
const MOST = 32;

/**
 * SEE-5: Xid events are lines of the kernel log and stand nowhere else. The agent has no right to that log by itself
 * (docs/operations.md says how to give it); without, the answer is null, never "none".
 */
export async function readXids(system: System): Promise<Xids> {
  const args = ["--dmesg", "--boot", "--output=cat", "--no-pager", "--grep=NVRM: Xid"];
  return parseXids(await system.run("journalctl", args, LIMITS));
}

/** journalctl ends with 1 when nothing matched, and says on stderr when there was something it may not show. */
export function parseXids(ran: Outcome<Ran>): Xids {
  if (!ran.ok) return null;
  const { status, stdout, stderr } = ran.value;
  if (stderr.trim() !== "" || status > 1 || status < 0) return null;
  const found = new Map<string, number[]>();
  for (const [, slot, code] of stdout.matchAll(XID)) {
    if (slot === undefined || code === undefined) continue;
    const codes = found.get(slot.toLowerCase()) ?? [];
    codes.push(Number(code));
    found.set(slot.toLowerCase(), codes.slice(-MOST));
  }
  return found;
}

/** `NVRM: Xid (PCI:0000:01:00): 79, pid=1234, GPU has fallen off the bus.` (NVIDIA, Xid Errors) */
const XID = /NVRM: Xid \(PCI:([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2})[^)]*\): ([0-9]{1,6})\b/gi;
