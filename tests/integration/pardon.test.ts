import { v7 } from "uuid";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closuresFact, reportBody } from "#tests/integration/report-body.ts";
import type { ScannerClient } from "#tests/integration/scanner-client.ts";
import { publish, type SignedWorld, scannerAt, signedWorld } from "#tests/integration/signed-world.ts";
import type { Visitor } from "#tests/integration/visitor.ts";
import { personAt } from "#tests/integration/world.ts";

let world: SignedWorld;
let r1: Awaited<ReturnType<typeof publish>>;
let r2: typeof r1;
let r3: typeof r1;
let ann: Visitor;
let bob: Visitor;
beforeAll(async () => {
  world = await signedWorld();
  world.ceremony.placeFirstRoots(world.server.dataFolder);
  r1 = await publish(world, "r1", 1);
  r2 = await publish(world, "r2", 2);
  r3 = await publish(world, "r3", 3);
  ann = await personAt(world, "service-engineer", world.own);
  bob = await personAt(world, "fleet-manager", world.own);
});
afterAll(() => world.close());

let scanner: ScannerClient;
let failed: string;
let seq = 0;

/** A signed report: it runs r1, r2 failed, and this is what stands since. */
async function tell(standing: { held?: boolean; blocked?: boolean }): Promise<void> {
  seq += 1;
  const about = {
    toplevel: r2.toplevel,
    release: "r2",
    changeId: failed,
    reason: "health-failed",
    sinceMs: 5,
  };
  const quarantine = { held: standing.held ? about : null, blocked: standing.blocked ? [about] : [] };
  const change = {
    ...{ state: "rolled-back", sinceMs: Date.now(), changeId: failed, from: "r1", to: "r2" },
    ...{ reason: "health-failed", percent: null, budgetMs: null, energised: null },
  };
  const confirmed = { generations: [{ toplevel: r1.toplevel, release: "r1", confirmedAtMs: 1 }] };
  const observed = (value: unknown) => ({ state: "observed", value });
  const facts = {
    closures: closuresFact(r1.toplevel),
    ...{ change: observed(change), quarantine: observed(quarantine), confirmed: observed(confirmed) },
  };
  const sent = reportBody(scanner.scannerId, { seq }, { facts });
  expect((await scanner.post("report", sent)).status).toBe(200);
}

/** An upgrade to r2 that went back by itself; the scanner is held and blocks r2. */
beforeEach(async () => {
  scanner = await scannerAt(world, world.own);
  const ask = { scannerIds: [scanner.scannerId], action: "activate", release: "r2" };
  const asked = await world.admin.mutate("change.request", { ...ask, reason: "newer", requestKey: v7() });
  failed = (asked.data as { changes: { changeId: string }[] }).changes[0]?.changeId ?? asked.body;
  await world.server.composed.changes.round();
  await tell({ held: true, blocked: true });
  // At most one instruction a minute.
  world.signer.aheadMs += 61_000;
});

type What = "releaseHold" | "askLift" | "confirmLift";
const decide = async (who: Visitor, what: What, reason = "power supply exchanged") =>
  (await who.mutate(`change.${what}`, { changeId: failed, reason })).refusal?.code ?? "done";
const against = async (action: string, release: string) => {
  const ask = { scannerIds: [scanner.scannerId], action, release };
  const { data } = await world.admin.query("change.preflight", ask);
  return (data as { scanners: { against: { code: string }[] }[] }).scanners[0]?.against.map(
    ({ code }) => code,
  );
};
const pardons = async (who = world.admin) =>
  ((await who.query("change.get", { changeId: failed })).data as { pardons: unknown }).pardons;

type Custom = { action: string; failedChangeId: string; toplevel: string; requestedBy: string };

/** What the director says to the scanner now. */
async function instruction(): Promise<Custom | undefined> {
  await world.server.composed.changes.round();
  const at = `tuf/director/${scanner.scannerId}`;
  const stamp = (await (await world.get(`${at}/timestamp.json`)).json()) as {
    signed: { meta: Record<string, { version: number }> };
  };
  const version = stamp.signed.meta["snapshot.json"]?.version;
  const list = (await (await world.get(`${at}/${version}.targets.json`)).json()) as {
    signed: { targets: Record<string, { custom: Custom }> };
  };
  return Object.values(list.signed.targets)[0]?.custom;
}

const acts = async () =>
  (
    await world.server.owner<{ action: string }>(
      `select action from audit.event where body::jsonb->>'changeId' = $1 order by seq`,
      [failed],
    )
  ).map(({ action }) => action);

