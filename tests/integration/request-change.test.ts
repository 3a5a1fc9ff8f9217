import { v4, v7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closuresFact, reportBody } from "#tests/integration/report-body.ts";
import type { ScannerClient } from "#tests/integration/scanner-client.ts";
import { publish, type SignedWorld, scannerAt, signedWorld } from "#tests/integration/signed-world.ts";
import type { Answer } from "#tests/integration/visitor.ts";
import { personAt } from "#tests/integration/world.ts";

let world: SignedWorld;
let r1: Awaited<ReturnType<typeof publish>>;
let r2: Awaited<ReturnType<typeof publish>>;
beforeAll(async () => {
  world = await signedWorld();
  world.ceremony.placeFirstRoots(world.server.dataFolder);
  r1 = await publish(world, "r1", 1);
  r2 = await publish(world, "r2", 2);
});
afterAll(() => world.close());

const OLD = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos-system-adopted";
type Asked = { scannerIds: string[]; action: string; release: string; [more: string]: unknown };
const wanted = (scanner: ScannerClient, rest: Partial<Asked> = {}): Asked => ({
  ...{ scannerIds: [scanner.scannerId], action: "activate", release: "r2" },
  ...{ reason: "newer driver", requestKey: v7() },
  ...rest,
});
const request = (ask: Asked): Promise<Answer> => world.admin.mutate("change.request", ask);
const changeIdOf = (answer: Answer): string =>
  (answer.data as { changes: { changeId: string }[] }).changes[0]?.changeId ?? answer.body;
const page = async (changeId: string) =>
  (await world.admin.query("change.get", { changeId })).data as {
    state: string;
    endedAtMs: number | null;
    lastHeardMs: number | null;
    instruction: string;
    stateReason: { code: string } | null;
    mayCancel: boolean;
    evidence: Record<string, unknown> | null;
    steps: { state: string; source: string; by: string | null; reason: { code: string } | null }[];
  };

/** Asked for, and handed to the signer. */
async function begin(scanner: ScannerClient, rest: Partial<Asked> = {}): Promise<string> {
  const changeId = changeIdOf(await request(wanted(scanner, rest)));
  await world.server.composed.changes.round();
  expect((await page(changeId)).instruction).toBe("signed");
  return changeId;
}

const seqs = new Map<string, number>();
type Told = { state: string; [field: string]: unknown };

/** A signed report in which the scanner says something of a change and shows what it runs. */
async function tell(
  scanner: ScannerClient,
  told: Told | null,
  running = OLD,
  facts: Record<string, unknown> = {},
) {
  const seq = (seqs.get(scanner.scannerId) ?? 0) + 1;
  seqs.set(scanner.scannerId, seq);
  const value = {
    ...{ sinceMs: Date.now(), changeId: null, from: OLD, to: "r2" },
    ...{ reason: null, percent: null, budgetMs: null, energised: null },
    ...told,
  };
  const sent = reportBody(
    scanner.scannerId,
    { seq },
    {
      facts: {
        closures: closuresFact(running),
        ...(told === null ? {} : { change: { state: "observed", value } }),
        ...facts,
      },
    },
  );
  const answer = await scanner.post("report", sent);
  expect(answer.status).toBe(200);
  return answer.json as { directorVersion: number };
}

