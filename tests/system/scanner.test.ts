import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ScannerId } from "#core/identity/identity.ts";
import { adopt, firstAdmin, type Portal, until } from "#tests/support/portal.ts";
import { type Product, startProduct } from "#tests/support/product.ts";
import { DEBIAN, type Debian, whyNoHost } from "./host-root.ts";
import { LANGUAGES, type Language, type ScannerFixture, scannerFixture } from "./scanner-fixture.ts";

const why = whyNoHost();
if (why !== null) console.log(`skipped: scanner hosts: ${why}`);

/** How each daemon calls itself in its hello. */
const DAEMON_NAMES = { python: "safetyd-py", perl: "safetyd-pl" } as const satisfies Record<Language, string>;

/** The product's own promise: on the page within five seconds (SEE-14). A daemon's silence takes two seconds to be silence. */
const PROMISE_MS = 5_000;

let product: Product;
let portal: Portal;

beforeAll(async () => {
  if (why !== null) return;
  product = await startProduct();
  portal = await firstAdmin(product.url);
});
afterAll(async () => {
  await product?.stop();
});

/** What is done to the safety daemon, what the page must say, and how it is mended. Evidence grade: wire (a daemon of ours speaks the real protocol). */
const SAFETY_FAULTS = [
  {
    fault: "stopped",
    cause: (s: ScannerFixture) => s.host.must("systemctl", ["stop", "safetyd"]),
    axis: "lost",
  },
  { fault: "bypassed", cause: (s: ScannerFixture) => s.safety("bypass surveillance"), axis: "bypassed" },
  { fault: "chain cut", cause: (s: ScannerFixture) => s.safety("cut estop"), axis: "tripped" },
  { fault: "silent", cause: (s: ScannerFixture) => s.safety("silent"), axis: "lost" },
  { fault: "garbage", cause: (s: ScannerFixture) => s.safety("garbage"), axis: "lost" },
  {
    fault: "hanging until the watchdog ends it",
    cause: (s: ScannerFixture) => s.safety("hang"),
    axis: "lost",
  },
  { fault: "crash-looped", cause: crashLoop, axis: "lost" },
] as const;

async function crashLoop({ host }: ScannerFixture): Promise<void> {
  const broken = "[Service]\nExecStart=\nExecStart=/bin/false\n";
  await host.write("/etc/systemd/system/safetyd.service.d/broken.conf", broken);
  await host.must("systemctl", ["daemon-reload"]);
  await host.run("systemctl", ["restart", "--no-block", "safetyd"]);
}

async function mend({ host }: ScannerFixture): Promise<void> {
  await host.must("rm", ["-rf", "/etc/systemd/system/safetyd.service.d"]);
  await host.must("systemctl", ["daemon-reload"]);
  await host.run("systemctl", ["reset-failed", "safetyd"]);
  // Seen once: "unavailable resources or another system error", of systemd and not of the daemon.
  await until("the safety daemon to be started", 20_000, async () => {
    const { status } = await host.run("systemctl", ["restart", "safetyd"]);
    return status === 0 ? true : null;
  });
}

