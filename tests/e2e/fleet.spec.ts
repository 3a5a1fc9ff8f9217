import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import pg from "pg";
import { insertFleet } from "#tests/support/big-fleet.ts";
import { ownerUrlOf } from "#tests/support/database-of.ts";
import { FIRST_ADMIN, firstAdmin, type Portal } from "#tests/support/portal.ts";
import { type Product, startProduct } from "#tests/support/product.ts";
import { expect, expectAccessible, newPerson, test } from "./support/journey.ts";
import { takePicture } from "./support/pictures.ts";
import { fillSignIn, PROMISE_MS } from "./support/steps.ts";

const SCANNERS = 10_000;
const ROW_PX = 36;
const HOUR = 3_600_000;

test.describe.configure({ mode: "serial" });

let product: Product;
let portal: Portal;
let page: Page;
let total = 0;

test.beforeAll(async ({ chrome }) => {
  test.setTimeout(300_000);
  product = await startProduct();
  portal = await firstAdmin(product.url);
  await insertFleet(ownerUrlOf(product.data), { scanners: SCANNERS, aheadMs: HOUR });
  total = (await portal.api.scanner.counts.query({})).total;
  page = await newPerson(chrome);
  await page.goto(product.url);
  await fillSignIn(page, FIRST_ADMIN);
  await expect(table()).toBeVisible();
});
test.afterAll(async () => {
  await page?.context().close();
  await product?.stop();
});

const table = () => page.getByRole("table");
const main = () => page.getByRole("main");
const linkAt = (place: number) => page.locator(`tr[data-index="${place}"] a.row-link`);
const pills = () => page.getByRole("list", { name: "Filters" });

async function open(query = ""): Promise<void> {
  await page.goto(`${product.url}/fleet${query}`);
  await expect(linkAt(0)).toBeVisible();
}

test("ten thousand rows are there, and few of them in the page [UI-1]", async () => {
  await open();
  await expect(table()).toHaveAttribute("aria-rowcount", String(total + 1));
  await expect(page.getByText(`${total.toLocaleString("en")} scanners`)).toBeVisible();
  await main().evaluate((element, top) => {
    element.scrollTop = top;
  }, 9_000 * ROW_PX);
  await expect(page.locator('tr[aria-rowindex="9002"] a.row-link')).toBeVisible();
  expect(await page.getByRole("row").count()).toBeLessThan(120);
  const [ninth] = (await portal.api.scanner.list.query({ offset: 9_000, limit: 1 })).rows;
  await expect(page.locator('tr[aria-rowindex="9002"]')).toContainText(ninth?.serial ?? "?");
  await expect(page.getByRole("columnheader", { name: "Scanner" })).toBeInViewport();
});

test("what is scrolled before the page comes alive stays scrolled [UI-1]", async () => {
  let comesAlive = () => {};
  const alive = new Promise<void>((resolve) => {
    comesAlive = resolve;
  });
  await page.route("**/_next/static/**/*.js", async (route) => {
    await alive;
    await route.continue();
  });
  await page.goto(`${product.url}/fleet`, { waitUntil: "commit" });
  await expect(linkAt(0)).toBeVisible();
  // The first rows are there before the height of all of them is: until then there is nowhere to scroll to.
  const scrolled = () =>
    main().evaluate((element, top) => {
      element.scrollTop = top;
      return element.scrollTop;
    }, 9_000 * ROW_PX);
  await expect.poll(scrolled).toBe(9_000 * ROW_PX);
  comesAlive();
  await expect(page.locator('tr[aria-rowindex="9002"] a.row-link')).toBeVisible();
  await page.unroute("**/_next/static/**/*.js");
});