describe("a request [ACT-7]", () => {
  test("asked twice with one key is one change, also at the same moment", async () => {
    const scanner = await scannerAt(world, world.own);
    const ask = wanted(scanner);
    const answers = await Promise.all([request(ask), request(ask), request(ask)]);
    const ids = new Set(answers.map(changeIdOf));
    expect([...ids]).toHaveLength(1);
    expect(changeIdOf(await request(ask))).toBe([...ids][0]);
  });

  test("beside an open one is refused", async () => {
    const scanner = await scannerAt(world, world.own);
    await request(wanted(scanner));
    expect((await request(wanted(scanner))).refusal?.code).toBe("change-open");
    expect((await world.admin.query("change.preflight", wanted(scanner))).refusal?.code).toBe("wrong-input");
    const { scannerIds, action, release } = wanted(scanner);
    const looked = await world.admin.query("change.preflight", { scannerIds, action, release });
    expect(looked.data).toMatchObject({ scanners: [{ fits: false, against: [{ code: "busy" }] }] });
  });

  test("of several scanners is all or none", async () => {
    const [one, other] = [await scannerAt(world, world.own), await scannerAt(world, world.own)];
    const wrong = await scannerAt(world, world.own, "other model");
    const several = (...all: ScannerClient[]) =>
      wanted(one, { scannerIds: all.map((each) => each.scannerId) });
    expect((await request(several(one, other, wrong))).refusal).toMatchObject({
      code: "change-against",
      params: { why: "wrong-model" },
    });
    expect((await request(several(one, other))).data).toMatchObject({
      changes: expect.arrayContaining([{ scannerId: other.scannerId, changeId: expect.any(String) }]),
    });
  });

  test("goes as far as each role goes [ACT-4, P-09]", async () => {
    const scanner = await scannerAt(world, world.own);
    const second = await scannerAt(world, world.own);
    const as = async (role: Parameters<typeof personAt>[1], ask: Asked) => {
      const { refusal } = await (await personAt(world, role, world.own)).mutate("change.request", ask);
      return refusal?.code ?? "asked";
    };
    const both = { scannerIds: [scanner.scannerId, second.scannerId] };
    expect(await as("technician", wanted(scanner))).toBe("action-not-yours");
    expect(await as("technician", wanted(scanner, { action: "rollback" }))).toBe("change-against");
    expect(await as("service-engineer", wanted(scanner, both))).toBe("one-scanner-at-a-time");
    expect(await as("fleet-manager", wanted(scanner, { action: "rollback" }))).toBe("action-not-yours");
    expect(await as("viewer", wanted(scanner))).toBe("not-allowed");
    expect(await as("release-manager", wanted(scanner, both))).toBe("asked");
  });

  test("is told at the door what a role may not ask, scanner by scanner [ACT-4, P-09]", async () => {
    const [scanner, second] = [await scannerAt(world, world.own), await scannerAt(world, world.own)];
    const look = async (role: Parameters<typeof personAt>[1], ...all: ScannerClient[]) => {
      const ask = { scannerIds: all.map(({ scannerId }) => scannerId), action: "activate", release: "r2" };
      const { data } = await (await personAt(world, role, world.own)).query("change.preflight", ask);
      return (data as { scanners: { fits: boolean; against: { code: string }[] }[] }).scanners.map(
        ({ fits, against }) => [fits, against[0]?.code],
      );
    };
    expect(await look("technician", scanner)).toEqual([[false, "action-not-yours"]]);
    expect(await look("service-engineer", scanner)).toEqual([[true, undefined]]);
    const both = [false, "one-scanner-at-a-time"];
    expect(await look("service-engineer", scanner, second)).toEqual([both, both]);
  });

  test("under the key of another wish is refused, and not told as if it were that one [ACT-7]", async () => {
    const scanner = await scannerAt(world, world.own);
    const ask = wanted(scanner);
    await request(ask);
    expect((await request({ ...ask, release: "r1" })).refusal?.code).toBe("request-key-used");
  });

  test("for longer than an instruction may last is refused [E-13]", async () => {
    const scanner = await scannerAt(world, world.own);
    const late = { notAfterMs: Date.now() + 15 * 24 * 60 * 60_000 };
    expect((await request(wanted(scanner, late))).refusal?.code).toBe("change-time-out-of-range");
  });

  test("pinning starts nothing", async () => {
    const scanner = await scannerAt(world, world.own);
    const pin = { scannerIds: [scanner.scannerId], release: "r2", reason: "soon" };
    expect((await world.admin.mutate("release.pin", pin)).data).toEqual({ changed: 1 });
    const listed = await world.admin.query("change.list", { scannerId: scanner.scannerId });
    expect(listed.data).toMatchObject({ rows: [] });
    await tell(scanner, null);
    const shown = await world.admin.query("scanner.get", { scannerId: scanner.scannerId });
    expect(shown.data).toMatchObject({
      axes: { currency: { value: "behind" } },
      pinned: { releaseName: "r2" },
    });
  });
});