describe.skipIf(why !== null).each(Object.keys(DEBIAN) as Debian[])("a scanner host on %s", (debian) => {
  const serial = `HOST-${debian}`;
  let scanner: ScannerFixture;
  let scannerId: ScannerId;
  let first: string;
  const page = () => portal.api.scanner.get.query({ scannerId });
  const closures = () => portal.api.scanner.closures.query({ scannerId });
  const headline = (word: string, deadlineMs = PROMISE_MS) =>
    until(`${serial} to be ${word}`, deadlineMs, async () => {
      const now = await page();
      return now.headline.word === word ? now : null;
    }).catch(async (error: Error) => {
      const { headline: is, findings } = await page();
      throw new Error(`${error.message}; it is ${JSON.stringify({ is, findings })}`);
    });

  beforeAll(async () => {
    scanner = await scannerFixture(debian, serial);
    first = await scanner.build("1");
    await scanner.switchTo(first);
    await scanner.host.must("ln", ["-sfn", first, "/run/booted-system"]);
    await scanner.speak("python");
    scannerId = await scanner.enrol(portal);
    await until(`${serial} to report closures`, 30_000, async () => {
      const { digests } = await closures();
      return digests.length > 0 ? true : null;
    });
    await adopt(portal, scannerId);
  });
  afterAll(async () => {
    await scanner?.host.remove();
  });

  test("enrolled, approved and adopted it is nominal, by its own signed reports [ADM-4, EXP-8, SEE-14]", async () => {
    const { findings, baseline } = await headline("nominal", 20_000);
    expect(findings.filter((finding) => finding.class !== "info")).toEqual([]);
    expect(baseline).toMatchObject({ origin: "observed" });
  });

  test("running, booted and profile closures are the ones Nix built, each with its generation [SEE-1, SEE-2]", async () => {
    const seen = await closures();
    for (const which of ["running", "booted", "profile"] as const) {
      expect(seen[which].closure).toMatchObject({
        state: "observed",
        value: { path: first, generation: 1 },
      });
    }
    const registered = await scanner.host.must("nix-store", ["-q", "--requisites", first]);
    expect(seen.digests).toMatchObject([
      { toplevel: first, pathCount: registered.trim().split("\n").length },
    ]);
  });

  test("a stopped unit has drifted within five seconds, by its real name [SEE-12, SEE-14]", async () => {
    await scanner.host.must("systemctl", ["stop", "motor.service"]);
    const { findings } = await headline("drifted");
    expect(findings.map(({ itemId, actual }) => [itemId, actual])).toContainEqual([
      "unit.motor.service",
      "inactive",
    ]);
    await scanner.host.must("systemctl", ["start", "motor.service"]);
    await headline("nominal", 10_000);
  });

  for (const language of Object.keys(LANGUAGES) as Language[]) {
    describe(`beside the safety daemon in ${language}`, () => {
      // Another daemon with another chain is drift, truthfully; what it says is adopted before it is tried.
      beforeAll(async () => {
        await scanner.speak(language);
        await until(`the daemon in ${language}`, 20_000, async () => {
          const { safety } = await page();
          const value = safety?.state === "observed" ? safety.value : null;
          return value?.link === "connected" && value.daemon === DAEMON_NAMES[language] ? true : null;
        });
        await adopt(portal, scannerId);
        await headline("nominal", 20_000);
      });
      test.each(SAFETY_FAULTS)(
        "$fault: the scanner is unsafe ($axis) at once and nominal again when mended [SEE-11, EXP-4]",
        async ({ cause, axis }) => {
          try {
            await cause(scanner);
            await headline("unsafe", 8_000);
            // A unit that ends is seen before its socket is: unsafe at once, and the worse reason with the next report.
            await until(`safety to be ${axis}`, PROMISE_MS, async () => {
              const { axes, headline: now } = await page();
              return now.word === "unsafe" && axes.safety.value === axis ? true : null;
            });
          } finally {
            await mend(scanner);
          }
          await headline("nominal", 20_000);
        },
      );
    });
  }

  test("while it scans nothing is spawned and the page says what it is doing [SEE-17]", async () => {
    await scanner.safety("scan running");
    const safety = await until("the scan to show", PROMISE_MS, async () => {
      const now = (await page()).safety;
      return now?.state === "observed" && now.value.last?.scanState === "running" ? now.value : null;
    });
    expect(safety.link).toBe("connected");
    const agent = (
      await scanner.host.must("systemctl", ["show", "-p", "MainPID", "--value", "fiducial-agent"])
    ).trim();
    const children = await scanner.host.run("cat", [`/proc/${agent}/task/${agent}/children`]);
    expect(children.stdout.trim()).toBe("");
    await scanner.safety("scan idle");
  });

  test("what it says of its change is on the page within five seconds, and a word of tomorrow is not none [SEE-14]", async () => {
    const file = "/run/fiducial/change.json";
    const say = async (state: string) => {
      const change = { schema: "fiducial.change/1", state, sinceMs: Date.now(), reason: "bad-signature" };
      await scanner.host.write(`${file}.new`, JSON.stringify(change));
      await scanner.host.must("mv", [`${file}.new`, file]);
    };
    const chips = (wanted: string) =>
      until(`the chip ${wanted}`, PROMISE_MS, async () => {
        const { chips: now, word } = (await page()).headline;
        const chip = now.find(({ code }) => code === wanted);
        return chip === undefined ? null : { chip, word };
      });
    await say("refused");
    expect(await chips("refused")).toEqual({
      chip: { code: "refused", params: { why: "bad-signature" } },
      word: "nominal",
    });
    await say("teleporting");
    await chips("change-unknown");
    await scanner.host.must("rm", [file]);
    await until("no change", PROMISE_MS, async () =>
      (await page()).headline.chips.some(({ code }) => code === "change-unknown") ? null : true,
    );
  });

  test("a switch by hand is seen as untracked, and the package diff names what changed [SEE-1, EXP-3]", async () => {
    const second = await scanner.build("2");
    await scanner.switchTo(second);
    // Nix is asked for the new closure first, at the lowest priority; as long as on the way back below.
    const { axes } = await headline("drifted", 10_000);
    expect(axes.software.value).toBe("untracked");
    const diff = await until("both path lists", 30_000, async () => {
      const answer = await portal.api.scanner.generationDiff.query({ scannerId, from: first, to: second });
      return "unavailable" in answer ? null : answer;
    });
    expect(JSON.stringify(diff)).toContain("motor-daemon");
    await scanner.switchTo(first);
    await headline("nominal", 10_000);
  });

  test("a file cut to zero in the store is named by the verification [SEE-3]", async () => {
    const motor = (await scanner.host.must("nix-store", ["-q", "--references", first])).trim();
    await scanner.host.must("truncate", ["-s", "0", `${motor}/data`]);
    await scanner.host.run("systemctl", ["start", "fiducial-verify.service"]);
    const { axes } = await headline("degraded", 60_000);
    expect(axes.software.value).toBe("damaged");
    expect((await closures()).verification).toMatchObject({ value: { bad: [{ path: motor }] } });
  });

  test("after the plug was pulled it boots, is known, and continues its numbers [SEE-14]", async () => {
    const before = await page();
    await scanner.host.pullPlug();
    await scanner.host.boot();
    await scanner.host.must("ln", ["-sfn", first, "/run/current-system"]);
    await scanner.host.must("ln", ["-sfn", first, "/run/booted-system"]);
    const after = await until("a report of the next boot", 60_000, async () => {
      const now = await page();
      return (now.seq?.bootCounter ?? 0) > (before.seq?.bootCounter ?? 0) ? now : null;
    });
    expect(after.seq?.bootCounter).toBe((before.seq?.bootCounter ?? 0) + 1);
    expect(after.seq?.seq).toBeGreaterThan(before.seq?.seq ?? 0);
    expect(after.identity).toBe("approved");
  });
});
