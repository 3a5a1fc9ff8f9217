import type { Page } from "@playwright/test";
import { dock, enterAs, fire, mend, ownExampleFleet } from "./support/example-fleet.ts";
import { expect, expectAccessible, test } from "./support/journey.ts";
import { takePicture } from "./support/pictures.ts";

/** Whoever owns the server attacks a scanner of the example fleet, and its page says by name what it refused (RUN-5). */
const fleet = ownExampleFleet("--scanners", "60");
/** A busy machine verifies slowly; nothing here is promised in seconds. */
const ANSWER_MS = 120_000;
const LOOKS = [
  ["light", 1280, 900],
  ["dark", 1280, 900],
  ["light", 320, 640],
  ["dark", 320, 640],
] as const;
let page: Page;

test.describe.configure({ mode: "serial" });
test.afterAll(async () => {
  await page?.context().close();
});

test("the tray names sixteen attacks, and what each does [RUN-5, UI-2]", async ({ chrome }) => {
  page = await enterAs(chrome, fleet.url, "administrator");
  // Some scanner that is well: broken once to learn which, and mended.
  const { serial, scannerId } = await fire(page, "F20");
  await mend(page, serial);
  await page.goto(`${fleet.url}/scanners/${scannerId}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(serial);
  await dock(page).getByRole("button", { name: "You own the server: attack…" }).click();
  await expect(
    dock(page).getByRole("heading", { name: `You own the server: attack ${serial}` }),
  ).toBeVisible();
  await expect(dock(page).getByRole("button", { name: /^E-\d\d / })).toHaveCount(16);
});

for (const [id, name] of [
  ["E-05", "Below the security floor"],
  ["E-09", "Freeze"],
  ["E-01", "Wrong system"],
] as const)
  test(`${id} is refused, and the scanner's page says: ${name} [SIG-2, RUN-5]`, async () => {
    test.setTimeout(2 * ANSWER_MS);
    await dock(page)
      .getByRole("button", { name: new RegExp(`^${id} `) })
      .click();
    const row = dock(page).getByRole("listitem").filter({ hasText: id });
    await expect(row).toContainText(`Refused: ${name}.`, { timeout: ANSWER_MS });
    await expect(row).toContainText(/Seen to run \d{4}\.\d\d\.\d, as before\./);
    const changes = page.locator("#changes");
    await expect(changes).toContainText(`It refused what its server sent: ${name}.`, { timeout: ANSWER_MS });
    await expect(changes).toContainText("changed nothing");
    await expect(page.getByText("Change refused").first()).toBeVisible();
  });

test("the tray is whole in every size and theme [UI-2]", async () => {
  test.setTimeout(600_000);
  for (const [theme, width, height] of LOOKS) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height });
    await dock(page).getByRole("listitem").filter({ hasText: "E-01" }).scrollIntoViewIfNeeded();
    await takePicture(page, `attack-${theme}-${width}`);
    await expectAccessible(page);
    const beyond = () => document.documentElement.scrollWidth - window.innerWidth;
    await expect.poll(() => page.evaluate(beyond)).toBeLessThanOrEqual(0);
    const frame = page.frames().find((one) => one.url().includes("/dock/"));
    await expect.poll(() => frame?.evaluate(beyond)).toBeLessThanOrEqual(0);
  }
});
