import type { Page } from "@playwright/test";
import { whyNoHost } from "#tests/system/host-root.ts";
import { type ScannerFixture, scannerFixture } from "#tests/system/scanner-fixture.ts";
import { expect, expectAccessible, newPerson, ownProduct, test } from "./support/journey.ts";
import { takePicture } from "./support/pictures.ts";
import {
  adoptReviewed,
  approveOnPage,
  commandFromPage,
  createFirstAdmin,
  headline,
  PROMISE_MS,
  printedFingerprint,
} from "./support/steps.ts";

const why = whyNoHost();
if (why !== null) console.log(`skipped: scanner hosts: ${why}`);
test.skip(why !== null, why ?? "");
test.describe.configure({ mode: "serial" });

const product = ownProduct();

const SERIAL = "FM26-0041";
/** A daemon's silence takes two seconds to be silence; then the promise begins. */
const SILENCE_MS = 2_000;

let page: Page;
let scanner: ScannerFixture;
let first: string;

test.beforeAll(async ({ chrome }) => {
  test.setTimeout(180_000);
  scanner = await scannerFixture("bookworm", SERIAL);
  first = await scanner.build("1");
  await scanner.switchTo(first);
  await scanner.host.must("ln", ["-sfn", first, "/run/booted-system"]);
  await scanner.speak("python");
  page = await newPerson(chrome);
  await createFirstAdmin(page, product.url);
});
test.afterAll(async () => {
  await page?.context().close();
  await scanner?.host.remove();
});

test("the command of the page, run on a scanner, enrols it [ADM-4]", async () => {
  const command = await commandFromPage(page, { serial: SERIAL });
  const output = await enrolInside(scanner, command);
  await approveOnPage(page, SERIAL, async () => {
    const printed = printedFingerprint(output);
    expect(printed, output).not.toBeNull();
    return printed ?? "";
  });
});

test("its state is adopted in the browser, and it is nominal by its own reports [EXP-8, SEE-1, SEE-11]", async () => {
  await expect(page.getByText("1 generation on disk.")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/^All \d+ elements of the chain are closed\.$/)).toBeVisible({
    timeout: 30_000,
  });
  await page.getByRole("link", { name: `Adopt the state of ${SERIAL} as baseline` }).click();
  await adoptReviewed(page, "As delivered");
  await expect(headline(page, "Nominal")).toBeVisible({ timeout: 30_000 });
  await takePicture(page, "scanner-nominal-light");
});

test("a stopped unit is drift on the open page within five seconds, by its real name [SEE-12, SEE-14]", async () => {
  await scanner.host.must("systemctl", ["stop", "motor.service"]);
  const row = page.getByRole("row", { name: /^unit\.motor\.service / }).first();
  await Promise.all([
    expect(row).toBeVisible({ timeout: PROMISE_MS }),
    expect(headline(page, "Drifted")).toBeVisible({ timeout: PROMISE_MS }),
  ]);
  await expect(row).toContainText("active");
  await expect(row).toContainText("inactive");
  await expectAccessible(page);
  await takePicture(page, "scanner-drifted");
  await takePicture(page, "scanner-phone", { width: 390, height: 844 });
  await scanner.host.must("systemctl", ["start", "motor.service"]);
  await expect(headline(page, "Nominal")).toBeVisible();
});

test("a silent safety daemon makes the scanner unsafe on the open page, and its last words are last words [SEE-11]", async () => {
  await scanner.host.must("systemctl", ["stop", "safetyd"]);
  await Promise.all([
    expect(headline(page, "Unsafe")).toBeVisible({ timeout: PROMISE_MS + SILENCE_MS }),
    expect(page.getByRole("heading", { name: "The interlock chain cannot be read." })).toBeVisible({
      timeout: PROMISE_MS + SILENCE_MS,
    }),
  ]);
  await expect(page.getByText(/^Last known, as of /)).toBeVisible();
  await page.emulateMedia({ colorScheme: "dark" });
  await takePicture(page, "scanner-unsafe-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await scanner.host.must("systemctl", ["start", "safetyd"]);
  await expect(headline(page, "Nominal")).toBeVisible({ timeout: 30_000 });
});

test("after a switch by hand the page shows what runs, and the packages that changed [SEE-1, EXP-3]", async () => {
  const second = await scanner.build("2");
  await scanner.switchTo(second);
  await expect(headline(page, "Drifted")).toBeVisible({ timeout: PROMISE_MS });
  await expect(page.getByText("2 generations on disk.")).toBeVisible();
  await expect(
    page
      .getByRole("listitem")
      .filter({ hasText: /motor-daemon/ })
      .first(),
  ).toContainText("1 → 2", {
    // fiducial-facts runs at idle priority: whoever shares the machine goes first.
    timeout: 120_000,
  });
  await expectAccessible(page);
  await takePicture(page, "scanner-generations-light", { width: 1440, height: 1800 });
});

test("the fleet shows the same scanner with its first finding [SEE-14]", async () => {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Fleet" }).click();
  await expect(page.getByRole("row", { name: new RegExp(`Drifted ${SERIAL}`) })).toBeVisible();
  await takePicture(page, "fleet-light");
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page);
  await takePicture(page, "fleet-dark");
});

/** The first two lines of the command as they stand; what the third would run by hand is run by the units that ship with it. */
async function enrolInside({ host }: ScannerFixture, command: string): Promise<string> {
  const lines = command.split(" && ");
  expect(lines.at(-1)).toBe("node fiducial.mjs run");
  const state = "/var/lib/fiducial";
  await host.must("install", ["-d", "-o", "fiducial", "-g", "fiducial", "-m", "0700", state]);
  const script = `cd "$(mktemp -d)" && ${lines.slice(0, -1).join(" && ")}`;
  const asAgent = ["-u", "fiducial", "--", "env", `FIDUCIAL_STATE=${state}`, "sh", "-c", script];
  const output = await host.must("runuser", asAgent);
  await host.must("systemctl", ["start", "fiducial-facts.service"]);
  await host.must("systemctl", ["enable", "--now", "fiducial-facts.path", "fiducial-agent.service"]);
  return output;
}
