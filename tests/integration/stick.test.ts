import { join } from "node:path";
import { v7 } from "uuid";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ScannerId } from "#core/identity/identity.ts";
import { SIGNER_SOCKET } from "#core/trust/signer-verbs.ts";
import type { ChangeView, StickView } from "#server/change/view.ts";
import { signerClient } from "#server/signer/client.ts";
import { closuresFact, reportBody } from "#tests/integration/report-body.ts";
import type { ScannerClient } from "#tests/integration/scanner-client.ts";
import { publish, type SignedWorld, scannerAt, signedWorld } from "#tests/integration/signed-world.ts";
import type { Visitor } from "#tests/integration/visitor.ts";
import { personAt } from "#tests/integration/world.ts";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

let world: SignedWorld;
let ann: Visitor;
let bob: Visitor;
let r1: Awaited<ReturnType<typeof publish>>;
beforeAll(async () => {
  world = await signedWorld();
  world.ceremony.placeFirstRoots(world.server.dataFolder);
  r1 = await publish(world, "r1", 1);
  await publish(world, "r2", 2);
  ann = await personAt(world, "service-engineer", world.own);
  bob = await personAt(world, "fleet-manager", world.own);
});
afterAll(() => world.close());

let scanner: ScannerClient;
let changeId: string;

/** An upgrade to r2, signed, of a scanner that has not been heard since. */
beforeEach(async () => {
  scanner = await scannerAt(world, world.own);
  const ask = { scannerIds: [scanner.scannerId], action: "activate", release: "r2" };
  const asked = await ann.mutate("change.request", { ...ask, reason: "newer", requestKey: v7() });
  changeId = (asked.data as { changes: { changeId: string }[] }).changes[0]?.changeId ?? asked.body;
  await round();
});

const round = () => world.server.composed.changes.round();
const carry = async (who: Visitor, untilMs: number | null = null, reason = "no network there") =>
  (await who.mutate("change.carry", { changeId, reason, untilMs })).refusal?.code ?? "done";
const change = async (who = ann) => (await who.query("change.get", { changeId })).data as ChangeView;
const stick = async (who = ann): Promise<StickView | null> => (await change(who)).stick;

/** What the director serves: until when, and in which version. */
async function served(): Promise<{ expiresMs: number; version: number }> {
  const answer = await world.get(`tuf/director/${scanner.scannerId}/timestamp.json`);
  const { signed } = (await answer.json()) as { signed: { expires: string; version: number } };
  return { expiresMs: Date.parse(signed.expires), version: signed.version };
}

const acts = async () =>
  (
    await world.server.owner<{ action: string; body: string }>(
      `select action, body from audit.event where body::jsonb->>'changeId' = $1 and action like 'change.carr%' order by seq`,
      [changeId],
    )
  ).map(({ action }) => action);

async function tell(state: string): Promise<void> {
  const told = {
    ...{ state, sinceMs: Date.now(), changeId, from: "r1", to: "r2" },
    ...{ reason: null, percent: null, budgetMs: null, energised: null },
  };
  const facts = { closures: closuresFact(r1.toplevel), change: { state: "observed", value: told } };
  const sent = reportBody(scanner.scannerId, { seq: 1 }, { facts });
  expect((await scanner.post("report", sent)).status).toBe(200);
}

const untilSigned = () =>
  expect
    .poll(
      async () => {
        await round();
        return (await stick())?.answer;
      },
      { timeout: 10_000 },
    )
    .toBe("signed");

describe("a change is made to last the journey by a person with a reason [OFF-1]", () => {
  test("until the end of the change, by whoever may ask for it; then the command is shown", async () => {
    const { notAfterMs } = await change();
    expect(await stick()).toMatchObject({ answer: "none", good: { state: "none" }, mayCarry: true });
    const technician = await personAt(world, "technician", world.own);
    const viewer = await personAt(world, "viewer", world.own);
    expect(await carry(technician)).toBe("action-not-yours");
    expect(await carry(viewer)).toBe("not-allowed");
    for (const who of [technician, viewer]) expect(await stick(who)).toBeNull();
    expect(await carry(await personAt(world, "admin", world.other))).toBe("not-found");
    expect(await carry(ann, null, " ")).toBe("wrong-input");
    expect(await acts()).toEqual([]);

    expect(await carry(ann)).toBe("done");
    await untilSigned();
    const untilMs = Math.floor(notAfterMs / 1000) * 1000;
    const { expiresMs, version } = await served();
    expect(expiresMs).toBe(untilMs);
    // The next acknowledgement tells the scanner that there is something newer to fetch.
    const [row] = await world.server.owner<{ version: number }>(
      `select "directorVersion" "version" from "Scanner" where id = $1`,
      [scanner.scannerId],
    );
    expect(row).toEqual({ version });
    const until = `${new Date(untilMs).toISOString().slice(0, 19)}Z`;
    expect(await stick()).toMatchObject({
      people: [{ by: expect.any(String), why: "no network there", untilMs: notAfterMs }],
      good: { state: "now", untilMs },
      command: `fiducial bundle write /media/stick --release r2 --scanner S-${scanner.scannerId.slice(-6)}=${scanner.scannerId} \\\n  --server ${world.server.url} --expires ${until}`,
      mayCarry: false,
    });
    expect(await stick(viewer)).toMatchObject({
      people: [{ why: "no network there" }],
      good: { state: "now" },
      ...{ command: null, mayCarry: false },
    });
    expect(await acts()).toEqual(["change.carried-by-stick"]);
    expect((await change()).state).toBe("offered");
  });

  test("never longer than the change, never shorter than what is signed, and later it may be longer", async () => {
    const { notAfterMs } = await change();
    expect(await carry(ann, notAfterMs + 1)).toBe("carry-time-out-of-range");
    expect(await carry(ann, Date.now() - 1)).toBe("carry-time-out-of-range");
    const untilMs = Date.now() + 5 * DAY_MS;
    expect(await carry(ann, untilMs)).toBe("done");
    await untilSigned();
    const { version } = await served();
    expect(await carry(bob, untilMs - DAY_MS)).toBe("carry-lasts-already");
    expect(await carry(bob, untilMs + DAY_MS)).toBe("done");
    await untilSigned();
    expect((await served()).version).toBe(version + 1);
    expect((await stick())?.good).toEqual({
      state: "now",
      untilMs: Math.floor((untilMs + DAY_MS) / 1000) * 1000,
    });
    expect((await stick())?.people).toHaveLength(2);
  });
});

