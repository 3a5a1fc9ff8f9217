import { createHash } from "node:crypto";
import type { Page } from "@playwright/test";
import type { ScannerId } from "#core/identity/identity.ts";
import { exampleFacts, OTHER_TOPLEVEL, TOPLEVEL } from "#core/report/example-facts.ts";
import { observed } from "#core/report/fact.ts";
import { ownerUrlOf } from "#tests/support/database-of.ts";
import { approve, FIRST_ADMIN, firstAdmin, type Portal } from "#tests/support/portal.ts";
import { type Product, startProduct } from "#tests/support/product.ts";
import { insertChange, insertSignedRelease, withOwner } from "#tests/support/seeded-changes.ts";
import { SigningScanner } from "#tests/support/signing-scanner.ts";
import { expect, newPerson, test } from "./support/journey.ts";
import { fillSignIn, join, PROMISE_MS } from "./support/steps.ts";
import { expectWhole } from "./support/whole.ts";

const SERIAL = "FM25-0412";
const MODEL = "FM-25";
const FAILED = "2026.11.1";
const SECOND = { name: "Femi Ade", email: "femi@example.org", password: "quiet mornings by the sea" };

test.describe.configure({ mode: "serial" });

let product: Product;
let portal: Portal;
let page: Page;
let scanner: SigningScanner;
let scannerId = "" as ScannerId;
let changeId = "";

test.beforeAll(async ({ chrome }) => {
  test.setTimeout(300_000);
  product = await startProduct();
  portal = await firstAdmin(product.url);
  page = await newPerson(chrome);
  await page.goto(product.url);
  await fillSignIn(page, FIRST_ADMIN);
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  await failedChange();
  await tell({ held: true, blocked: true });
});
test.afterAll(async () => {
  await page?.context().close();
  await product?.stop();
});

test("a scanner that went back by itself is held, and one person releases it with a reason [ACT-6]", async () => {
  await page.goto(`${product.url}/changes/${changeId}`);
  await expect(held()).toContainText("It takes nothing new until a person has looked at it");
  await held()
    .getByRole("button", { name: `Release ${SERIAL}` })
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: `Release ${SERIAL}` }).click();
  await expect(dialog).toBeVisible();
  await dialog.getByLabel("Reason").fill("Power supply exchanged");
  await dialog.getByRole("button", { name: `Release ${SERIAL}` }).click();
  await expect(dialog).toHaveCount(0);
  await expect(held()).toContainText("Power supply exchanged");
  await expect(held().getByRole("button")).toHaveAccessibleDescription(/.+/);
  // Only the scanner's own word ends it.
  await tell({ held: false, blocked: true });
  await expect(held()).toHaveCount(0, { timeout: PROMISE_MS });
});

test("a block is lifted by two: who asked cannot confirm, and the second one sees why the first did [ACT-5, ADM-2]", async ({
  chrome,
}) => {
  await blocked()
    .getByRole("button", { name: `Ask to lift the block of ${FAILED}` })
    .click();
  await give("Cable was loose", `Ask to lift the block of ${FAILED}`, page);
  const confirm = { name: `Confirm: lift the block of ${FAILED}` };
  await expect(blocked().getByRole("button", confirm)).toHaveAccessibleDescription(/.+/);
  const second = await secondPerson(await newPerson(chrome));
  await second.goto(`${product.url}/changes/${changeId}`);
  await expect(second.getByText(/Cable was loose/).first()).toBeVisible();
  await second.getByRole("button", confirm).click();
  await give("Saw the new cable", confirm.name, second);
  for (const one of [page, second])
    await expect(one.getByText(/Saw the new cable/).first()).toBeVisible({ timeout: PROMISE_MS });
  await second.context().close();
});

test("the page is whole in every size and theme [UI-2]", async () => {
  await tell({ held: true, blocked: true });
  await expect(held()).toBeVisible();
  await expectWhole(page, `${product.url}/changes/${changeId}`);
});

const held = () => page.getByRole("region", { name: new RegExp(`^${SERIAL} is held`) });
const blocked = () => page.getByRole("region", { name: new RegExp(`^${FAILED} is blocked`) });

async function give(reason: string, act: string, who: Page): Promise<void> {
  const dialog = who.getByRole("dialog");
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: act }).click();
  await expect(dialog).toHaveCount(0);
}

async function failedChange(): Promise<void> {
  const [site] = await portal.api.site.list.query();
  if (site === undefined) throw new Error("the first administrator made a site");
  const { token } = await portal.api.enrolment.createToken.mutate({
    ...{ siteId: site.siteId, serial: SERIAL, model: MODEL },
  });
  scanner = new SigningScanner(product.url);
  await scanner.enrol(token, SERIAL);
  scannerId = await approve(portal, SERIAL);
  changeId = await withOwner(ownerUrlOf(product.data), async (sql) => {
    await insertSignedRelease(sql, { name: FAILED, counter: 12, toplevel: OTHER_TOPLEVEL, model: MODEL });
    return await insertChange(sql, {
      ...{ scannerId, release: FAILED, action: "activate", fromToplevel: TOPLEVEL, reason: "November" },
      steps: [
        { state: "offered", agoMs: 600_000, source: "person" },
        { state: "probation", agoMs: 300_000 },
        { state: "rolled-back", agoMs: 200_000, reason: "health-failed" },
      ],
      ended: true,
    });
  });
}

let sent = 0;

/** A signed report: it runs what it ran before, and this is what stands since the change failed. */
async function tell(standing: { held: boolean; blocked: boolean }): Promise<void> {
  sent += 1;
  const about = {
    ...{ toplevel: OTHER_TOPLEVEL, release: FAILED, changeId },
    ...{ reason: "health-failed" as const, sinceMs: Date.now() - 200_000 },
  };
  const ref = observed({ path: TOPLEVEL, generation: 12, sinceMs: 1_000 });
  const { status, json } = await scanner.post("report", {
    ...{ protocol: 1, scannerId, bootId: scanner.bootId, bootCounter: 1, startCounter: 1, seq: sent },
    ...{ uptimeMs: 1_000 * sent, witness: null, sentAtMs: Date.now(), observedAtMs: Date.now() },
    facts: exampleFacts({
      host: { hardwareFingerprint: createHash("sha256").update(SERIAL).digest("hex") },
      agent: { changesEnabled: true },
      closures: { running: ref, booted: ref, profile: ref, nextBoot: ref },
      quarantine: { held: standing.held ? about : null, blocked: standing.blocked ? [about] : [] },
    }),
  });
  expect(status, JSON.stringify(json)).toBe(200);
}

async function secondPerson(other: Page): Promise<Page> {
  const [site] = await portal.api.site.list.query();
  if (site === undefined) throw new Error("the first administrator made a site");
  const { link } = await portal.api.person.invite.mutate({
    ...{ email: SECOND.email, role: "service-engineer", scope: { kind: "site", siteId: site.siteId } },
  });
  await join(other, product.url + link, SECOND);
  return other;
}