describe("a change goes on by the scanner's signed reports alone [E-16]", () => {
  test("to confirmed, when its word and what it runs agree", async () => {
    const scanner = await scannerAt(world, world.own);
    expect((await tell(scanner, { state: "none" })).directorVersion).toBe(0);
    const changeId = await begin(scanner);
    const { directorVersion } = await tell(scanner, { state: "none" });
    expect(directorVersion).toBeGreaterThan(0);
    expect(await page(changeId)).toMatchObject({ state: "offered", endedAtMs: null });
    for (const state of ["downloading", "staged", "armed", "activating", "rebooting", "probation"])
      await tell(scanner, { state, changeId });
    // Its word alone, while it runs the old system, proves nothing.
    await tell(scanner, { state: "confirmed", changeId });
    expect(await page(changeId)).toMatchObject({
      state: "probation",
      stateReason: { code: "not-seen-running" },
      endedAtMs: null,
    });
    await tell(scanner, { state: "confirmed", changeId }, r2.toplevel);
    const done = await page(changeId);
    expect(done).toMatchObject({
      state: "confirmed",
      endedAtMs: expect.any(Number),
      evidence: { running: r2.toplevel, booted: r2.toplevel, profile: r2.toplevel },
    });
    expect(done.steps.map(({ state, source }) => `${source} ${state}`)).toEqual([
      "person offered",
      ...[
        "downloading",
        "staged",
        "armed",
        "activating",
        "rebooting",
        "probation",
        "probation",
        "confirmed",
      ].map((state) => `scanner ${state}`),
    ]);
    const release = (await world.admin.query("release.list")).data as { rows: unknown[] };
    expect(release.rows).toContainEqual(
      expect.objectContaining({ name: "r2", counts: expect.objectContaining({ running: 1, confirmed: 1 }) }),
    );
  });

  test("what was confirmed can be gone back to, and no late report undoes an end [ACT-4]", async () => {
    const scanner = await scannerAt(world, world.own);
    const rollback = { action: "rollback", release: "r1" };
    expect((await request(wanted(scanner, rollback))).refusal?.params).toMatchObject({
      why: "never-confirmed-here",
    });
    for (const [name, { toplevel }] of [
      ["r1", r1],
      ["r2", r2],
    ] as const) {
      const changeId = await begin(scanner, { release: name });
      world.signer.aheadMs += 61_000;
      await tell(scanner, { state: "confirmed", changeId }, toplevel);
    }
    const targets = await world.admin.query("change.rollbackTargets", { scannerId: scanner.scannerId });
    expect(targets.data).toMatchObject([
      { release: "r2", running: true, against: [{ code: "runs-already" }] },
      { release: "r1", running: false, toplevel: r1.toplevel, against: [] },
    ]);
    const changeId = await begin(scanner, rollback);
    await tell(scanner, { state: "rolled-back", changeId, reason: "health-failed" }, r2.toplevel);
    expect(await page(changeId)).toMatchObject({
      state: "rolled-back",
      stateReason: { code: "health-failed" },
    });
    await tell(scanner, { state: "confirmed", changeId }, r1.toplevel);
    expect(await page(changeId)).toMatchObject({ state: "rolled-back" });
  });

  test("what root on the scanner confirmed or lost there is known by the scanner's own list, and only by it [ACT-4, SEE-14]", async () => {
    const scanner = await scannerAt(world, world.own);
    const rollback = { action: "rollback", release: "r1" };
    const local = `${OLD}-by-hand`;
    const list = (...toplevels: string[]) => ({
      confirmed: {
        state: "observed",
        value: {
          generations: toplevels.map((toplevel, at) => ({
            toplevel,
            release: null,
            confirmedAtMs: 9_000 - at,
          })),
        },
      },
    });
    const targets = async () =>
      (await world.admin.query("change.rollbackTargets", { scannerId: scanner.scannerId })).data;
    const changeId = await begin(scanner);
    await tell(scanner, { state: "confirmed", changeId }, r2.toplevel);
    expect(await targets()).toMatchObject([{ release: "r2", saidBy: "server" }]);
    // Confirmed there by hand, with no server; the last one is of nothing that was ever published here.
    await tell(scanner, { state: "confirmed", changeId }, r2.toplevel, list(r2.toplevel, r1.toplevel, local));
    expect(await targets()).toMatchObject([
      { release: "r2", running: true, saidBy: "scanner" },
      { release: "r1", toplevel: r1.toplevel, running: false, saidBy: "scanner", against: [] },
      { release: local, against: [{ code: "not-released-here" }] },
    ]);
    expect((await request(wanted(scanner, rollback))).status).toBe(200);
    // Its board was swapped: what was seen from here is worth nothing there any more.
    const other = await scannerAt(world, world.own);
    const first = await begin(other, { release: "r1" });
    await tell(other, { state: "confirmed", changeId: first }, r1.toplevel);
    await tell(other, { state: "none" }, OLD, list());
    expect((await request(wanted(other, rollback))).refusal?.params).toMatchObject({
      why: "never-confirmed-here",
    });
  });

  test("a refusal carries the attack's name [SIG-2]", async () => {
    const scanner = await scannerAt(world, world.own);
    const changeId = await begin(scanner);
    await tell(scanner, { state: "refused", changeId, reason: "path-set-differs" });
    expect(await page(changeId)).toMatchObject({
      state: "refused",
      stateReason: { code: "path-set-differs" },
      endedAtMs: expect.any(Number),
    });
  });

  test("a release says who refused it last, and by the attack's name; who took it later is not among them [SIG-2, SIG-5]", async () => {
    const [scanner, other] = [await scannerAt(world, world.own), await scannerAt(world, world.other)];
    const r3 = await publish(world, "r3", 3);
    const ask = { release: "r3" };
    const refusals = async (who = world.admin) =>
      (await who.query("release.refusals", { name: "r3" })).data as { rows: { scannerId: string }[] };
    expect(await refusals()).toEqual({ rows: [], more: false });
    for (const one of [scanner, other]) {
      const changeId = await begin(one, ask);
      await tell(one, { state: "refused", changeId, reason: "mix-and-match" });
    }
    expect((await refusals()).rows).toMatchObject([
      { scannerId: other.scannerId, reason: { code: "mix-and-match" } },
      { scannerId: scanner.scannerId, reason: { code: "mix-and-match" } },
    ]);
    // Another site's scanners are nobody else's matter (P-09).
    const viewer = await personAt(world, "viewer", world.own);
    expect((await refusals(viewer)).rows.map((row) => row.scannerId)).toEqual([scanner.scannerId]);
    world.signer.aheadMs += 61_000;
    const again = await begin(scanner, ask);
    await tell(scanner, { state: "confirmed", changeId: again }, r3.toplevel);
    expect((await refusals()).rows.map((row) => row.scannerId)).toEqual([other.scannerId]);
  });

  test("the usual length of a step is measured on others of its model, and not told from too few [SEE-14]", async () => {
    const model = `M-${v7().slice(-6)}`;
    const release = `r-${model}`.toLowerCase();
    const made = await publish(world, release, 4, { for: [{ model, hardwareRevisions: null }] });
    const usual = async (changeId: string) =>
      ((await world.admin.query("change.get", { changeId })).data as { usual: unknown[] }).usual;
    const running = await begin(await scannerAt(world, world.own, model), { release });
    for (const [at, seconds] of [30, 50, 600].entries()) {
      if (at === 2) expect(await usual(running)).toEqual([]);
      const scanner = await scannerAt(world, world.own, model);
      const changeId = await begin(scanner, { release });
      await tell(scanner, { state: "downloading", changeId });
      await tell(scanner, { state: "confirmed", changeId }, made.toplevel);
      await world.server.owner(
        `update "ChangeStep" set at = at - make_interval(secs => $2) where "changeId" = $1 and state = 'downloading'`,
        [changeId, seconds],
      );
    }
    const [first, ...more] = (await usual(running)) as { medianMs: number }[];
    expect([first, more]).toMatchObject([{ state: "downloading", of: 3 }, []]);
    expect(Math.round((first?.medianMs ?? 0) / 10_000)).toBe(5);
  });

  test("a report about another change, and one that comes late, move nothing", async () => {
    const scanner = await scannerAt(world, world.own);
    const changeId = await begin(scanner);
    await tell(scanner, { state: "confirmed", changeId: v7() }, r2.toplevel);
    expect(await page(changeId)).toMatchObject({ state: "offered" });
    await tell(scanner, { state: "armed", changeId });
    const late = reportBody(
      scanner.scannerId,
      { seq: 1, bootCounter: 1, startCounter: 1, bootId: v4() },
      { facts: {} },
    );
    await scanner.post("report", late);
    expect((await page(changeId)).endedAtMs).toBeNull();
  });
});

