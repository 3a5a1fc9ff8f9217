import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "#tests/support/portal.ts";
import { ChangeScanner, STUB_SCANNER_ID } from "./change-scanner.ts";
import { DEBIAN, type Debian, whyNoHost } from "./host-root.ts";
import { expectInvariants } from "./invariants.ts";
import { type Built, Workshop } from "./workshop.ts";

const why = whyNoHost();
if (why !== null) console.log(`skipped: changes on scanner hosts: ${why}`);

/** `npm run faults` runs every case on both; otherwise what does not depend on the version of Nix is seen on the newer one. */
const ALL = process.env.FIDUCIAL_FAULTS === "all";

/** What the workshop builds and signs, in the order of its counters. `slow` takes seconds to switch to, so that it can be caught. */
const PLANS = {
  factory: { version: "0" },
  one: { version: "1" },
  two: { version: "2" },
  sick: { version: "3", safety: "failing" },
  kernel: { version: "4", kernel: "6.12.2" },
  agent: { version: "5", kernel: "6.12.2", agent: "2" },
  slow: { version: "6", kernel: "6.12.2", agent: "2", slow: "12" },
  late: { version: "7", kernel: "6.12.2", agent: "2", slow: "12" },
  calm: { version: "8", kernel: "6.12.2", agent: "2" },
  cut: { version: "10", kernel: "6.12.2", agent: "2", slow: "12" },
  alone: { version: "9", kernel: "6.12.2", agent: "2" },
} as const;
/** `free`: content-addressed, made of `two` when its test comes. */
type Name = keyof typeof PLANS | "free";

let workshop: Workshop;
const built = {} as Record<Name, Built>;

beforeAll(async () => {
  if (why !== null) return;
  workshop = await Workshop.open({ scannerId: STUB_SCANNER_ID, changes: { liveSwitch: true } });
  for (const [name, plan] of Object.entries(PLANS)) built[name as Name] = await workshop.build(plan);
});
afterAll(async () => {
  await workshop?.close();
});

