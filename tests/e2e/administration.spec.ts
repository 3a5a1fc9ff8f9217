import type { Page } from "@playwright/test";
import { approve, FIRST_ADMIN, firstAdmin } from "#tests/support/portal.ts";
import { SigningScanner } from "#tests/support/signing-scanner.ts";
import { expect, expectAccessible, newPerson, ownProduct, test } from "./support/journey.ts";
import { fillSignIn, headline, SITE } from "./support/steps.ts";

const SERIALS = ["FM25-0137", "FM25-0138"] as const;
const [FIRST, SECOND] = SERIALS;

test.describe.configure({ mode: "serial" });

const product = ownProduct();
const scanners: SigningScanner[] = [];
let admin: Page;

test.beforeAll(async ({ chrome }) => {
  const portal = await firstAdmin(product.url);
  const [site] = await portal.api.site.list.query();
  if (site === undefined) throw new Error("the installation has no site");
  for (const serial of SERIALS) {
    const { token } = await portal.api.enrolment.createToken.mutate({ siteId: site.siteId, serial });
    const scanner = new SigningScanner(product.url);
    await scanner.enrol(token, serial);
    await approve(portal, serial);
    await scanner.report(1);
    scanners.push(scanner);
  }
  admin = await newPerson(chrome);
  await admin.goto(product.url);
  await fillSignIn(admin, FIRST_ADMIN);
  await expect(admin.getByRole("navigation", { name: "Main" })).toBeVisible();
});
test.afterAll(async () => {
  await admin?.context().close();
});

test("a sheet with a wrong line writes nothing until the good lines are chosen", async () => {
  await admin.goto(`${product.url}/sites`);
  await admin.getByRole("link", { name: "Import a sheet" }).click();
  await admin
    .getByLabel("Or paste its text")
    .fill(`name;region;time zone;beds\nKiel;North;Europe/Berlin;12\nBonn;West;Rhineland;9\n`);
  await admin.getByRole("button", { name: "Show what would change" }).click();
  await expect(admin.getByRole("heading", { name: "1 line is wrong" })).toBeVisible();
  await expect(admin.getByText("Rhineland is not a time zone.")).toBeVisible();
  await expect(admin.getByText("Left aside, since nobody knows these columns: beds.")).toBeVisible();
  await expectAccessible(admin);
  await admin.getByLabel("Reason").fill("inventory");
  await admin.getByRole("button", { name: "Import the 1 good line" }).click();
  await expect(admin.getByText("Imported: 1 changed, 1 left out.")).toBeVisible();
  await admin.goto(`${product.url}/sites`);
  await expect(admin.getByRole("heading", { name: "North" })).toBeVisible();
  await expect(admin.getByRole("row", { name: /Kiel/ })).toBeVisible();
  await expect(admin.getByText("Bonn")).toHaveCount(0);
  await expectAccessible(admin);
});

test("labels and tags are edited, and what is no tag is named", async () => {
  await openScanner(FIRST);
  await admin.getByRole("button", { name: `Edit ${FIRST}` }).click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("Alias").fill("Bay 3");
  await dialog.getByLabel("Tags").fill("Trial <b>");
  await dialog.getByLabel("Reason").fill("moved in");
  await dialog.getByRole("button", { name: `Save ${FIRST}` }).click();
  await expect(dialog.getByText("<b> is not a tag.")).toBeVisible();
  await expectAccessible(admin);
  await dialog.getByLabel("Tags").fill("Trial haus-b");
  await dialog.getByRole("button", { name: `Save ${FIRST}` }).click();
  await expect(dialog).toHaveCount(0);
  await expect(admin.getByRole("heading", { level: 1 })).toContainText("Bay 3");
});

test("maintenance is said with its end beside the word, and can be ended", async () => {
  await edit(FIRST, "Service");
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("Ends by itself").selectOption({ label: "in 1 day" });
  await dialog.getByLabel("Reason").fill("coil exchange");
  await expectAccessible(admin);
  await dialog.getByRole("button", { name: `Mark maintenance of ${FIRST}` }).click();
  await expect(admin.getByText(/^Maintenance until /)).toBeVisible();
  await edit(FIRST, "Service");
  await dialog.getByLabel("Reason").fill("done");
  await dialog.getByRole("button", { name: `End maintenance of ${FIRST}` }).click();
  await expect(admin.getByText(/^Maintenance until /)).toHaveCount(0);
});

test("a scanner moves to another site with its page and its history", async () => {
  await edit(FIRST, "Site");
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("Move to").selectOption({ label: "Kiel, North" });
  await dialog.getByLabel("Reason").fill("new hospital");
  await dialog.getByRole("button", { name: `Move ${FIRST} to Kiel` }).click();
  await expect(dialog).toHaveCount(0);
  await expect(admin.getByText("Kiel, North").first()).toBeVisible();
  expect((await scanners[0]?.report(2))?.status).toBe(200);
});

test("retiring takes the serial; the machine is told, and its site can then be closed", async () => {
  await openScanner(SECOND);
  await edit(SECOND, "Retire");
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("Type the serial to confirm").fill(FIRST);
  await expect(dialog.getByText(`This is not ${SECOND}.`)).toBeVisible();
  await dialog.getByLabel("Type the serial to confirm").fill(SECOND);
  await dialog.getByLabel("Reason").fill("scrapped");
  await expectAccessible(admin);
  await dialog.getByRole("button", { name: `Retire ${SECOND}` }).click();
  await expect(headline(admin, "Retired")).toBeVisible();
  expect((await scanners[1]?.report(2))?.json.refused).toBe("retired");
  await admin.goto(`${product.url}/sites`);
  await admin.getByRole("button", { name: `Edit ${SITE}` }).click();
  await dialog.getByRole("button", { name: "Close", exact: true }).first().click();
  await dialog.getByLabel("Reason").fill("given up");
  await dialog.getByRole("button", { name: `Close ${SITE}` }).click();
  await admin.getByText("1 closed site").click();
  await expect(admin.getByRole("button", { name: `Open ${SITE}` })).toBeVisible();
  await expectAccessible(admin);
});

async function openScanner(serial: string): Promise<void> {
  await admin.goto(`${product.url}/fleet`);
  await admin.getByRole("link", { name: serial }).first().click();
  await expect(admin.getByRole("heading", { level: 1 })).toContainText(serial);
}

async function edit(serial: string, section: string): Promise<void> {
  await admin.getByRole("button", { name: `Edit ${serial}` }).click();
  await admin.getByRole("dialog").getByRole("button", { name: section, exact: true }).click();
}
