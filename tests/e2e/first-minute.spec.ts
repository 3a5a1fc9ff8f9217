import type { Page } from "@playwright/test";
import { dock, enterAs, fire, mend, ownExampleFleet } from "./support/example-fleet.ts";
import { expect, expectAccessible, test } from "./support/journey.ts";
import { takePicture } from "./support/pictures.ts";
import { PROMISE_MS } from "./support/steps.ts";

/** What a visitor does in the first minute (RUN-5): who are you, break something, see what it is. */
const fleet = ownExampleFleet("--scanners", "60");
let page: Page;

test.describe.configure({ mode: "serial" });
test.afterAll(async () => {
  await page?.context().close();
});

test("one picks the engineer and is in, without a password, and the page says what this is [RUN-5]", async ({
  chrome,
}) => {
  page = await enterAs(chrome, fleet.url, "Ortega");
  await expect(page.getByText(/nothing here reaches a real device/)).toBeVisible();
  expect(fleet.log()).toMatch(/First page \d+(\.\d)? s after the command.*; it is \d+ kB in \d+ files\./);
  await takePicture(page, "first-minute-1-fleet");
});

test("a crashed safety daemon is on the open page within five seconds, and its cause within two clicks [RUN-5, SEE-14]", async () => {
  await page.goto(`${fleet.url}/fleet?search=FM25-0137`);
  const row = page.getByRole("row", { name: /FM25-0137/ });
  await expect(row).toBeVisible();
  await expect(row.getByText("Unsafe")).toHaveCount(0);
  await crashOn("FM25-0137");
  await expect(row.getByText("Unsafe")).toBeVisible({ timeout: PROMISE_MS });
  await takePicture(page, "first-minute-2-unsafe");
  // The only click it takes: the row. The cause stands on the page it opens.
  await row.getByRole("link").first().click();
  const main = page.getByRole("main");
  await expect(main.getByText(/safety daemon (is not heard|stopped speaking|lost)/i).first()).toBeVisible();
  await expect(main.getByRole("link", { name: /safety daemon.*lost/i }).first()).toBeVisible();
  await expectAccessible(page);
  await takePicture(page, "first-minute-3-cause");
});

test("what was broken is mended from the same place, and the page says so by itself [RUN-5]", async () => {
  await mend(page, "FM25-0137");
  await expect(page.getByRole("main").getByText("Nominal", { exact: true }).first()).toBeVisible({
    timeout: 30_000,
  });
  await takePicture(page, "first-minute-4-mended");
});

/** The order the tray gives; the tray then says what is broken where. */
async function crashOn(serial: string): Promise<void> {
  await fire(page, "F12", serial);
  await expect(dock(page).getByRole("button", { name: "Crash a safety daemon" })).toBeVisible();
}
