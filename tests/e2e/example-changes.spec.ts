import type { Page } from "@playwright/test";
import { enterAs, fire, mend, ownExampleFleet } from "./support/example-fleet.ts";
import { expect, expectAccessible, test } from "./support/journey.ts";
import { takePicture } from "./support/pictures.ts";
import { PROMISE_MS } from "./support/steps.ts";

/**
 * Scanners of the example fleet are really changed: their own agents fetch what people signed, the scanner's verifier and change
 * machine decide, and what is seen on the pages comes from their signed reports.
 */
const fleet = ownExampleFleet("--scanners", "60");
const ANNI = "FM25-0137";
const OTHER = "FM25-0005";
const BEHIND = "FM30-0009";
/** Bringing, staging, booting and a probation of a quarter of a minute, on a machine that also serves. */
const WHOLE_CHANGE_MS = 180_000;
const LOOKS = [
  ["light", 1440, 900],
  ["dark", 1440, 900],
  ["light", 320, 640],
] as const;
const PHONE = { width: 390, height: 844 };

test.describe.configure({ mode: "serial" });

let engineer: Page;
let technician: Page;

test.beforeAll(async ({ chrome }) => {
  engineer = await enterAs(chrome, fleet.url, "M. Ortega");
  technician = await enterAs(chrome, fleet.url, "Chloé Dubois");
  await technician.setViewportSize(PHONE);
});
test.afterAll(async () => {
  await engineer?.context().close();
  await technician?.context().close();
});

test("the newest releases of the example are signed by two of three, and one was taken back [SIG-1, SIG-8]", async () => {
  // Published by the fleet's program once the server answers.
  await expect(async () => {
    await engineer.goto(`${fleet.url}/releases`);
    await expect(engineer.getByRole("heading", { name: "4 signed releases" })).toBeVisible();
    await expect(engineer.getByRole("heading", { name: "Signatures are good until" })).toBeVisible();
  }).toPass({ timeout: 60_000 });
  await expect(engineer.getByRole("row").filter({ hasText: "Withdrawn" })).toHaveCount(1);
  await picture(engineer, "releases");
  await engineer.getByRole("row").nth(1).getByRole("link").first().click();
  await expect(engineer.getByText("Ebba Lindqvist").first()).toBeVisible();
  await expect(engineer.getByText(/GPU driver 580\.142 → 590\.62/).first()).toBeVisible();
  await picture(engineer, "release");
});

// Three at once, because that is how a fleet is, and because each takes more than a minute.
test("three scanners change at once, each to its own end [ACT-1, ACT-3, ACT-4, ACT-5, SEE-14, SIG-4]", async () => {
  test.setTimeout(2 * WHOLE_CHANGE_MS + 120_000);
  await Promise.all([
    test.step("a technician takes one back from a phone; on another screen its steps arrive", takenBack),
    test.step("one that is behind is brought to the newest signed release, download and all", brought),
    test.step("one whose safety daemon objects during probation returns by itself", returnedByItself),
  ]);
});

async function takenBack(): Promise<void> {
  const before = await rollBack(technician, ANNI, "Image quality");
  await engineer.goto(`${fleet.url}/changes`);
  const row = engineer.getByRole("row").filter({ hasText: ANNI }).first();
  await row.getByRole("link", { name: `Roll back to ${before}` }).click();
  await expect(engineer.getByText("“Image quality”")).toBeVisible();
  await expect(step(engineer, "In probation")).toHaveAttribute("aria-current", "step", {
    timeout: WHOLE_CHANGE_MS,
  });
  await expect(step(engineer, "Rebooting")).toBeVisible();
  await expect(step(technician, "In probation")).not.toContainText("still to come", { timeout: PROMISE_MS });
  for (const one of [engineer, technician])
    await expect(one.getByText(/^Confirmed: seen running, booted and healthy in the report of/)).toBeVisible({
      timeout: WHOLE_CHANGE_MS,
    });
  await expectAccessible(technician);
  await picture(engineer, "change");
  await engineer.goto(`${fleet.url}/changes`);
  await picture(engineer, "changes");
  // What it reports follows: the release it runs, and that this is behind what it should run.
  await technician.getByRole("link", { name: `To ${ANNI}` }).click();
  await expect(technician.getByRole("main").getByText("Behind", { exact: true }).first()).toBeVisible();
}

