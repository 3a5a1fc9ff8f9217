import { describe, expect, test } from "vitest";
import { FAULT_POINTS } from "#agent/change/faults.ts";
import { blockedToplevels } from "#core/change/blocked.ts";
import { examplePlan, NEW, OLD } from "#core/change/example-plan.ts";
import type { Plan } from "#core/change/plan.ts";
import { type ModelPlan, ModelScanner } from "#tests/support/model-scanner.ts";

/** Ways a change can go; each is killed at every point it comes to. */
const STORIES = {
  "live, healthy": {},
  "live, unhealthy": { sick: [NEW] },
  "live, switch fails": { switchStatus: { [NEW]: 2 } },
  "live, init wants a boot": { switchStatus: { [NEW]: 100 } },
  "boot, healthy": { otherKernel: [NEW] },
  "boot, unhealthy": { otherKernel: [NEW], sick: [NEW] },
  "boot, does not boot": { otherKernel: [NEW], unbootable: [NEW] },
} as const satisfies Record<string, Omit<ModelPlan, "runs">>;
type Story = keyof typeof STORIES;

async function begin(story: Story, ...deaths: string[]): Promise<ModelScanner> {
  const scanner = new ModelScanner({ runs: OLD, ...STORIES[story] });
  const plan = examplePlan();
  scanner.asked = plan.changeId;
  scanner.dieAt(...deaths);
  await scanner.take({ kind: "accepted", plan, complete: true });
  return scanner;
}

/** Invariants of reliability.md §3.2 that a model can have. Gives how it ended. */
async function expectInvariants(scanner: ModelScanner, where: string): Promise<string> {
  const { journal } = scanner;
  if (journal.step !== "rest" || journal.last === null) throw new Error(`${where}: ends in ${journal.step}`);
  const confirmed = journal.last.state === "confirmed";
  const should = confirmed ? NEW : OLD;
  expect({ where, current: scanner.current, profile: scanner.profile, default: scanner.bootDefault }).toEqual(
    {
      ...{ where, current: should, profile: should, default: should },
    },
  );
  expect({ where, armed: scanner.deadlineArmed, oneShot: scanner.oneShot }).toEqual({
    ...{ where, armed: false, oneShot: null },
  });
  expect(scanner.roots.get("from")).toBe(OLD);
  expect(scanner.confirmed.generations.map((one) => one.toplevel)).toEqual(confirmed ? [NEW] : []);
  expect(scanner.told.some((told) => told.state === "confirmed")).toBe(confirmed);
  const before = JSON.stringify([journal, scanner.failures, scanner.confirmed]);
  await scanner.resume();
  await scanner.resume();
  expect(JSON.stringify([scanner.journal, scanner.failures, scanner.confirmed])).toBe(before);
  return journal.last.state;
}

/** What a death at this point has to end in; null: the story decides. The record is what turns it, and the switch is never half. */
function endAt(point: string, cut: boolean): "confirmed" | "rolled-back" | null {
  if (/^(confirm|settle)/.test(point)) return "confirmed";
  if (/^(armed|set|boot|switch)\./.test(point)) return "rolled-back";
  return cut && /^(restart-agent|probe|bless)\./.test(point) ? "rolled-back" : null;
}

/** The points a story comes to when nobody is killed: so none can be forgotten here. */
async function pointsOf(story: Story): Promise<string[]> {
  const scanner = await begin(story);
  await scanner.settle(false);
  return [...new Set(scanner.points)];
}

describe("a change that nobody disturbs", () => {
  test.each([
    ["live, healthy", "confirmed", 1],
    ["live, unhealthy", "rolled-back", 1],
    ["live, switch fails", "rolled-back", 1],
    ["live, init wants a boot", "confirmed", 2],
    ["boot, healthy", "confirmed", 2],
    ["boot, unhealthy", "rolled-back", 3],
    ["boot, does not boot", "rolled-back", 2],
  ] as const)("%s: %s after %i boots [ACT-1, ACT-3]", async (story, end, boots) => {
    const scanner = await begin(story);
    await scanner.settle(false);
    expect(await expectInvariants(scanner, story)).toBe(end);
    expect(scanner.boots).toBe(boots);
    expect(blockedToplevels(scanner.failures)).toEqual(end === "confirmed" ? [] : [NEW]);
  });

  test("every named point is come to by some story", async () => {
    const reached = new Set<string>();
    for (const story of Object.keys(STORIES) as Story[])
      for (const point of await pointsOf(story)) reached.add(point);
    expect(FAULT_POINTS.filter((point) => !reached.has(point))).toEqual([]);
    expect([...reached].filter((point) => !FAULT_POINTS.includes(point))).toEqual([]);
  });
});

describe("killed at every point it comes to [I1-I7]", () => {
  for (const story of Object.keys(STORIES) as Story[])
    for (const [how, cut] of [
      ["the machine dies", false],
      ["the scanner is booted", true],
    ] as const)
      test(`${story}: ${how}`, async () => {
        for (const point of await pointsOf(story)) {
          const scanner = await begin(story, point);
          await scanner.settle(cut);
          const end = await expectInvariants(scanner, point);
          const bound = endAt(point, cut);
          if (bound !== null) expect({ point, end }).toEqual({ point, end: bound });
        }
      });

  test("killed again at every point of the way back, machine or scanner", async () => {
    for (const cut of [false, true])
      for (const first of ["switch.begun", "probe.begun", "back-set.done"])
        for (const second of FAULT_POINTS.filter((one) => one.startsWith("back-"))) {
          const scanner = await begin("live, unhealthy", first, second);
          await scanner.settle(cut);
          expect(await expectInvariants(scanner, `${first}, ${second}`)).toBe("rolled-back");
        }
  });
});

