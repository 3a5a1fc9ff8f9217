import type { ScannerId } from "#core/identity/identity.ts";
import { changeTags } from "#core/label/tag.ts";
import type { Act } from "#server/act.ts";
import { Refusal } from "#server/refusal.ts";
import { requireScanners, tellOf } from "./several.ts";
import * as store from "./store.ts";

export type TagAsk = { scannerIds: ScannerId[]; add: string[]; remove: string[]; reason: string };

/** @returns how many scanners were changed; those that stood as asked already are left alone */
export async function tagScanners(act: Act, ask: TagAsk): Promise<{ changed: number }> {
  const scanners = await requireScanners(act.tx, ask.scannerIds);
  const changes = scanners.flatMap((scanner) => {
    const change = changeTags(scanner.tags, ask);
    if (!change.ok) throw new Refusal(change.refused, { serial: scanner.serial });
    return change.tags.join(" ") === scanner.tags.join(" ") ? [] : [{ scanner, tags: change.tags }];
  });
  if (changes.length === 0) throw new Refusal("nothing-to-change");
  await store.setTags(
    act.tx,
    changes.map(({ scanner, tags }) => ({ id: scanner.id, tags })),
  );
  const { reason } = ask;
  await tellOf(
    act,
    changes.map(({ scanner, tags }) => ({
      scanner,
      row: { action: "scanner.tagged", body: { from: scanner.tags, to: tags, reason } },
    })),
  );
  return { changed: changes.length };
}
