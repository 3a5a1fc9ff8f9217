import type { Page } from "@playwright/test";
import { expect, expectAccessible, newPerson, ownProduct, test } from "./support/journey.ts";
import {
  ADMIN,
  adoptReviewed,
  approveOnPage,
  commandFromPage,
  createFirstAdmin,
  fillSignIn,
  headline,
  PROMISE_MS,
  printedFingerprint,
  SITE,
  signOut,
} from "./support/steps.ts";
import { runOnThisMachine, type ThisMachine } from "./support/this-machine.ts";

const SERIAL = "BENCH-1";
const HELIUM = { id: "helium-level", value: 71, unit: "%" };
const CHILLER = { id: "chiller-flow", value: 9.5, unit: "l/min" };

test.describe.configure({ mode: "serial" });

const product = ownProduct();

let page: Page;
let machine: ThisMachine | null = null;

test.beforeAll(async ({ chrome }) => {
  page = await newPerson(chrome);
});
test.afterAll(async () => {
  await machine?.stop();
  await page?.context().close();
});

test("an empty installation asks for its first admin and signs them in [RUN-1, ADM-2]", async () => {
  await createFirstAdmin(page, product.url);
  await expect(page.getByRole("heading", { name: "No scanner is enrolled yet." })).toBeVisible();
  await expectAccessible(page);
});

test("afterwards nobody else can become the first: the page is the sign-in page [ADM-2]", async () => {
  await signOut(page);
  await page.goto(`${product.url}/setup`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await fillSignIn(page, ADMIN);
  await expect(page.getByRole("link", { name: "Enrol a machine" })).toBeVisible();
});

test("the command of the page enrols the machine in front of the reader, who compares its key [ADM-4]", async () => {
  const command = await commandFromPage(page, { serial: SERIAL });
  expect(command.split(" && ")).toHaveLength(3);
  machine = runOnThisMachine(command);
  machine.publish([HELIUM, CHILLER]);
  const { printed } = machine;
  await approveOnPage(page, SERIAL, () => printed("the key's fingerprint", printedFingerprint));
});

test("what is not there has a reason, and without a baseline the headline is Unknown [SEE-14, SEE-16]", async () => {
  await expect(page.getByText(/^This host does not run NixOS \(/)).toBeVisible({ timeout: 30_000 });
  await expect(headline(page, "Unknown")).toBeVisible();
  await expect(page.getByRole("main").getByText("Nominal", { exact: true })).toHaveCount(0);
  await expect(page.getByText("Nothing is expected of this scanner yet.")).toBeVisible();
  await expect(page.getByText(/Unknown: This host does not run NixOS, but /).first()).toBeVisible();
  await expectAccessible(page);
});

test("what it runs is adopted after a look at each item, with a reason [EXP-8]", async () => {
  await page.getByRole("link", { name: `Adopt the state of ${SERIAL} as baseline` }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Adopt the state of ${SERIAL}` })).toBeVisible();
  await page.getByLabel(`Class of provided.magnet.${HELIUM.id}`).selectOption({ label: "Configuration" });
  await expectAccessible(page);
  await adoptReviewed(page, "Bench machine as delivered");
  await expect(page.getByText(/^None of \d+ items differs from what /)).toBeVisible();
});

test("a value that its owner stops publishing is said to be unseen on the open page within five seconds [SEE-14, SEE-16]", async () => {
  await expect(headline(page, "Nominal")).toBeVisible();
  machine?.publish([CHILLER]);
  const row = page.getByRole("row", { name: new RegExp(`^provided\\.magnet\\.${HELIUM.id} `) }).first();
  await Promise.all([
    expect(row).toBeVisible({ timeout: PROMISE_MS }),
    expect(headline(page, "Unknown")).toBeVisible({ timeout: PROMISE_MS }),
  ]);
  await expect(row).toContainText("Its owner does not publish it.");
  await expectAccessible(page);
});

test("the audit log has who adopted what and why, and the fleet says the same as the page [ADM-3, SEE-14]", async () => {
  await page.getByRole("navigation", { name: "On this page" }).getByRole("link", { name: "Audit" }).click();
  await expect(page.getByRole("row", { name: /Bench machine as delivered/ })).toContainText(ADMIN.name);
  await expectAccessible(page);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Fleet" }).click();
  await expect(page.getByRole("row", { name: new RegExp(`Unknown ${SERIAL}`) })).toContainText(SITE);
});