/** Evidence grade: real Nix, real systemd, our own programs; NixOS's own are stood in for as docs/stand-in.md says. */
describe.skipIf(why !== null).each(Object.keys(DEBIAN) as Debian[])("a change on %s", (debian) => {
  const testOnce = test.skipIf(debian !== "trixie" && !ALL);
  let scanner: ChangeScanner;
  const top = (name: Name) => built[name].toplevel;
  const counter = (name: Name) => (name === "free" ? 30 : Object.keys(PLANS).indexOf(name));

  /** Signs the release, asks for it, and brings everything to the scanner. */
  const begin = async (name: Name, words: object = {}) => {
    scanner.release(name, counter(name), built[name]);
    const changeId = scanner.instruct(name, built[name], words);
    // The agent's own look after a boot may still put back what was there before.
    const answer = await until("the instruction to be looked at", 60_000, async () => {
      await scanner.fillSpool();
      const said = await scanner.ask({ verb: "consider" });
      return said.answer === "nothing" ? null : said;
    });
    return { changeId, answer };
  };
  const confirmed = async (name: Name) => {
    const { changeId } = await begin(name);
    const was = (await scanner.nixos.seen()).current;
    await scanner.untilTold("confirmed", changeId);
    expect(await expectInvariants(scanner, { was, to: top(name), changeId })).toBe("confirmed");
    return changeId;
  };

  beforeAll(async () => {
    scanner = await ChangeScanner.install(debian, workshop, built.factory);
  });
  afterAll(async () => {
    await scanner?.remove();
  });

  test("an upgrade from a signed release is confirmed by what is observed [ACT-1, ACT-3, SIG-2]", async () => {
    const changeId = await confirmed("one");
    expect(scanner.nixos.host.reboots).toBe(0);
    await until("the report", 20_000, async () =>
      scanner.changesReported(changeId).includes("confirmed") ? true : null,
    );
    await confirmed("two");
  });

  test("by root on the scanner, with no network at all: back to what was confirmed, and to nothing else [ACT-4]", async () => {
    const was = (await scanner.nixos.seen()).current;
    await scanner.nixos.cutPower({ network: false });
    const byHand = (...args: string[]) =>
      scanner.nixos.host.run("node", [
        "/run/current-system/fiducial/programs/fiducial-activate.mjs",
        ...args,
      ]);
    for (const to of [top("factory"), "sick"]) {
      const refused = await byHand("rollback", "--to", to, "--reason", "image noise");
      expect(refused).toMatchObject({ status: 4, stderr: expect.stringMatching(/never confirmed on this/) });
    }
    expect(await byHand("rollback", "--to", "one")).toMatchObject({ status: 2 });
    const ran = await byHand("rollback", "--to", "one", "--reason", "image noise");
    expect(ran, await scanner.journal()).toMatchObject({ status: 0 });
    expect(ran.stdout).toMatch(/switching\n(.+\n)*watching whether it is healthy\n(.+\n)*confirmed: one\n$/);
    const changeId = (await scanner.told())?.changeId ?? "";
    expect(await expectInvariants(scanner, { was, to: top("one"), changeId })).toBe("confirmed");
    expect(scanner.changesReported(changeId)).toEqual([]);
    // The network is back, and with it an instruction that still says what was left: it is over.
    await scanner.nixos.cutPower();
    await until("the report", 60_000, async () =>
      scanner.changesReported(changeId).includes("confirmed") ? true : null,
    );
    await scanner.fillSpool();
    expect(await scanner.ask({ verb: "consider" })).toEqual({ answer: "nothing" });
    expect((await scanner.nixos.seen()).current).toBe(top("one"));
  });

  test("an unhealthy upgrade goes back by itself and is blocked here [ACT-3, ACT-5]", async () => {
    const was = (await scanner.nixos.seen()).current;
    const { changeId } = await begin("sick");
    const told = await scanner.untilTold("rolled-back", changeId);
    expect(told.reason).toBe("health-failed");
    expect(await expectInvariants(scanner, { was, to: top("sick"), changeId })).toBe("rolled-back");
    const again = await begin("sick");
    expect(again.answer).toMatchObject({ answer: "refused", reason: "blocked-here" });
    expect((await scanner.nixos.seen()).current).toBe(was);
  });

  test("another kernel is booted into: one entry for one boot, the default only when confirmed [ACT-1]", async () => {
    // What an installer of boot entries leaves that was cut off: the invariants ask that nothing of it stays.
    await scanner.nixos.host.must("sh", [
      "-c",
      "cd /boot/loader && touch loader.tmp entries/nixos-generation-99.conf.tmp",
    ]);
    const before = scanner.nixos.host.reboots;
    await confirmed("kernel");
    expect(scanner.nixos.host.reboots).toBe(before + 1);
    expect((await scanner.nixos.seen()).booted).toBe(top("kernel"));
  });

  test("the agent upgrades itself, and the new one runs [ACT-8]", async () => {
    await confirmed("agent");
    const pid = (
      await scanner.nixos.host.must("systemctl", ["show", "-p", "MainPID", "--value", "fiducial-agent"])
    ).trim();
    const command = await scanner.nixos.host.must("cat", [`/proc/${pid}/cmdline`]);
    expect(command).toContain("-fiducial-2/");
  });

  testOnce("the agent killed in the middle of the switch does not hold it up [ACT-8]", async () => {
    const { changeId } = await begin("slow");
    await scanner.untilTold("activating", changeId);
    await scanner.nixos.host.must("systemctl", ["kill", "--signal=KILL", "fiducial-agent.service"]);
    await scanner.untilTold("confirmed", changeId);
    await expectInvariants(scanner, { was: top("agent"), to: top("slow"), changeId });
  });

  testOnce(
    "the host killed in the middle of the switch comes up on the old generation and says so [ACT-3]",
    async () => {
      const was = (await scanner.nixos.seen()).current;
      const { changeId } = await begin("late");
      await scanner.untilTold("activating", changeId);
      await scanner.nixos.cutPower();
      const told = await scanner.untilTold("rolled-back", changeId);
      expect(["unplanned-boot", "interrupted"]).toContain(told.reason);
      expect((await scanner.nixos.seen()).booted, "the old entry stayed the default").toBe(was);
      expect(await expectInvariants(scanner, { was, to: top("late"), changeId })).toBe("rolled-back");
    },
  );

  testOnce("a scan, then an energised drive, hold it up and are named; then it goes on [ACT-2]", async () => {
    const safety = (word: string) =>
      scanner.nixos.host.must("timeout", ["5", "sh", "-c", `echo "$1" >/run/safetyd.control`, "sh", word]);
    const was = (await scanner.nixos.seen()).current;
    await safety("scan running");
    const { changeId } = await begin("calm");
    expect(await scanner.untilTold("waiting", changeId)).toMatchObject({ reason: "scanning" });
    await safety("energise on");
    await safety("scan idle");
    await scanner.untilWaiting("energised", changeId);
    expect((await scanner.nixos.seen()).current).toBe(was);
    await safety("energise off");
    await scanner.untilTold("confirmed", changeId);
  });

  testOnce("the deadline fires with the agent and the change's own unit dead [ACT-3]", async () => {
    const { changeId } = await begin("alone");
    await scanner.untilTold("probation", changeId);
    await scanner.nixos.host.must("sh", [
      "-c",
      "systemctl stop 'fiducial-change*.service' fiducial-agent.service fiducial-activate.service",
    ]);
    const told = await scanner.untilTold("rolled-back", changeId);
    expect(told.reason).toBe("deadline-passed");
    await scanner.nixos.host.must("systemctl", ["start", "fiducial-agent.service"]);
    await expectInvariants(scanner, { was: top("calm"), to: top("alone"), changeId });
  });

  testOnce(
    "the network lost after it was armed does not undo a healthy change; the report comes later [ACT-3]",
    async () => {
      const { changeId } = await begin("cut");
      const was = (await scanner.nixos.seen()).current;
      await scanner.untilTold("activating", changeId);
      scanner.server.files = null;
      scanner.server.reply = () => ({ silent: true });
      await scanner.untilTold("confirmed", changeId);
      expect(scanner.changesReported(changeId)).not.toContain("confirmed");
      scanner.server.files = workshop.repository;
      scanner.server.reply = () => null;
      await until("the report", 120_000, async () =>
        scanner.changesReported(changeId).includes("confirmed") ? true : null,
      );
      await expectInvariants(scanner, { was, to: top("cut"), changeId });
    },
  );

  let unsigned = "";
  test("a release with a changed byte, and a closure that nobody signed, are refused by name [SIG-2, E-01, T-10]", async () => {
    const before = await scanner.nixos.seen();
    const { host } = scanner.nixos;
    // Nix asks no signature of a content-addressed path: only the signed release can say no.
    unsigned = await workshop.contentAddressed(top("two"));
    scanner.release("offered", 20, built.cut);
    scanner.instruct("offered", { toplevel: unsigned, paths: [] });
    await scanner.fillSpool();
    expect(await scanner.ask({ verb: "consider" })).toMatchObject({
      answer: "refused",
      reason: "wrong-system",
    });
    expect((await host.run("nix-store", ["--check-validity", unsigned])).status).not.toBe(0);
    scanner.instruct("offered", built.cut);
    await scanner.fillSpool();
    await host.must("sh", [
      "-c",
      'sed -i \'s/"required"/"neednotb"/\' /var/spool/fiducial/release/targets/releases/offered/*.json',
    ]);
    expect(await scanner.ask({ verb: "consider" })).toMatchObject({
      answer: "refused",
      reason: "content-mismatch",
    });
    expect(await scanner.told()).toMatchObject({ state: "refused" });
    expect(await scanner.nixos.seen()).toEqual(before);
  });

  testOnce("the same closure is taken once people signed it: no cache has to [SIG-4]", async () => {
    built.free = { toplevel: unsigned, paths: await workshop.listing(unsigned) };
    await confirmed("free");
  });
});