describe("a scanner that is held after an automatic way back [ACT-6]", () => {
  test("is not planned for, except back to what was confirmed", async () => {
    expect(await against("activate", "r3")).toEqual(["held"]);
    expect(await against("stage", "r3")).toEqual(["held"]);
    expect(await against("rollback", "r1")).toEqual(["runs-already"]);
    expect(await against("activate", "r2")).toEqual(["blocked-here", "held"]);
    const ask = { scannerIds: [scanner.scannerId], action: "activate", release: "r3" };
    const asked = await world.admin.mutate("change.request", { ...ask, reason: "newer", requestKey: v7() });
    expect(asked.refusal).toMatchObject({ code: "change-against", params: { why: "held" } });
  });

  test("is released by one person with a reason; what reaches it is signed and names the failure", async () => {
    const technician = await personAt(world, "technician", world.own);
    expect(await decide(technician, "releaseHold")).toBe("not-allowed");
    expect((await ann.mutate("change.releaseHold", { changeId: failed, reason: " " })).refusal?.code).toBe(
      "wrong-input",
    );
    expect(await pardons(ann)).toMatchObject({ held: { state: "none", mayRelease: true } });
    expect(await decide(ann, "releaseHold")).toBe("done");
    expect(await decide(bob, "releaseHold")).toBe("pardon-under-way");
    expect(await pardons(ann)).toMatchObject({ held: { state: "decided", mayRelease: false } });
    expect(await instruction()).toMatchObject({
      ...{ action: "release-hold", failedChangeId: failed, toplevel: r2.toplevel },
    });
    expect(await pardons(ann)).toMatchObject({
      held: { state: "signed", people: [{ why: "power supply exchanged", by: expect.any(String) }] },
    });
    // The server's own belief changes only by the scanner's word.
    expect(await against("activate", "r3")).toEqual(["held"]);
    await tell({ blocked: true });
    expect(await against("activate", "r3")).toEqual([]);
    expect(await pardons()).toMatchObject({ held: null });
    expect(await decide(ann, "releaseHold")).toBe("not-held-by-it");
    expect(await acts()).toContain("change.hold-released");
    expect(r3.toplevel).not.toBe(r2.toplevel);
  });
});

describe("a block is lifted by two persons [ACT-5, ADM-2]", () => {
  test("who asked cannot confirm; a second one can, each with a reason", async () => {
    expect(await decide(bob, "confirmLift")).toBe("lift-not-asked");
    expect(await decide(ann, "askLift", "the cable was loose")).toBe("done");
    expect(await decide(ann, "confirmLift")).toBe("lift-needs-another-person");
    expect(await decide(bob, "askLift")).toBe("lift-asked-already");
    expect((await instruction())?.action).toBe("activate");
    expect(await pardons(ann)).toMatchObject({
      blocked: { state: "asked", mayConfirm: false, mayAsk: false },
    });
    expect(await pardons(bob)).toMatchObject({ blocked: { state: "asked", mayConfirm: true } });
    expect(await decide(bob, "confirmLift", "seen the new cable")).toBe("done");
    expect(await instruction()).toMatchObject({ action: "lift-block", failedChangeId: failed });
    expect(await pardons()).toMatchObject({
      blocked: { state: "signed", people: [{ why: "the cable was loose" }, { why: "seen the new cable" }] },
    });
    await tell({ held: true });
    expect(await against("activate", "r2")).toEqual(["held"]);
    expect((await acts()).filter((one) => one.startsWith("change.lift"))).toEqual([
      ...["change.lift-asked", "change.lift-confirmed"],
    ]);
  });

  test("a request that nobody confirms within a day is over", async () => {
    expect(await decide(ann, "askLift")).toBe("done");
    await world.server.owner(
      `update "ChangeStep" set "at" = "at" - interval '25 hours' where "changeId" = $1 and "reason" = 'lift-asked'`,
      [failed],
    );
    expect(await decide(bob, "confirmLift")).toBe("lift-not-asked");
    expect(await decide(bob, "askLift")).toBe("done");
  });

  test("two who confirm at the same moment are one decision, and a person of another site has no say", async () => {
    const elsewhere = await personAt(world, "admin", world.other);
    expect(await decide(elsewhere, "askLift")).toBe("not-found");
    await decide(ann, "askLift");
    const both = await Promise.all([decide(bob, "confirmLift"), decide(world.admin, "confirmLift")]);
    expect(both.sort()).toEqual(["done", "pardon-under-way"]);
  });
});

test("while the signer is away a decision waits; a change that is open goes first [ACT-7]", async () => {
  expect(await decide(ann, "releaseHold")).toBe("done");
  await world.signer.stop();
  await world.server.composed.changes.round();
  expect(await pardons()).toMatchObject({ held: { state: "decided" } });
  await world.signer.start();
});

test("no audit row, no decision: nothing is left of one that cannot be audited [A-06]", async () => {
  const steps = async () =>
    (
      await world.server.owner<{ reason: string }>(
        `select reason from "ChangeStep" where "changeId" = $1 and reason is not null order by at, id`,
        [failed],
      )
    ).map(({ reason }) => reason);
  const unaudited = async (who: Visitor, what: What) => {
    const before = await steps();
    await world.server.owner("revoke execute on function audit.append(text, text, text, text) from fid_app");
    try {
      const answer = await who.mutate(`change.${what}`, { changeId: failed, reason: "looked at" });
      expect([what, answer.status]).toEqual([what, 500]);
    } finally {
      await world.server.owner("grant execute on function audit.append(text, text, text, text) to fid_app");
    }
    expect(await steps()).toEqual(before);
  };
  await unaudited(ann, "releaseHold");
  await unaudited(ann, "askLift");
  expect(await decide(ann, "askLift")).toBe("done");
  await unaudited(bob, "confirmLift");
  expect(await decide(bob, "confirmLift")).toBe("done");
  expect((await acts()).filter((one) => /hold|lift/.test(one))).toEqual([
    ...["change.lift-asked", "change.lift-confirmed"],
  ]);
});