async function brought(): Promise<void> {
  const page = await engineer.context().newPage();
  const newest = await upgrade(page, BEHIND, "Was away when the others got it");
  await expect(step(page, "Downloading")).toContainText(/\d+ % of it/, { timeout: WHOLE_CHANGE_MS });
  await expect(page.getByText(/^Confirmed: seen running, booted and healthy/)).toBeVisible({
    timeout: WHOLE_CHANGE_MS,
  });
  await openScanner(page, BEHIND);
  await expect(page.getByRole("main").getByText("Nominal", { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("main").getByText(newest).first()).toBeVisible();
}

async function returnedByItself(): Promise<void> {
  const page = await technician.context().newPage();
  await page.setViewportSize(PHONE);
  const before = await rollBack(page, OTHER, "Asked by service");
  await expect(step(page, "In probation")).toHaveAttribute("aria-current", "step", {
    timeout: WHOLE_CHANGE_MS,
  });
  await fire(page, "F26", OTHER);
  await expect(
    page.getByText(
      new RegExp(`^It went back by itself to what ran before: .+ ${escaped(before)} stays blocked`),
    ),
  ).toBeVisible({ timeout: WHOLE_CHANGE_MS });
  await mend(page, OTHER);
  await openScanner(page, OTHER);
  await expect(page.getByRole("main").getByText("Nominal", { exact: true }).first()).toBeVisible();
}

/** Asks for it on the plain page as a person does; gives what it goes back to. */
async function rollBack(page: Page, serial: string, why: string): Promise<string> {
  await openScanner(page, serial);
  await page.getByRole("link", { name: `Roll back ${serial} …` }).click();
  await expect(page.getByRole("heading", { name: "Is it safe to touch?" })).toBeVisible();
  await page.getByRole("radio", { name: why }).check({ force: true });
  if (serial === ANNI) await picture(page, "rollback");
  await page.getByRole("button", { name: "Review" }).click();
  const act = page.getByRole("button", { name: new RegExp(`^Roll back ${serial} to`) });
  const release = (await act.innerText()).split(" ").at(-1) ?? "";
  await act.click();
  await expect(page.getByRole("heading", { name: `Change of ${serial}` })).toBeVisible();
  return release;
}

/** To the newest release, from the page of the scanner. */
async function upgrade(page: Page, serial: string, reason: string): Promise<string> {
  await openScanner(page, serial);
  await page.getByRole("link", { name: `Upgrade ${serial} …` }).click();
  const choice = page.getByLabel("Release", { exact: true });
  await choice.selectOption({ index: 1 });
  await page.getByLabel("Reason").fill(reason);
  const act = page.getByRole("button", { name: new RegExp(`^Upgrade ${serial} to`) });
  await expect(act).toBeEnabled();
  const release = (await act.innerText()).split(" ").at(-1) ?? "";
  await picture(page, "upgrade");
  await act.click();
  await expect(page).toHaveURL(/\/changes\/[0-9a-f-]{36}/);
  return release;
}

async function openScanner(page: Page, serial: string): Promise<void> {
  const answer = await page.request.get(`${fleet.url}/dock/api/state?scanner=${serial}`);
  const { target } = (await answer.json()) as { target: { scannerId: string } };
  await page.goto(`${fleet.url}/scanners/${target.scannerId}`);
  await expect(page.getByRole("link", { name: `Roll back ${serial} …` })).toBeVisible();
}

function step(page: Page, word: string) {
  return page.getByRole("listitem").filter({ hasText: new RegExp(`^${word}`) });
}

function escaped(text: string): string {
  return text.replaceAll(".", "\\.");
}

/** For docs/screens, as every other page is pictured there. */
async function picture(page: Page, name: string): Promise<void> {
  for (const [theme, width, height] of LOOKS) {
    await page.emulateMedia({ colorScheme: theme });
    await takePicture(page, `${name}-${theme}-${width}`, { width, height });
  }
  await page.emulateMedia({ colorScheme: "light" });
}