test("the filter is an address: it survives a reload, and Back takes it back [UI-1]", async () => {
  await open();
  await page
    .getByRole("list", { name: "Filter by headline" })
    .getByRole("link", { name: /Drifted/ })
    .click();
  await expect(page).toHaveURL(/\?headline=drifted$/);
  await expect(pills()).toContainText("Headline Drifted");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("button", { name: "Tag" }).click();
  await page.getByRole("checkbox", { name: /^beta/ }).click();
  await expect(page.getByRole("checkbox", { name: /^beta/ })).toBeChecked();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/headline=drifted&tag=beta$/);
  const { total: found } = await portal.api.scanner.counts.query({ query: "headline=drifted&tag=beta" });
  await expect(table()).toHaveAttribute("aria-rowcount", String(found + 1));
  await page.reload();
  await expect(pills()).toContainText("Tag beta");
  await expect(table()).toHaveAttribute("aria-rowcount", String(found + 1));
  await page.goBack();
  await expect(page).toHaveURL(/\?headline=drifted$/);
  await expect(pills()).not.toContainText("beta");
  const { total: drifted } = await portal.api.scanner.counts.query({ query: "headline=drifted" });
  await expect(table()).toHaveAttribute("aria-rowcount", String(drifted + 1));
  await page.getByRole("link", { name: "Take off Headline Drifted" }).click();
  await expect(table()).toHaveAttribute("aria-rowcount", String(total + 1));
});

test("what is not understood filters nothing, and says so", async () => {
  await open("?headline=unsfe&tag=beta");
  await expect(pills()).toContainText("Not understood, filters nothing headline=unsfe");
  const { total: found } = await portal.api.scanner.counts.query({ query: "tag=beta" });
  await expect(table()).toHaveAttribute("aria-rowcount", String(found + 1));
});

test("a change shows in its place within the promise, and nothing moves under the pointer [SEE-14]", async () => {
  await open("?headline=nominal&headline=unsafe&sort=serial");
  const place = 7;
  const serial = await linkAt(place).locator("bdi").first().innerText();
  const row = page.locator(`tr[data-index="${place}"]`);
  await expect(row).not.toContainText("Lost");
  const before = await serials();
  const scannerId = new URL((await linkAt(place).getAttribute("href")) ?? "", product.url).pathname
    .split("/")
    .at(-1);
  await sql(
    `update "ScannerState" set safety = 'lost', headline = 'unsafe', "headlineSince" = now() where "scannerId" = $1`,
    [scannerId],
  );
  await portal.api.scanner.rename.mutate({
    scannerId: scannerId as never,
    alias: "Live",
    reason: "to be seen",
  });
  await expect(row.getByText("Lost")).toBeVisible({ timeout: PROMISE_MS });
  await expect(row).toContainText("Live");
  expect(await serials()).toEqual(before);
  expect(await linkAt(place).locator("bdi").first().innerText()).toBe(serial);
  await page.getByRole("button", { name: "1 changed, refresh order" }).click();
  await expect(page.getByRole("button", { name: /refresh order/ })).toHaveCount(0);
});

/** Of the rows in sight; how many more are kept ready beyond them is the page's own business. */
async function serials(): Promise<string[]> {
  return (await page.locator("tr[data-index] a.row-link bdi.strong").allInnerTexts()).slice(0, 15);
}

test("without a mouse: search, move, select a range, let go, open [UI-2]", async () => {
  await open();
  await page.keyboard.press("j");
  await expect(linkAt(0)).toBeFocused();
  for (let step = 0; step < 40; step += 1) await page.keyboard.press("j");
  await expect(linkAt(40)).toBeFocused();
  await expect(linkAt(40)).toBeInViewport();
  await main().evaluate((element) => {
    element.scrollTop = 200_000;
  });
  await expect(linkAt(40), "the focus survives rows that leave the page").toBeFocused();
  await page.keyboard.press("k");
  await expect(linkAt(39)).toBeFocused();
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+X");
  const bulk = page.getByRole("region", { name: "Selected scanners" });
  await expect(bulk).toContainText("3 selected");
  await bulk.getByRole("button", { name: `Select all ${total.toLocaleString("en")} matching` }).click();
  await expect(bulk).toContainText(`${total.toLocaleString("en")} selected`);
  await expect(bulk.getByRole("button", { name: "Add tag" })).toHaveAttribute("aria-disabled", "true");
  await page.keyboard.press("Escape");
  await expect(bulk).toHaveCount(0);
  await linkAt(41).focus();
  const serial = await linkAt(41).locator("bdi").first().innerText();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: serial })).toBeVisible();
});