describe("taking back [ACT-7]", () => {
  const cancel = (changeId: string) => world.admin.mutate("change.cancel", { changeId, reason: "not now" });

  test("before the scanner has armed it: withdrawn, and ended by the scanner's own word", async () => {
    const scanner = await scannerAt(world, world.own);
    const changeId = await begin(scanner);
    const before = (await tell(scanner, { state: "downloading", changeId })).directorVersion;
    expect((await cancel(changeId)).status).toBe(200);
    await world.server.composed.changes.round();
    expect(await page(changeId)).toMatchObject({
      state: "downloading",
      instruction: "withdrawn",
      endedAtMs: null,
    });
    expect((await tell(scanner, { state: "downloading", changeId })).directorVersion).toBeGreaterThan(before);
    await tell(scanner, { state: "cancelled", changeId });
    expect(await page(changeId)).toMatchObject({ state: "cancelled", endedAtMs: expect.any(Number) });
  });

  test("one that the scanner never took ends with its next report", async () => {
    const scanner = await scannerAt(world, world.own);
    const changeId = await begin(scanner);
    await cancel(changeId);
    await world.server.composed.changes.round();
    await tell(scanner, { state: "none" });
    expect(await page(changeId)).toMatchObject({ state: "cancelled" });
    expect((await request(wanted(scanner))).status).toBe(200);
  });

  test("after it has armed: refused", async () => {
    const scanner = await scannerAt(world, world.own);
    const changeId = await begin(scanner);
    await tell(scanner, { state: "armed", changeId });
    expect((await page(changeId)).mayCancel).toBe(false);
    expect((await cancel(changeId)).refusal?.code).toBe("change-armed");
    await tell(scanner, { state: "confirmed", changeId }, r2.toplevel);
    expect((await cancel(changeId)).refusal?.code).toBe("change-not-open");
  });
});

