import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import { approve, FIRST_ADMIN, firstAdmin, type Portal } from "#tests/support/portal.ts";
import { freePort, type ProductProcess, runProduct } from "#tests/support/product.ts";
import { SigningScanner } from "#tests/support/signing-scanner.ts";
import { expect, expectAccessible, newPerson, test } from "./support/journey.ts";
import { fillSignIn } from "./support/steps.ts";
import { expectWhole } from "./support/whole.ts";

const SERIALS = ["FM26-0201", "FM26-0202", "FM26-0203"] as const;
const SITE = "Universitätsklinikum Hamburg-Eppendorf, Zentrum für Radiologie und Endoskopie";
/** What a scanner may send where it is asked for a text: markup, script, other directions, no place to break. */
const HOSTILE = {
  markup: `<img src="/x" onerror="document.title='taken'"><script>document.title='taken'</script>`,
  direction: "\u202Egnissim si gnihton\u202C \u0645\u0631\u062D\u0628\u0627 \u05E9\u05DC\u05D5\u05DD",
  length: "Unbreakable".repeat(23),
};

test.describe.configure({ mode: "serial" });

const data = mkdtempSync(path.join(tmpdir(), "fiducial-"));
let at: { port: number; data: string };
let product: ProductProcess;
let portal: Portal;
let page: Page;
let scannerPath = "";

test.beforeAll(async ({ chrome }) => {
  test.setTimeout(180_000);
  at = { port: await freePort(), data };
  product = await runProduct(at);
  portal = await firstAdmin(product.url);
  page = await newPerson(chrome);
});
test.afterAll(async () => {
  await page?.context().close();
  await product?.interrupt();
  rmSync(data, { recursive: true, force: true });
});

test("pages for people without a session are whole in every size and theme [UI-2]", async () => {
  for (const route of ["/sign-in", "/invitation/none", "/reset/none"])
    await expectWhole(page, product.url + route);
});

test("nothing enrolled and nothing found are different sentences [UI-2]", async () => {
  await page.goto(product.url);
  await fillSignIn(page, FIRST_ADMIN);
  await expect(page.getByRole("heading", { name: "No scanner is enrolled yet." })).toBeVisible();
  for (const serial of SERIALS) await enrolled(serial);
  await page.goto(`${product.url}/fleet?search=no+such+scanner`);
  await expect(page.getByRole("heading", { name: "No scanner matches." })).toBeVisible();
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page.getByRole("row", { name: new RegExp(SERIALS[0]) })).toBeVisible();
});

test("without a mouse one goes from the fleet to a scanner [UI-2]", async () => {
  await page.goto(`${product.url}/fleet`);
  await expect(page.getByRole("row")).toHaveCount(SERIALS.length + 1);
  await page.keyboard.press("j");
  await expect(page.getByRole("row").nth(1).getByRole("link")).toBeFocused();
  await page.keyboard.press("j");
  await expect(page.getByRole("row").nth(2).getByRole("link")).toBeFocused();
  await page.keyboard.press("k");
  await expect(page.getByRole("row").nth(1).getByRole("link")).toBeFocused();
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox", { name: "Search scanners" })).toBeFocused();
  await page.keyboard.type(SERIALS[2]);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByRole("main").focus();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: SERIALS[2] })).toBeVisible();
  scannerPath = new URL(page.url()).pathname;
});

test("what a scanner or a person sends as a text stays a text [UI-2, X-01, X-02]", async () => {
  const title = await page.title();
  for (const text of Object.values(HOSTILE)) {
    await expect(page.getByText(text.slice(0, 100)).first()).toBeVisible();
  }
  expect(await page.locator("img[src='/x']").count()).toBe(0);
  expect(await page.title()).toBe(title);
});

const ROUTES = [
  "fleet",
  "releases",
  "changes",
  "changes/upgrade",
  "enrol",
  "sites",
  "people",
  "audit",
  "settings",
  "about",
  "no-such-page",
];
for (const route of ROUTES) {
  test(`/${route} is whole in every size and theme [UI-2]`, async () => {
    await expectWhole(page, `${product.url}/${route}`);
  });
}

test("the page of a scanner and its review are whole in every size and theme [UI-2]", async () => {
  await expectWhole(page, product.url + scannerPath);
  await expectWhole(page, `${product.url}${scannerPath}/adopt`);
  await expectWhole(page, `${product.url}${scannerPath}/rollback`);
});

test("while the server is away the page says from when it is, and is live again by itself [UI-2, SEE-14]", async () => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(product.url + scannerPath);
  await expect(page.getByText(/^Live, as of /)).toBeVisible();
  await product.interrupt();
  await expect(page.getByText(/^Live updates stopped .+\. Showing data from then\.$/)).toBeVisible();
  await expect(page.getByText(/^Not live, as of /)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: SERIALS[2] })).toBeVisible();
  await expectAccessible(page);
  product = await runProduct(at);
  await expect(page.getByText(/^Live, as of /)).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText(/^Live updates stopped/)).toHaveCount(0);
});

async function enrolled(serial: string): Promise<void> {
  const sites = await portal.api.site.list.query();
  const known = sites.find(({ name }) => name === SITE);
  const siteId =
    known?.siteId ?? (await portal.api.site.create.mutate({ name: SITE, timeZone: "Europe/Berlin" })).siteId;
  const alias = HOSTILE.markup.slice(0, 120);
  const { token } = await portal.api.enrolment.createToken.mutate({ siteId, serial, alias });
  const scanner = new SigningScanner(product.url);
  await scanner.enrol(token, serial);
  await approve(portal, serial);
  const texts = Object.entries(HOSTILE).map(([id, value]) => ({
    owner: HOSTILE.direction,
    id: `${id} ${value}`.slice(0, 128),
    value,
    unit: null,
    quality: "good",
    ageMs: 0,
  }));
  const { status, json } = await scanner.post("report", {
    ...{ protocol: 1, scannerId: scanner.scannerId, bootId: scanner.bootId },
    ...{ bootCounter: 1, startCounter: 1, seq: 1, uptimeMs: 1_000, witness: null },
    ...{ sentAtMs: Date.now(), observedAtMs: Date.now() },
    facts: { provided: { state: "observed", value: texts } },
  });
  expect(status, JSON.stringify(json)).toBe(200);
}
