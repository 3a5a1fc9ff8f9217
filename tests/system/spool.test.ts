import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ChangeScanner, STUB_SCANNER_ID } from "./change-scanner.ts";
import { whyNoHost } from "./host-root.ts";
import { type Built, Workshop } from "./workshop.ts";

const why = whyNoHost();
if (why !== null) console.log(`skipped: what a scanner copies from its spool: ${why}`);

/** Real Nix 2.8: what the unprivileged half may have laid into the spool, and what root makes of it. */
describe.skipIf(why !== null)("a spool that somebody meddled with [SIG-4, E-01, E-12]", () => {
  let workshop: Workshop;
  let scanner: ChangeScanner;
  let factory: Built;
  let built: Built;
  let counter = 0;

  beforeAll(async () => {
    workshop = await Workshop.open({ scannerId: STUB_SCANNER_ID, changes: { liveSwitch: true } });
    factory = await workshop.build({ version: "0" });
    built = await workshop.build({ version: "1" });
    scanner = await ChangeScanner.install("bookworm", workshop, factory);
    // Nobody brings better files meanwhile.
    scanner.server.files = null;
  });
  afterAll(async () => {
    await scanner?.remove();
    await workshop?.close();
  });

  /** Signs and asks, lets `meddle` alter the spool on the scanner, and has it considered; what the scanner says in the end. */
  const ask = async (system: Built, meddle: (spool: string) => Promise<void>, sign: Built = system) => {
    counter += 1;
    const name = `r${counter}`;
    scanner.release(name, counter, sign);
    const changeId = scanner.instruct(name, sign);
    const { host } = scanner.nixos;
    await host.must("sh", ["-c", "rm -rf /var/spool/fiducial/cache"]);
    await scanner.fillSpool();
    await meddle("/var/spool/fiducial/cache");
    await scanner.ask({ verb: "consider" });
    const told = await scanner.untilTold("refused", changeId);
    expect((await scanner.nixos.seen()).profile).toBe(factory.toplevel);
    expect((await host.run("nix-store", ["--check-validity", system.toplevel])).status).not.toBe(0);
    return told;
  };
  const inHost = (script: string) => scanner.nixos.host.must("sh", ["-c", script]);
  /** The narinfo of the motor daemon of the new system. */
  const narinfo = () => {
    const one = built.paths.find((each) => each.path.includes("motor-daemon"));
    return `${path.basename(one!.path).slice(0, 32)}.narinfo`;
  };

  test("a NAR with one byte flipped", async () => {
    const told = await ask(built, async (cache) => {
      await inHost(
        `f=${cache}/$(sed -n 's/^URL: //p' ${cache}/${narinfo()}); printf X | dd of=$f bs=1 seek=300 conv=notrunc 2>/dev/null`,
      );
    });
    expect(told.reason).toBe("content-mismatch");
  });

  test("a path that no trusted cache signed", async () => {
    const told = await ask(built, async (cache) => {
      await inHost(`sed -i '/^Sig:/d' ${cache}/*.narinfo`);
    });
    expect(told.reason).toBe("bad-signature");
  });

  test("a NAR that is longer than signed", async () => {
    const told = await ask(built, async (cache) => {
      await inHost(`f=${cache}/$(sed -n 's/^URL: //p' ${cache}/${narinfo()}); truncate -s 3G $f`);
    });
    expect(told.reason).toBe("content-mismatch");
    expect(Number((await inHost("df --output=used -B1M /nix | tail -n 1")).trim())).toBeLessThan(1_000_000);
  });

  test("a closure whose signed list says another hash than its own, content-addressed or not", async () => {
    const lie = {
      ...built,
      paths: built.paths.map((one) =>
        one.path.includes("motor-daemon") ? { ...one, narHash: "a".repeat(64) } : one,
      ),
    };
    const told = await ask(built, async () => {}, lie);
    expect(told.reason).toBe("content-mismatch");
  });
});
