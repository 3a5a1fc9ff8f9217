import { createHash } from "node:crypto";
import { v7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { siteIdSchema } from "#core/identity/identity.ts";
import { appendAudit, auditChainOf, auditHead, readAudit } from "#server/audit/service.ts";
import { type Database, openDatabase } from "#server/database/connect.ts";
import { createLog } from "#server/log.ts";
import { type FreshDatabase, freshDatabase, withClient } from "./database.ts";

const site = siteIdSchema.parse(v7());
const otherSite = siteIdSchema.parse(v7());
const organisation = auditChainOf({ organisationId: v7() as never });
const event = { actor: "person-1", action: "site.rename", body: { to: "Nürnberg\n\u0000", from: null } };

let fresh: FreshDatabase;
let database: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = openDatabase(
    fresh.appUrl,
    createLog("error", () => undefined),
  );
});

afterAll(async () => {
  await database.close();
  await fresh.drop();
});

const append = (chain: ReturnType<typeof auditChainOf>, siteIds = [site]) =>
  database.withScope({ siteIds }, (tx) => appendAudit(tx, { chain, ...event }));

async function ownSite(count: number) {
  const siteId = siteIdSchema.parse(v7());
  const chain = auditChainOf({ siteId });
  for (let index = 0; index < count; index += 1) await append(chain, [siteId]);
  return { siteId, chain };
}

/** `{ good, bad_seq, problem }` of audit.verify, as the owner. */
const verify = async (chain: string) =>
  (await withClient(fresh.ownerUrl, (owner) => owner.query("select * from audit.verify($1)", [chain])))
    .rows[0];

const numberBytes = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};
const field = (text: string) =>
  Buffer.concat([numberBytes(BigInt(Buffer.byteLength(text))), Buffer.from(text)]);

describe("as fid_app [A-01]", () => {
  test.each([
    ["UPDATE", `update audit.event set actor = 'somebody else'`],
    ["DELETE", `delete from audit.event`],
    ["TRUNCATE", `truncate audit.event`],
    ["INSERT", `insert into audit.event values ('site:x', 1, now(), 'a', 'b', '{}', '\\x00', '\\x00')`],
    ["SELECT", `select * from audit.event`],
    ["ALTER", `alter table audit.event disable trigger all`],
    ["session_replication_role", `set session_replication_role = replica`],
    ["UPDATE of the head", `update audit.head set seq = 0`],
    ["verify, which reads every chain", `select audit.verify('site:x')`],
    [
      "another append",
      `create or replace function audit.append(text, text, text, text) returns bigint language sql as 'select 1::bigint'`,
    ],
  ])("%s is refused", async (_what, sql) => {
    await append(auditChainOf({ siteId: site }));
    await withClient(fresh.appUrl, async (client) => {
      await client.query("select set_config('fid.all', 'on', false)");
      await expect(client.query(sql)).rejects.toMatchObject({ code: "42501" });
    });
  });
});

describe("as owner and superuser [A-02]", () => {
  const upsert = `insert into audit.event select chain, seq, at, actor, action, body, prev_hash, hash from audit.event limit 1
    on conflict (chain, seq) do update set actor = 'somebody else'`;
  test.each([
    ["UPDATE", `update audit.event set actor = 'somebody else'`],
    ["DELETE", `delete from audit.event`],
    ["TRUNCATE", `truncate audit.event`],
    ["upsert", upsert],
    ["DELETE of a head", `delete from audit.head`],
    ["TRUNCATE of the heads", `truncate audit.head`],
  ])("%s is refused by its trigger, in replica mode too", async (_what, sql) => {
    await append(auditChainOf({ siteId: site }));
    await withClient(fresh.ownerUrl, async (owner) => {
      for (const mode of ["origin", "replica"]) {
        await owner.query(`set session_replication_role = ${mode}`);
        await expect(owner.query(sql), mode).rejects.toThrow("The audit log takes new events only");
      }
    });
  });
});