describe("what holds a change up, or ends it", () => {
  const staged = async (words: Partial<Plan> = {}, more: Omit<ModelPlan, "runs"> = {}) => {
    const scanner = new ModelScanner({ runs: OLD, ...more });
    const plan = examplePlan(words);
    scanner.asked = plan.changeId;
    return { scanner, plan };
  };

  test("a scan holds it up and is named; when it ends, the change goes on [ACT-2]", async () => {
    const { scanner, plan } = await staged();
    scanner.safety = { scanState: "running" };
    await scanner.take({ kind: "accepted", plan, complete: true });
    expect(scanner.told.at(-1)).toMatchObject({ state: "waiting", reason: "scanning" });
    expect(scanner.profile).toBe(OLD);
    scanner.safety = {};
    await scanner.resume();
    expect(await expectInvariants(scanner, "after the scan")).toBe("confirmed");
  });

  test("a scan that begins between ARM and SWITCH ends it where it was, and blocks nothing [ACT-2]", async () => {
    const { scanner, plan } = await staged();
    const set = scanner.port.profile.set;
    scanner.port.profile.set = (toplevel) => {
      if (toplevel === NEW) scanner.safety = { scanState: "running" };
      return set(toplevel);
    };
    await scanner.take({ kind: "accepted", plan, complete: true });
    expect(await expectInvariants(scanner, "scan in between")).toBe("rolled-back");
    expect(scanner.told.at(-1)).toMatchObject({ reason: "interrupted" });
    expect(blockedToplevels(scanner.failures)).toEqual([]);
  });

  test("withdrawn or expired before ARM: nothing differs [ACT-7]", async () => {
    const withdrawn = await staged();
    withdrawn.scanner.asked = null;
    await withdrawn.scanner.take({ kind: "accepted", plan: withdrawn.plan, complete: true });
    expect(withdrawn.scanner.told.at(-1)?.state).toBe("cancelled");
    const expired = await staged({ notAfterMs: 1 });
    await expired.scanner.take({ kind: "accepted", plan: expired.plan, complete: true });
    expect(expired.scanner.told.at(-1)?.state).toBe("expired");
    for (const { scanner } of [withdrawn, expired])
      expect([scanner.profile, scanner.current]).toEqual([OLD, OLD]);
  });

  test("a content that is not the signed one, or a way back that is broken, is refused before ARM [F16]", async () => {
    for (const broken of [NEW, OLD]) {
      const { scanner, plan } = await staged();
      scanner.port.store.prove = async (toplevel) =>
        toplevel === broken ? { ok: false, refused: "content-mismatch", detail: "flipped" } : { ok: true };
      await scanner.take({ kind: "accepted", plan, complete: true });
      const reason = broken === NEW ? "content-mismatch" : "not-on-disk";
      expect(scanner.told.at(-1)).toMatchObject({ state: "refused", reason });
      expect(scanner.profile).toBe(OLD);
    }
  });

  test("a lock that is taken is waited for; it is no failure of the closure", async () => {
    const { scanner, plan } = await staged();
    const { run } = scanner.port.switcher;
    let taken = 3;
    scanner.port.switcher.run = async (toplevel, limitMs) => {
      taken -= 1;
      return taken >= 0 ? 11 : run(toplevel, limitMs);
    };
    await scanner.take({ kind: "accepted", plan, complete: true });
    expect(await expectInvariants(scanner, "lock")).toBe("confirmed");
  });

  test("a boot entry that cannot be made goes back, three times at most, then asks for a person [F15]", async () => {
    const { scanner, plan } = await staged();
    scanner.port.boot.install = async () => ({ ok: false, detail: "EIO" });
    await scanner.take({ kind: "accepted", plan, complete: true });
    expect(scanner.journal.step).toBe("stuck");
    expect(scanner.told.at(-1)?.state).toBe("rollback-failed");
    expect(scanner.profile).toBe(OLD);
  });

  test("no reboot, no one-shot entry, no timer: back to what runs", async () => {
    for (const part of ["reboot", "nextBoot"] as const) {
      const { scanner, plan } = await staged({}, { otherKernel: [NEW] });
      scanner.port.boot[part] = async () => ({ ok: false, detail: "no" });
      await scanner.take({ kind: "accepted", plan, complete: true });
      expect(scanner.told.at(-1)).toMatchObject({ state: "rolled-back", reason: "boot-failed" });
    }
    const { scanner, plan } = await staged();
    scanner.port.deadline.arm = async () => ({ ok: false, detail: "no systemd" });
    await scanner.take({ kind: "accepted", plan, complete: true });
    expect(scanner.told.at(-1)).toMatchObject({ state: "rolled-back", reason: "activation-failed" });
  });

  test("a rollback copies nothing, and what runs already is only proved [ACT-4]", async () => {
    const { scanner, plan } = await staged({ action: "rollback" });
    scanner.port.store.copy = () => Promise.reject(new Error("nothing is to be copied"));
    await scanner.take({ kind: "accepted", plan, complete: true });
    expect(await expectInvariants(scanner, "rollback")).toBe("confirmed");
    const same = await staged({ toplevel: OLD });
    await same.scanner.take({ kind: "accepted", plan: same.plan, complete: true });
    expect(same.scanner.told.at(-1)?.state).toBe("confirmed");
    expect(same.scanner.points.filter((point) => point.startsWith("switch"))).toEqual([]);
  });
});