describe("the signer", () => {
  test("is waited for while it is away, and nothing is said to be good before it signed", async () => {
    await world.signer.stop();
    try {
      const both = await Promise.all([carry(ann), carry(bob)]);
      expect(both.sort()).toEqual(["carry-under-way", "done"]);
      await round();
      expect(await stick()).toMatchObject({
        ...{ answer: "decided", good: { state: "none" }, command: null, mayCarry: false },
      });
      expect((await served()).expiresMs).toBeLessThan(Date.now() + 2 * DAY_MS);
    } finally {
      await world.signer.start();
    }
    await untilSigned();
    expect(await acts()).toEqual(["change.carried-by-stick"]);
  });

  test("refuses by name, which is said and logged; then it may be decided again", async () => {
    const signer = signerClient(join(world.server.dataFolder, "signer", SIGNER_SOCKET));
    const scannerId = scanner.scannerId as ScannerId;
    expect((await signer.ask({ verb: "withdraw-instruction", scannerId, changeId })).ok).toBe(true);
    expect(await carry(ann)).toBe("done");
    await round();
    expect(await stick()).toMatchObject({
      ...{ answer: "refused", refusal: { code: "no-instruction" }, good: { state: "none" } },
      ...{ command: null, mayCarry: true },
    });
    await round();
    expect(await acts()).toEqual(["change.carried-by-stick", "change.carry-refused"]);
  });

  test("asked again after a crash between its answer and the row signs no second time", async () => {
    expect(await carry(ann, Date.now() + 5 * DAY_MS)).toBe("done");
    await untilSigned();
    const { version } = await served();
    await world.server.owner(`delete from "ChangeStep" where "changeId" = $1 and "reason" = 'carry-signed'`, [
      changeId,
    ]);
    expect((await stick())?.answer).toBe("decided");
    await untilSigned();
    expect((await served()).version).toBe(version);
  });
});

describe("a change that is over is not carried [ACT-7]", () => {
  test("not when cancelled; what was written before is named with its end", async () => {
    const untilMs = Date.now() + 3 * DAY_MS;
    expect(await carry(ann, untilMs)).toBe("done");
    await untilSigned();
    expect((await ann.mutate("change.cancel", { changeId, reason: "wrong one" })).status).toBe(200);
    expect(await carry(ann, untilMs + DAY_MS)).toBe("carry-cancelled");
    expect(await stick()).toMatchObject({ good: { state: "taken-back" }, command: null, mayCarry: false });
  });

  test("not when it has begun at the scanner, nor when it has ended", async () => {
    await tell("activating");
    expect(await carry(ann)).toBe("carry-begun");
    expect(await stick()).toBeNull();
    await world.server.owner(`update "Change" set "endedAt" = now() where id = $1`, [changeId]);
    expect(await carry(ann)).toBe("change-not-open");
  });

  test("what was decided and not signed in time lapses", async () => {
    await world.signer.stop();
    try {
      expect(await carry(ann)).toBe("done");
      await tell("activating");
      expect(await stick()).toMatchObject({ answer: "lapsed", good: { state: "none" }, mayCarry: false });
    } finally {
      await world.signer.start();
    }
    await round();
    expect((await stick())?.answer).toBe("lapsed");
  });
});

test("no audit row, no decision [A-06]", async () => {
  await world.server.owner("revoke execute on function audit.append(text, text, text, text) from fid_app");
  try {
    expect((await ann.mutate("change.carry", { changeId, reason: "far", untilMs: null })).status).toBe(500);
  } finally {
    await world.server.owner("grant execute on function audit.append(text, text, text, text) to fid_app");
  }
  expect((await stick())?.people).toEqual([]);
});
