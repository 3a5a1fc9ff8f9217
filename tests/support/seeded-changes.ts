import pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { sha256 } from "#tests/support/signed-repository.ts";

/** Rows of signed releases and of changes written straight into the tables: for pages that show them, not for how they came. */
type Sql = <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;

export async function withOwner<T>(ownerUrl: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query("select set_config('fid.all', 'on', false)");
    return await work(async (text, values) => (await client.query(text, values)).rows);
  } finally {
    await client.end();
  }
}

type SeededRelease = {
  name: string;
  counter: number;
  toplevel: string;
  model: string;
  withdrawn?: string;
  notes?: string;
  signers?: { by: { keyId: string; name: string | null }[]; threshold: number; keys: number };
};

const MINUTE = 60_000;
const BUDGETS = {
  downloadMs: 60 * MINUTE,
  activateMs: 5 * MINUTE,
  rebootMs: 10 * MINUTE,
  probationMs: 5 * MINUTE,
  safetyHealthyMs: 30_000,
};

/** One system, for every revision of one model. Returns the id of its row. */
export async function insertSignedRelease(sql: Sql, release: SeededRelease): Promise<string> {
  const id = uuidv7();
  const { name, counter, toplevel, model, withdrawn = null, notes = "" } = release;
  const digest = sha256(`closure of ${toplevel}`);
  const solo = { by: [{ keyId: sha256("key"), name: "Mara Ortega" }], threshold: 1, keys: 1 };
  const content = {
    for: [{ model, hardwareRevisions: null }],
    health: { budgets: BUDGETS, safety: "required", unitsActive: ["mpi-safety.service"], modulesLoaded: [] },
    compatibility: { firmware: [], calibration: [] },
    paths: 1_204,
    narBytes: 3_400_000_000,
    items: 51,
    notes,
  };
  const manifest = { schema: "fiducial.expected/1", toplevel, closureDigest: digest, items: [] };
  await sql(
    `insert into "Release" (id, "organisationId", origin, name, toplevel, "closureDigest", manifest, "createdBy", "system", counter, floor,
       "targetPath", sha256, length, signers, withdrawn, content, "releasedAt", "createdAt")
     select $1, id, 'signed', $2, $3, $4, $5, 'test', 'fm25', $6, 1, $7, $8, 482113, $9, $10, $11, now() - interval '3 days',
       now() - interval '2 days' from "Organisation"`,
    [
      ...[id, name, toplevel, digest, JSON.stringify(manifest), counter],
      ...[`releases/${name}/release.json`, sha256(name), JSON.stringify(release.signers ?? solo), withdrawn],
      JSON.stringify(content),
    ],
  );
  return id;
}

type SeededStep = {
  state: string;
  agoMs: number;
  reason?: string;
  source?: "person" | "server" | "scanner";
};
type SeededChange = {
  scannerId: string;
  release: string;
  action: "stage" | "activate" | "rollback";
  fromToplevel: string | null;
  reason: string;
  steps: readonly [SeededStep, ...SeededStep[]];
  /** Set: the last step ended it. */
  evidence?: Record<string, string | null>;
  ended?: boolean;
};

/** A change as its scanner's reports would have left it. Returns its id. */
export async function insertChange(sql: Sql, change: SeededChange): Promise<string> {
  const id = uuidv7();
  const nowMs = Date.now();
  const at = (agoMs: number) => new Date(nowMs - agoMs);
  const { scannerId, release, action, fromToplevel, reason, steps } = change;
  const [first] = steps;
  const last = steps.at(-1) ?? first;
  await sql(
    `insert into "Change" (id, "organisationId", "regionId", "siteId", "scannerId", "requestKey", action, "releaseId", "releaseName",
       "system", toplevel, "fromToplevel", safety, reason, "requestedBy", "requestedAt", "notBefore", "notAfter", state, "stateSince",
       "stateReason", evidence, seq, "instructedAt", "endedAt")
     select $1, s."organisationId", s."regionId", s."siteId", s.id, $2, $4, r.id, r.name, r."system", r.toplevel, $6, 'required', $7,
       (select id from "User" limit 1), $8, $8, $9, $10, $11, $12, $13, 1, $8, $14
     from "Scanner" s, "Release" r where s.id = $3 and r.name = $5 and r.origin = 'signed'`,
    [
      ...[id, uuidv7(), scannerId, action, release, fromToplevel, reason, at(first.agoMs)],
      ...[new Date(nowMs + 15 * MINUTE), last.state, at(last.agoMs), last.reason ?? null],
      ...[
        change.evidence === undefined
          ? null
          : JSON.stringify({ atMs: at(last.agoMs).getTime(), ...change.evidence }),
      ],
      change.ended === true ? at(last.agoMs) : null,
    ],
  );
  for (const step of steps) await addStep(sql, id, step);
  return id;
}

async function addStep(sql: Sql, changeId: string, step: SeededStep): Promise<void> {
  const { state, agoMs, reason = null, source = "scanner" } = step;
  await sql(
    `insert into "ChangeStep" (id, "organisationId", "regionId", "siteId", "scannerId", "changeId", at, state, reason, source, actor, detail)
     select $1, "organisationId", "regionId", "siteId", "scannerId", id, $3, $4, $5, $6,
       case $6 when 'person' then "requestedBy" else "scannerId"::text end, '{}' from "Change" where id = $2`,
    [uuidv7(), changeId, new Date(Date.now() - agoMs), state, reason, source],
  );
}
