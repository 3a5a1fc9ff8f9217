import { cpSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "#tests/support/portal.ts";
import { ChangeScanner, STUB_SCANNER_ID } from "./change-scanner.ts";
import { expectInvariants } from "./invariants.ts";
import { type Built, Workshop } from "./workshop.ts";

let workshop: Workshop;
let scanner: ChangeScanner;
let factory: Built;
let sick: Built;
let worse: Built;

beforeAll(async () => {
  workshop = await Workshop.open({ scannerId: STUB_SCANNER_ID, changes: { liveSwitch: true } });
  factory = await workshop.build({ version: "0" });
  sick = await workshop.build({ version: "1", safety: "failing" });
  worse = await workshop.build({ version: "2", safety: "failing" });
  scanner = await ChangeScanner.install("trixie", workshop, factory);
}, 300_000);
afterAll(async () => {
  await scanner?.remove();
  await workshop?.close();
});

/** What a look of the agent's own finds that comes while the scanner is held: the instruction, and no release of the hold. */
async function fillSpoolHeld(): Promise<void> {
  const { host, shared } = scanner.nixos;
  cpSync(workshop.repository, path.join(shared, "spool"), { recursive: true });
  const beside = "/var/spool/.fiducial-held";
  const script = `cp -r /shared/spool ${beside} && chown -R fiducial:fiducial ${beside} && cp -rlf --preserve=ownership ${beside}/. /var/spool/fiducial/ && rm -rf ${beside}`;
  await host.must("sh", ["-c", script]);
}

const heard = (changeId: string, word: string) =>
  until(`the server to hear ${word}`, 120_000, async () =>
    scanner.changesReported(changeId).includes(word) ? true : null,
  );

test("what a held scanner refused begins once it was released, and ends once [ACT-6, I10]", async () => {
  scanner.release("sick", 1, sick);
  const first = scanner.instruct("sick", sick);
  await scanner.fillSpool();
  await scanner.ask({ verb: "consider" });
  await scanner.untilTold("rolled-back", first);
  scanner.release("worse", 2, worse);
  const second = scanner.instruct("worse", worse);
  await fillSpoolHeld();
  expect(await scanner.ask({ verb: "consider" })).toMatchObject({ answer: "refused", reason: "held" });
  await heard(second, "refused");
  await scanner.fillSpool();
  await scanner.ask({ verb: "consider" });
  await scanner.untilOver(second);
  await heard(second, "rolled-back");
  expect(scanner.changesReported(second)[0]).toBe("refused");
  expect(
    await expectInvariants(scanner, { was: factory.toplevel, to: worse.toplevel, changeId: second }),
  ).toBe("rolled-back");
});