test("many are tagged at once, with a reason, after they were named", async () => {
  await open("?search=FM25");
  await page.locator('tr[data-index="0"]').hover();
  await page
    .getByRole("checkbox", { name: /^Select / })
    .first()
    .check();
  await page.getByRole("button", { name: "Add tag" }).click();
  const dialog = page.getByRole("dialog", { name: "Add tags to 1 scanner" });
  await expect(dialog).toContainText(await linkAt(0).locator("bdi").first().innerText());
  await expectAccessible(page, "[role=dialog], dialog");
  await dialog.getByLabel("Tags").fill("pilot");
  await dialog.getByLabel("Reason").fill("first wave");
  await dialog.getByRole("button", { name: "Tag 1 scanner" }).click();
  await expect(dialog).toHaveCount(0);
  await open("?tag=pilot");
  await expect(table()).toHaveAttribute("aria-rowcount", "2");
});

test("columns and a named view are kept with the person", async () => {
  await open("?headline=behind");
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "Tags" }).click();
  await expect(page.getByRole("columnheader", { name: "Tags" })).toBeAttached();
  await page.getByRole("button", { name: "Comfortable" }).click();
  await expect(table()).toHaveAttribute("data-density", "comfortable");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByLabel("Save this filter as").fill("Late ones");
  await page.getByLabel("What it is for").fill("Ask their sites for a window");
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(page.getByRole("button", { name: /^Late ones/ })).toBeVisible();
  await expectAccessible(page);
  await open();
  await expect(page.getByRole("columnheader", { name: "Tags" })).toBeAttached();
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("button", { name: /^Late ones/ }).click();
  await expect(page).toHaveURL(/\?headline=behind$/);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("button", { name: "The usual columns" }).click();
  await page.getByRole("button", { name: "Compact" }).click();
  await expect(table()).toHaveAttribute("data-density", "compact");
});

test("the file holds what the table shows", async () => {
  await open("?headline=drifted&tag=loan");
  const coming = page.waitForEvent("download");
  await page.keyboard.press("e");
  const file = await coming;
  expect(file.suggestedFilename()).toMatch(/^fleet-\d{4}-\d{2}-\d{2}T\d{4}Z\.csv$/);
  const lines = readFileSync(await file.path(), "utf8")
    .trimEnd()
    .split("\r\n");
  const { total: found } = await portal.api.scanner.counts.query({ query: "headline=drifted&tag=loan" });
  expect(lines).toHaveLength(found + 2);
  expect(lines.at(-1)).toContain("filter: headline=drifted&tag=loan");
});

test("on a phone the same scanners are cards, in the same order [UI-2]", async () => {
  await page.setViewportSize({ width: 320, height: 640 });
  await open0();
  await expect(table()).toHaveCount(0);
  const [first] = (await portal.api.scanner.list.query({ limit: 1 })).rows;
  await expect(cards().first()).toContainText(first?.serial ?? "?");
  await page.evaluate(() => window.scrollTo(0, 300_000));
  await expect(cards().last().getByRole("link")).toBeVisible();
  expect(await cards().count()).toBeLessThan(40);
  await page.setViewportSize({ width: 1440, height: 900 });
});

async function open0(): Promise<void> {
  await page.goto(`${product.url}/fleet`);
  await expect(cards().first()).toBeVisible();
}

function cards(): Locator {
  return page.getByRole("list", { name: "Scanners" }).getByRole("listitem");
}

test("the page is whole in every size and theme, filtered and not, with a menu open [UI-2]", async () => {
  test.setTimeout(400_000);
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    for (const width of [1440, 768, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${product.url}/fleet?headline=unsafe&headline=drifted&colour=red`);
      await expect(pills()).toBeVisible();
      const beyond = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await expect.poll(beyond, `${width} px`).toBeLessThanOrEqual(0);
      await expectAccessible(page);
      await takePicture(page, `fleet-${theme}-${width}`);
      await page.getByRole("button", { name: "Filter", exact: true }).click();
      await expect(page.getByRole("dialog", { name: "Filter by" })).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press("Escape");
    }
  }
});

async function sql(text: string, values: unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrlOf(product.data) });
  await client.connect();
  await client.query(text, values);
  await client.end();
}
