import type { Tx } from "#server/database/scoped.ts";

export async function heardUpTo(
  tx: Tx,
  scannerId: string,
  known: { log: string; seq: number },
): Promise<void> {
  await tx.scanner.update({
    where: { id: scannerId },
    data: { localLog: known.log, localSeq: known.seq },
    select: { id: true },
  });
}
