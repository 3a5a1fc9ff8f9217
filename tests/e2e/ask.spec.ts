import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import { digestOf, listingOf, makeReport, RELEASES, seeded } from "#tests/support/asked-reports.ts";
import { approve, FIRST_ADMIN, firstAdmin, type Portal } from "#tests/support/portal.ts";
import { freePort, type ProductProcess, runProduct } from "#tests/support/product.ts";
import { SigningScanner } from "#tests/support/signing-scanner.ts";
import { expect, expectAccessible, newPerson, test } from "./support/journey.ts";
import { takePicture } from "./support/pictures.ts";
import { fillSignIn } from "./support/steps.ts";

const SERIALS = ["FM25-0137", "FM25-0152", "FM30-0021", "FM30-0033", "FS10-0304"] as const;
const WIDTHS = [1440, 768, 320] as const;
const THEMES = ["light", "dark"] as const;

test.describe.configure({ mode: "serial" });

const data = mkdtempSync(path.join(tmpdir(), "fiducial-"));
let product: ProductProcess;
let portal: Portal;
let page: Page;
const scanners: { serial: string; scannerId: string; client: SigningScanner }[] = [];
const random = seeded(11);

test.beforeAll(async ({ chrome }) => {
  test.setTimeout(300_000);
  product = await runProduct({ port: await freePort(), data });
  portal = await firstAdmin(product.url);
  for (const serial of SERIALS) await enrolled(serial);
  for (const seq of [1, 2, 3]) for (const one of scanners) await report(one, seq);
  page = await newPerson(chrome);
});
test.afterAll(async () => {
  await page?.context().close();
  await product?.interrupt();
  rmSync(data, { recursive: true, force: true });
});

test("a question leads to the scanners that have it [EXP-9]", async () => {
  await page.goto(`${product.url}/ask`);
  await fillSignIn(page, FIRST_ADMIN);
  const field = page.getByRole("combobox", { name: "What do you want to know?" });
  const nvidia = page.getByRole("option", { name: /^nvidia\s*kernel module$/ });
  await expect(async () => {
    await field.fill("");
    await field.fill("nvi");
    await expect(nvidia).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await expectAccessible(page);
  await nvidia.click();
  await expect(page).toHaveURL(/\/ask\?q=module%3Anvidia/);
  const groups = page.getByRole("list", { name: "nvidia by value" });
  await expect(groups.getByRole("button").first()).toBeVisible();
  await groups.getByRole("button").first().click();
  const first = page
    .getByRole("list", { name: /^Scanners with / })
    .getByRole("link")
    .first();
  await expect(first).toBeVisible();
  await takePicture(page, "ask");
  const serial = (await first.innerText()).trim().split(/\s/)[0] ?? "";
  await first.click();
  await expect(page.getByRole("heading", { level: 1, name: new RegExp(serial) })).toBeVisible();
});

test("what nobody reported is told apart from what nobody reports [EXP-9, SEE-14]", async () => {
  await page.goto(`${product.url}/ask?q=module%3Anvidiia`);
  await expect(page.getByRole("heading", { level: 1, name: "Nobody reported module:nvidiia" })).toBeVisible();
  await expect(page.getByText(/^\d of 5 scanners report kernel modules at all\.$/)).toBeVisible();
});

test("Enter asks what was typed, in the words it was typed in [EXP-9]", async () => {
  await page.goto(`${product.url}/ask`);
  await page.getByRole("combobox", { name: "What do you want to know?" }).fill("openssl < 3.0.13");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=openssl/);
  await expect(
    page.getByRole("heading", { level: 1, name: /^openssl < 3\.0\.13 matches on \d scanner/ }),
  ).toBeVisible();
  await page.getByRole("link", { name: "Had it at any time" }).click();
  await expect(page).toHaveURL(/when=ever/);
});

test("two scanners are chosen by name and compared over everything [EXP-9]", async () => {
  await page.goto(`${product.url}/compare`);
  await page.getByRole("combobox", { name: "Left" }).fill(SERIALS[0]);
  await page.getByRole("option", { name: new RegExp(SERIALS[0]) }).click();
  await expect(page.getByRole("region", { name: "Left" }).getByText(SERIALS[0])).toBeVisible();
  await page.getByRole("combobox", { name: "Right" }).fill(SERIALS[1]);
  await page.getByRole("option", { name: new RegExp(SERIALS[1]) }).click();
  await expect(page.getByRole("heading", { level: 1, name: /differ.*equal/ })).toBeVisible();
  const [left] = await page.getByRole("region", { name: "Left" }).getByRole("link").allInnerTexts();
  expect(left).toBe(SERIALS[0]);
  await page.getByRole("link", { name: "Swap sides" }).click();
  await expect(
    page.getByRole("region", { name: "Left" }).getByRole("link", { name: SERIALS[1] }),
  ).toBeVisible();
  await takePicture(page, "compare");
});

test("with the keys alone one goes through the time that is recorded [EXP-6, UI-2]", async () => {
  await page.goto(`${product.url}/fleet/at`);
  const slider = page.getByRole("slider", { name: "Moment" });
  await slider.focus();
  await page.keyboard.press("Home");
  await expect(page).toHaveURL(/t=\d{4}-/);
  const early = new URL(page.url()).searchParams.get("t");
  await page.keyboard.press("End");
  await expect.poll(() => new URL(page.url()).searchParams.get("t")).not.toBe(early);
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("row", { name: new RegExp(SERIALS[0]) })).toBeVisible();
  await takePicture(page, "fleet-at");
  await page.getByRole("link", { name: new RegExp(SERIALS[0]) }).click();
  await expect(page.getByRole("heading", { level: 1, name: new RegExp(`^${SERIALS[0]}, `) })).toBeVisible();
  await expect(page.getByText(/kinds of facts held then$/)).toBeVisible();
  await page.getByRole("link", { name: "Compare with now" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /equal/ })).toBeVisible();
});