describe("append", () => {
  test("stores canonical JSON, answers the place in the chain and is read back newest first", async () => {
    const { siteId, chain } = await ownSite(3);
    await database.withScope({ siteIds: [siteId] }, async (tx) => {
      const rows = await readAudit(tx, { chain, beforeSeq: 3, limit: 500 });
      expect(rows.map(({ seq }) => seq)).toEqual([2, 1]);
      expect(rows[0]).toMatchObject(event);
      expect((await readAudit(tx, { chain, beforeSeq: null, limit: 1 }))[0]?.seq).toBe(3);
      expect((await auditHead(tx, chain)).seq).toBe(3);
    });
    const { rows } = await withClient(fresh.ownerUrl, (owner) =>
      owner.query("select body from audit.event where chain = $1 and seq = 1", [chain]),
    );
    expect(rows[0].body).toBe('{"from":null,"to":"Nürnberg\\n\\u0000"}');
  });

  test("the hash covers every field with its length, and can be recomputed without the database", async () => {
    const { siteId, chain } = await ownSite(1);
    const { rows } = await withClient(fresh.ownerUrl, (owner) =>
      owner.query(
        "select *, (extract(epoch from at) * 1000000)::bigint::text as micros from audit.event where chain = $1",
        [chain],
      ),
    );
    const [row] = rows;
    const genesis = createHash("sha256").update(`fiducial.audit.genesis:${chain}`).digest();
    const hash = createHash("sha256")
      .update("fiducial.audit.v1\0")
      .update(Buffer.concat([field(chain), numberBytes(1n), numberBytes(BigInt(row.micros))]))
      .update(Buffer.concat([field(row.actor), field(row.action), field(row.body), genesis]))
      .digest("hex");
    expect(row.hash.toString("hex")).toBe(hash);
    expect((await database.withScope({ siteIds: [siteId] }, (tx) => auditHead(tx, chain))).hash).toBe(hash);
  });

  test("16 writers on one chain: no fork, no gap [A-03]", async () => {
    const { siteId, chain } = await ownSite(0);
    const writer = async () => {
      for (let index = 0; index < 20; index += 1) {
        // Every fifth is rolled back after its append: it must leave no gap.
        const work = database.withScope({ siteIds: [siteId] }, async (tx) => {
          await appendAudit(tx, { chain, ...event });
          if (index % 5 === 0) throw new RangeError("rolled back");
        });
        await work.catch((error: unknown) => {
          if (!(error instanceof RangeError)) throw error;
        });
      }
    };
    await Promise.all(Array.from({ length: 16 }, writer));
    expect(await verify(chain)).toEqual({ good: "256", bad_seq: null, problem: null });
  });

  test("what is done and its audit row are committed together or not at all [A-06]", async () => {
    const broken = database.withScope({ siteIds: [site] }, async (tx) => {
      await tx.preference.deleteMany();
      await tx.user.create({ data: { id: "u1", name: "U", email: "u@example.org" } });
      await appendAudit(tx, {
        chain: auditChainOf({ siteId: site }),
        ...event,
        body: { text: "x".repeat(1_100_000) },
      });
    });
    await expect(broken).rejects.toThrow();
    expect(await database.prisma.user.count()).toBe(0);
  });

  test.each([
    ["a foreign site's chain", auditChainOf({ siteId: otherSite })],
    ["a chain that is neither a site's nor an organisation's", "site:everything" as const],
    ["an organisation that is no id", "organisation:all" as const],
  ])("to %s is refused", async (_what, chain) => {
    await expect(append(chain)).rejects.toThrow();
    expect(await verify(chain)).toMatchObject({ good: "0", problem: null });
  });

  test("a body that is no JSON object is refused", async () => {
    for (const body of ["not json", "[1]", '"text"'])
      await withClient(fresh.appUrl, async (client) => {
        await client.query("select set_config('fid.all', 'on', false)");
        const refused = client.query("select audit.append($1, 'a', 'b', $2)", [organisation, body]);
        await expect(refused, body).rejects.toThrow();
      });
  });
});

