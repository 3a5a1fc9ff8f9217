import { afterAll, beforeAll, expect, test } from "vitest";
import type { Scope } from "#core/identity/identity.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { countAnew, keepWaiting, takeKey, waitingKey } from "#server/enrolment/replacement-store.ts";
import type { LinkEntry, LinkOwner } from "#server/report/link-book.ts";
import { linkSource } from "#server/report/link-store.ts";
import { type IngestServer, startIngestServer } from "#tests/integration/ingest-server.ts";
import { newKey } from "#tests/integration/scanner-client.ts";
import { until } from "#tests/support/portal.ts";

let server: IngestServer;
beforeAll(async () => {
  server = await startIngestServer();
});
afterAll(() => server.close());

test.each([{ before: true }, { before: false }])(
  "a save under way while the machine is replaced says nothing of the new machine (heard before: $before) [K-07]",
  async ({ before }) => {
    const { withScope } = server.database;
    const source = linkSource(withScope);
    const machine = await server.addScanner();
    const scannerId = scannerIdSchema.parse(machine.scannerId);
    const old = { scannerId, keyId: machine.keyId };
    if (before) await source.save([await counted(source, old, 1)]);
    const late = await counted(source, old, 900);
    const fresh = newKey();
    const entered = await withScope({ all: true }, async (tx) => {
      await keepWaiting(tx, scannerId, server.scope as Scope, {
        id: fresh.keyId,
        publicKey: fresh.publicKeyRaw,
        hostname: "new",
        hardwareFingerprint: "b".repeat(64),
        createdAtMs: server.clock.wallMs,
      });
      return await waitingKey(tx, scannerId);
    });
    if (entered === null) throw new Error("no key waits");
    const saving = await withScope({ all: true }, async (tx) => {
      await takeKey(tx, scannerId, entered, { by: "test", atMs: server.clock.wallMs });
      await countAnew(tx, scannerId, fresh.keyId);
      // In an object, or else the transaction would wait for what waits for it.
      const save = { done: source.save([late]) };
      await until("the save to wait for the replaced row", 20_000, async () => {
        const waiting = await server.sql(
          `select 1 from pg_stat_activity where datname = $1 and wait_event_type = 'Lock' and query ilike '%ScannerLink%'`,
          [server.fresh.name],
        );
        return waiting.length > 0 ? true : null;
      });
      return save;
    });
    await saving.done;
    const [entry] = await source.load([{ scannerId, keyId: fresh.keyId }]);
    expect(entry?.heartbeat).toEqual({ bootCounter: 0, startCounter: 0, beat: 0, bootId: null });
    await source.save([await counted(source, { scannerId, keyId: fresh.keyId }, 1)]);
    const [heard] = await source.load([{ scannerId, keyId: fresh.keyId }]);
    expect(heard?.heartbeat.beat).toBe(1);
  },
);

/** What this machine's heartbeat with that number leaves in memory. */
async function counted(
  source: ReturnType<typeof linkSource>,
  owner: LinkOwner,
  beat: number,
): Promise<LinkEntry> {
  const [entry] = await source.load([owner]);
  if (entry === undefined) throw new Error(`no scanner ${owner.scannerId}`);
  const heartbeat = { bootCounter: 1, startCounter: 1, beat, bootId: owner.keyId.slice(0, 36) };
  return { ...entry, heartbeat, link: { ...entry.link, lastSeenMs: server.clock.wallMs + beat } };
}