test("before the first report nothing is known, least of all that all was well [EXP-6, SEE-14]", async () => {
  const { scannerId, serial } = scanners[0]!;
  await page.goto(`${product.url}/scanners/${scannerId}/at?t=2020-01-01T00:00:00Z`);
  await expect(
    page.getByText(`Nothing is recorded of ${serial} at that moment. That is not the same as nominal.`),
  ).toBeVisible();
  await expect(page.getByRole("main").getByText("Nominal", { exact: true })).toHaveCount(0);
});

test("one key opens the palette anywhere, and it goes to scanners, questions and pages [UI-2]", async () => {
  await page.goto(`${product.url}/about`);
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search or go to" });
  await expect(palette.getByRole("combobox")).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.type(SERIALS[2]);
  await expect(palette.getByRole("option", { name: new RegExp(SERIALS[2]) }).first()).toBeVisible();
  await takePicture(page, "palette");
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: new RegExp(SERIALS[2]) })).toBeVisible();
  await page.getByRole("button", { name: "Search or go to:" }).click();
  await page.keyboard.type("openssl");
  await palette.getByRole("option", { name: "Ask for “openssl”" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^openssl: / })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Escape");
  await expect(palette).toHaveCount(0);
});

test("keys that go somewhere can be turned off for good, and the palette's stays [UI-2]", async () => {
  await page.goto(`${product.url}/about`);
  // A page that was drawn on the server hears keys a moment later.
  await expect(async () => {
    await page.keyboard.press("g");
    await page.keyboard.press("a");
    await expect(page.getByRole("heading", { level: 1, name: "Ask the fleet" })).toBeVisible({
      timeout: 1_000,
    });
  }).toPass();
  await page.goto(`${product.url}/about`);
  await expect(async () => {
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keyboard" })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expectAccessible(page);
  await page.getByRole("checkbox", { name: "Single-key shortcuts" }).uncheck();
  await page.keyboard.press("Escape");
  await page.reload();
  await page.keyboard.press("?");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Search or go to" })).toBeVisible();
  await expect(page.getByRole("dialog", { name: "Keyboard" })).toHaveCount(0);
});

for (const route of [
  "ask",
  "ask?q=openssl",
  "ask?q=nothing-like-it",
  "compare",
  "fleet/at",
  "compared",
  "scanner/at",
]) {
  test(`/${route} is whole in every size and theme [UI-2]`, async () => {
    const [a, b] = scanners;
    const address = {
      compared: `compare?a=${a?.scannerId}&b=${b?.scannerId}`,
      "scanner/at": `scanners/${a?.scannerId}/at`,
    }[route];
    await expectWhole(`/${address ?? route}`);
  });
}

/** One `main` and one first heading, nothing beyond the right edge, and not one complaint of axe: in both themes, at three widths. */
async function expectWhole(route: string): Promise<void> {
  await page.goto(product.url + route);
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  await expect(page.getByRole("main")).toHaveCount(1);
  await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      await expect
        .poll(
          () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
          `${route} at ${width} px`,
        )
        .toBeLessThanOrEqual(0);
      await expectAccessible(page);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

async function enrolled(serial: string): Promise<void> {
  const [site] = await portal.api.site.list.query();
  const { token } = await portal.api.enrolment.createToken.mutate({ siteId: site!.siteId, serial });
  const client = new SigningScanner(product.url);
  await client.enrol(token, serial);
  const scannerId = await approve(portal, serial);
  scanners.push({ serial, scannerId, client });
}

async function report({ scannerId, client }: (typeof scanners)[number], seq: number): Promise<void> {
  const { facts, release } = makeReport(random);
  const { status, json } = await client.post("report", {
    ...{ protocol: 1, scannerId, bootId: client.bootId, bootCounter: 1, startCounter: 1, seq },
    ...{ uptimeMs: 1_000, witness: null, sentAtMs: Date.now(), observedAtMs: Date.now(), facts },
  });
  expect(status, JSON.stringify(json)).toBe(200);
  if (RELEASES[release]?.sent !== true) return;
  const listing = listingOf(release);
  const sent = await client.post("closure", {
    protocol: 1,
    scannerId,
    digest: digestOf(listing),
    ...listing,
    boot: null,
  });
  expect(sent.status, JSON.stringify(sent.json)).toBe(200);
}