describe("reading", () => {
  test("head and events of a foreign site are refused", async () => {
    const { chain } = await ownSite(1);
    const foreign = { siteIds: [otherSite] };
    await expect(database.withScope(foreign, (tx) => auditHead(tx, chain))).rejects.toThrow(
      "outside the scope",
    );
    const read = database.withScope(foreign, (tx) => readAudit(tx, { chain, beforeSeq: null, limit: 1 }));
    await expect(read).rejects.toThrow("outside the scope");
  });

  test("everybody adds to the organisation's chain, only a transaction for all sites reads it", async () => {
    await append(organisation, []);
    const read = (scope: { all: true } | { siteIds: [] }) =>
      database.withScope(scope, (tx) => readAudit(tx, { chain: organisation, beforeSeq: null, limit: 10 }));
    await expect(read({ siteIds: [] })).rejects.toThrow("outside the scope");
    expect(await read({ all: true })).toHaveLength(1);
  });

  test("an empty chain has a head of its own, so that a scanner's first witness already names the chain", async () => {
    const { siteId, chain } = await ownSite(0);
    const head = await database.withScope({ siteIds: [siteId] }, (tx) => auditHead(tx, chain));
    const hash = createHash("sha256").update(`fiducial.audit.genesis:${chain}`).digest("hex");
    expect(head).toEqual({ chain, seq: 0, hash });
  });
});

describe("audit.verify names the first bad event [A-05]", () => {
  const tampering = (chain: string, sql: string) =>
    withClient(fresh.ownerUrl, async (owner) => {
      await owner.query("alter table audit.event disable trigger all");
      try {
        await owner.query(sql, [chain]);
      } finally {
        await owner.query("alter table audit.event enable always trigger no_change");
        await owner.query("alter table audit.event enable always trigger no_truncate");
      }
    });

  test.each([
    ["an edited actor", `update audit.event set actor = 'x' where chain = $1 and seq = 7`, 7, "hash differs"],
    [
      "an edited action",
      `update audit.event set action = 'x' where chain = $1 and seq = 7`,
      7,
      "hash differs",
    ],
    ["an edited body", `update audit.event set body = '{}' where chain = $1 and seq = 7`, 7, "hash differs"],
    [
      "an edited time",
      `update audit.event set at = at + interval '1 microsecond' where chain = $1 and seq = 7`,
      7,
      "hash differs",
    ],
    [
      "a character moved from one field to the next",
      `update audit.event set actor = actor || left(action, 1), action = substr(action, 2) where chain = $1 and seq = 7`,
      7,
      "hash differs",
    ],
    ["a deleted row", `delete from audit.event where chain = $1 and seq = 7`, 7, "gap"],
    [
      "two swapped rows",
      `update audit.event set seq = case seq when 7 then 1007 else 1008 end where chain = $1 and seq in (7, 8)`,
      7,
      "gap",
    ],
    [
      "an edited row whose own hash was recomputed",
      `update audit.event set actor = 'x', hash = audit.row_hash(chain, seq, at, 'x', action, body, prev_hash) where chain = $1 and seq = 7`,
      8,
      "previous hash differs",
    ],
    ["a last row cut off", `delete from audit.event where chain = $1 and seq = 10`, 10, "head differs"],
    ["all rows cut off", `delete from audit.event where chain = $1`, 1, "head differs"],
  ])("%s", async (_what, sql, seq, problem) => {
    const { chain } = await ownSite(10);
    expect(await verify(chain)).toEqual({ good: "10", bad_seq: null, problem: null });
    await tampering(chain, sql);
    expect(await verify(chain)).toEqual({ good: String(seq - 1), bad_seq: String(seq), problem });
  });

  test("a tail cut with its head mended is only seen against a head held elsewhere, and there it is seen", async () => {
    const { siteId, chain } = await ownSite(10);
    const held = await database.withScope({ siteIds: [siteId] }, (tx) => auditHead(tx, chain));
    await tampering(chain, `delete from audit.event where chain = $1 and seq = 10`);
    await withClient(fresh.ownerUrl, (owner) =>
      owner.query(
        `update audit.head h set seq = 9, hash = e.hash from audit.event e where h.chain = $1 and e.chain = $1 and e.seq = 9`,
        [chain],
      ),
    );
    expect(await verify(chain)).toMatchObject({ good: "9", problem: null });
    const now = await database.withScope({ siteIds: [siteId] }, (tx) => auditHead(tx, chain));
    expect(now.seq).toBeLessThan(held.seq);
  });
});