describe("time and the signer", () => {
  /** Its time is over since so many minutes. */
  const over = async (changeId: string, minutes: number) => {
    const late = `update "Change" set "notAfter" = now() - make_interval(mins => $2) where id = $1`;
    await world.server.owner(late, [changeId, minutes]);
    await world.server.composed.changes.round();
  };
  /** Nothing comes from it any more, for so many minutes. */
  const silent = async ({ scannerId }: ScannerClient, minutes: number) => {
    const link = () => world.server.owner(`select 1 from "ScannerLink" where "scannerId" = $1`, [scannerId]);
    await expect.poll(link, { timeout: 10_000 }).toHaveLength(1);
    for (const [table, column] of [
      ["ScannerLink", "lastSeenAt"],
      ["ScannerState", "receivedAt"],
    ])
      await world.server.owner(
        `update "${table}" set "${column}" = now() - make_interval(mins => $2) where "scannerId" = $1`,
        [scannerId, minutes],
      );
  };
  const acts = async (changeId: string) =>
    await world.server.owner(
      `select action from audit.event where action = 'change.ended' and body like $1`,
      [`%${changeId}%`],
    );

  test("what nobody took in time expires, is withdrawn, and makes room", async () => {
    const scanner = await scannerAt(world, world.own);
    const changeId = await begin(scanner);
    await tell(scanner, { state: "none" });
    await over(changeId, 1);
    expect(await page(changeId)).toMatchObject({
      state: "expired",
      stateReason: { code: "instruction-expired" },
    });
    await world.server.composed.changes.round();
    expect((await page(changeId)).instruction).toBe("withdrawn");
    expect((await request(wanted(scanner))).status).toBe(200);
  });

  test("one that a silent scanner began to fetch stays open, then ends by its time, and is told as not heard [E-13, SEE-14]", async () => {
    const scanner = await scannerAt(world, world.own);
    const changeId = await begin(scanner);
    await tell(scanner, { state: "staged", changeId });
    await silent(scanner, 30);
    // The two clocks may differ: it may still begin.
    await over(changeId, 4);
    expect(await page(changeId)).toMatchObject({ state: "staged", endedAtMs: null });
    expect((await page(changeId)).lastHeardMs).toBeLessThan(Date.now() - 29 * 60_000);
    await over(changeId, 6);
    expect(await page(changeId)).toMatchObject({
      state: "expired",
      stateReason: { code: "ended-unheard" },
      endedAtMs: expect.any(Number),
    });
    expect((await page(changeId)).steps.at(-1)).toMatchObject({ state: "expired", source: "server" });
  });

  test("after ARM no time ends it: it stays open until it is heard [E-13, SEE-14]", async () => {
    const scanner = await scannerAt(world, world.own);
    const changeId = await begin(scanner);
    await tell(scanner, { state: "armed", changeId });
    await silent(scanner, 60 * 24);
    await over(changeId, 60 * 24);
    expect(await page(changeId)).toMatchObject({ state: "armed", endedAtMs: null });
    expect(await acts(changeId)).toEqual([]);
  });

  test("one that had begun while nobody heard it is corrected by its late word [E-16, SEE-14]", async () => {
    const scanner = await scannerAt(world, world.own);
    const changeId = await begin(scanner);
    await tell(scanner, { state: "downloading", changeId });
    await silent(scanner, 30);
    await over(changeId, 6);
    expect(await page(changeId)).toMatchObject({ state: "expired" });
    await tell(scanner, { state: "activating", changeId });
    expect(await page(changeId)).toMatchObject({ state: "activating", stateReason: null, endedAtMs: null });
    await tell(scanner, { state: "confirmed", changeId }, r2.toplevel);
    expect(await page(changeId)).toMatchObject({ state: "confirmed", endedAtMs: expect.any(Number) });
    // A second one that was asked for meanwhile stays the open one; the first is told of once it has ended.
    const other = await scannerAt(world, world.own);
    const first = await begin(other);
    await over(first, 6);
    const second = changeIdOf(await request(wanted(other)));
    await tell(other, { state: "activating", changeId: first });
    expect(await page(first)).toMatchObject({ state: "expired" });
    await tell(other, { state: "rolled-back", changeId: first, reason: "health-failed" });
    expect(await page(first)).toMatchObject({ state: "rolled-back", endedAtMs: expect.any(Number) });
    expect(await page(second)).toMatchObject({ state: "offered", endedAtMs: null });
  });

  test("a refused instruction is taken back, so that no scanner tries again what is shown as ended [ACT-5]", async () => {
    const scanner = await scannerAt(world, world.own);
    const changeId = await begin(scanner);
    const { directorVersion } = await tell(scanner, { state: "refused", changeId, reason: "disk-full" });
    await world.server.composed.changes.round();
    expect((await page(changeId)).instruction).toBe("withdrawn");
    expect((await tell(scanner, { state: "none" })).directorVersion).toBeGreaterThan(directorVersion);
  });

  test("one that cannot be carried holds up no other", async () => {
    const [broken, scanner] = [await scannerAt(world, world.own), await scannerAt(world, world.own)];
    const first = changeIdOf(await request(wanted(broken)));
    // Not what the signer's socket takes: a defect, not an answer.
    await world.server.owner(
      `update "Change" set action = 'teleport', "requestedAt" = now() - interval '1 day' where id = $1`,
      [first],
    );
    const second = changeIdOf(await request(wanted(scanner)));
    await world.server.composed.changes.round().catch(() => undefined);
    expect((await page(second)).instruction).toBe("signed");
  });

  test("a signer that is away loses nothing: the change waits and is signed when it is back", async () => {
    const scanner = await scannerAt(world, world.own);
    await world.signer.stop();
    const changeId = changeIdOf(await request(wanted(scanner)));
    await world.server.composed.changes.round();
    expect(await page(changeId)).toMatchObject({ state: "offered", instruction: "unsigned" });
    await world.signer.start();
    await expect
      .poll(
        async () => {
          await world.server.composed.changes.round();
          return (await page(changeId)).instruction;
        },
        { timeout: 10_000 },
      )
      .toBe("signed");
  });

  test("a second instruction within a minute waits for the signer's minute", async () => {
    const scanner = await scannerAt(world, world.own);
    const first = await begin(scanner);
    await tell(scanner, { state: "refused", changeId: first, reason: "disk-full" });
    const second = changeIdOf(await request(wanted(scanner)));
    await world.server.composed.changes.round();
    expect(await page(second)).toMatchObject({ state: "offered", instruction: "unsigned" });
  });
});
