import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { until } from "#tests/support/portal.ts";
import { uploadResults } from "../../cli/station/bundle-results.ts";
import { writeBundle } from "../../cli/station/bundle-write.ts";
import { openServer, type ServerClient } from "../../cli/station/server-client.ts";
import type { Settings } from "../../cli/station/station.ts";
import { ChangeScanner, STUB_SCANNER_ID } from "./change-scanner.ts";
import { whyNoHost } from "./host-root.ts";
import { expectInvariants } from "./invariants.ts";
import { type Built, Workshop } from "./workshop.ts";

const why = whyNoHost();
if (why !== null) console.log(`skipped: a scanner without a network: ${why}`);

/** Real Nix, real systemd, our own programs, and no network at all: a release comes on a stick, and its results go back on it. */
describe.skipIf(why !== null)("a scanner without a network [OFF-1, OFF-2, ACT-4]", () => {
  let workshop: Workshop;
  let scanner: ChangeScanner;
  let server: ServerClient;
  const station = mkdtempSync(path.join(tmpdir(), "fid-station-"));
  const built: Record<"factory" | "one" | "two", Built> = {} as never;
  let stick = "";

  beforeAll(async () => {
    workshop = await Workshop.open({ scannerId: STUB_SCANNER_ID, changes: { liveSwitch: true } });
    built.factory = await workshop.build({ version: "0" });
    built.one = await workshop.build({ version: "1" });
    built.two = await workshop.build({ version: "2" });
    scanner = await ChangeScanner.install("trixie", workshop, built.factory);
    server = openServer(scanner.server.url, null);
    stick = path.join(scanner.nixos.shared, "stick");
  });
  afterAll(async () => {
    server?.close();
    await scanner?.remove();
    await workshop?.close();
    rmSync(station, { recursive: true, force: true });
  });

  /** At the station: what the server signed and what this workshop built, into the folder that the scanner will see. */
  const write = async (name: "one" | "two", counter: number) => {
    scanner.release(name, counter, built[name]);
    const changeId = scanner.instruct(name, built[name]);
    const repository = path.join(station, "repository");
    cpSync(workshop.repository, repository, { recursive: true });
    const roots = path.join(repository, "first-root");
    mkdirSync(roots, { recursive: true });
    for (const [one, bytes] of Object.entries(workshop.installation.firstRoots))
      writeFileSync(path.join(roots, `${one}.root.json`), bytes);
    const settings: Settings = {
      schema: "fiducial.station/1",
      solo: true,
      onlineKeys: "elsewhere",
      for: [],
      publishTo: null,
    };
    await writeBundle(
      { station: { folder: station, settings }, server, signer: null },
      {
        folder: stick,
        release: name,
        scanners: [{ serial: null, scannerId: scannerIdSchema.parse(STUB_SCANNER_ID) }],
        expiresMs: null,
      },
    );
    return changeId;
  };
  const byHand = (...args: string[]) =>
    scanner.nixos.host.run("node", ["/run/current-system/fiducial/programs/fiducial-activate.mjs", ...args]);

  let first = "";
  test("a bundle is proved, applied and confirmed, and everything else on the stick refused", async () => {
    first = await write("one", 1);
    await scanner.nixos.cutPower({ network: false });
    const was = (await scanner.nixos.seen()).current;
    const verified = await byHand("bundle", "verify", "/shared/stick");
    expect(verified).toMatchObject({ status: 0, stdout: expect.stringMatching(/would take it/) });
    expect(await byHand("bundle", "apply", "/shared")).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(/refused \(not-a-bundle\)/),
    });
    const applied = await byHand("bundle", "apply", "/shared/stick");
    expect(applied, await scanner.journal()).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/no longer needed(.*\n)+confirmed\n[1-9][0-9]* reports written/),
    });
    expect(await expectInvariants(scanner, { was, to: built.one.toplevel, changeId: first })).toBe(
      "confirmed",
    );
    expect(await byHand("bundle", "apply", "/shared/stick")).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(/refused \(done-already\)/),
    });
  });

  test("a second one, then back by hand: the server hears of all of it from the stick", async () => {
    await scanner.nixos.cutPower();
    await until("the first to be reported", 60_000, async () =>
      scanner.changesReported(first).includes("confirmed") ? true : null,
    );
    const second = await write("two", 2);
    scanner.server.files = null;
    await scanner.nixos.cutPower({ network: false });
    expect(await byHand("bundle", "apply", "/shared/stick"), await scanner.journal()).toMatchObject({
      status: 0,
    });
    const back = await byHand("rollback", "--to", "one", "--reason", "image noise");
    expect(back, await scanner.journal()).toMatchObject({ status: 0 });
    const told = await scanner.told();
    expect(told).toMatchObject({ state: "confirmed", to: "one" });
    const results = path.join(stick, "results", `${STUB_SCANNER_ID}.json`);
    await until("its report to wait", 60_000, async () => {
      await byHand("bundle", "results", "/shared/stick");
      return lastChangeIn(results) === told?.changeId ? true : null;
    });
    expect(scanner.changesReported(second), "nothing was heard so far").toEqual([]);

    expect(await uploadResults(server, stick)).toBe(0);
    expect(scanner.changesReported(second)).toContain("confirmed");
  });
});

/** The change that the last report of the file speaks of. */
function lastChangeIn(file: string): unknown {
  const { reports } = JSON.parse(readFileSync(file, "utf8")) as { reports: { body: string }[] };
  const last = Buffer.from(reports.at(-1)?.body ?? "", "base64").toString("utf8") || "{}";
  return JSON.parse(last).facts?.change?.value?.changeId;
}
