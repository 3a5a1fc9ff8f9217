import type { Page } from "@playwright/test";
import { approve, FIRST_ADMIN, firstAdmin } from "#tests/support/portal.ts";
import { SigningScanner } from "#tests/support/signing-scanner.ts";
import { expect, expectAccessible, newPerson, ownProduct, test } from "./support/journey.ts";
import { fillSignIn, PROMISE_MS, SITE, signOut } from "./support/steps.ts";
import { totp } from "./support/totp.ts";

const SERIAL = "FM26-0099";
const VIEWER = { name: "Vera Lind", email: "vera@example.org", password: "quiet mornings by the sea" };

test.describe.configure({ mode: "serial" });

const product = ownProduct();

let admin: Page;
let viewer: Page;

test.beforeAll(async ({ chrome }) => {
  const portal = await firstAdmin(product.url);
  const [site] = await portal.api.site.list.query();
  if (site === undefined) throw new Error("the installation has no site");
  const { token } = await portal.api.enrolment.createToken.mutate({ siteId: site.siteId, serial: SERIAL });
  const scanner = new SigningScanner(product.url);
  await scanner.enrol(token, SERIAL);
  await approve(portal, SERIAL);
  await scanner.report(1);
  admin = await newPerson(chrome);
  viewer = await newPerson(chrome);
});
test.afterAll(async () => {
  await admin?.context().close();
  await viewer?.context().close();
});

test("a wrong password is refused without saying which half was wrong [ADM-2]", async () => {
  await admin.goto(product.url);
  await fillSignIn(admin, { ...FIRST_ADMIN, password: "not the password at all" });
  await expect(admin.getByText("E-mail and password do not fit together.")).toBeVisible();
  await fillSignIn(admin, FIRST_ADMIN);
  await expect(admin.getByRole("row", { name: new RegExp(SERIAL) })).toBeVisible();
});

test("an invited viewer makes an account from the link, for the one site [ADM-1, ADM-2]", async () => {
  await menu(admin).getByRole("link", { name: "People" }).click();
  await admin.getByLabel("E-mail").fill(VIEWER.email);
  await admin.getByLabel("Role", { exact: true }).selectOption({ label: "Viewer" });
  await admin.getByLabel("Where").selectOption({ label: `Site ${SITE}` });
  await admin.getByRole("button", { name: "Create invitation" }).click();
  const link = await admin.getByRole("code").innerText();
  await viewer.goto(link);
  await expect(viewer.getByRole("heading", { name: `Join ${FIRST_ADMIN.organisationName}` })).toBeVisible();
  await expect(viewer.getByText(`You are invited as Viewer for ${SITE}`)).toBeVisible();
  await expectAccessible(viewer);
  await viewer.getByLabel("Your name").fill(VIEWER.name);
  await viewer.getByLabel("Password").fill(VIEWER.password);
  await viewer.getByRole("button", { name: "Create account and sign in" }).click();
  await expect(viewer.getByRole("row", { name: new RegExp(SERIAL) })).toBeVisible();
  await admin.goto(link);
  await expect(admin.getByRole("heading", { name: "This invitation cannot be used." })).toBeVisible();
});

test("a viewer sees the scanner and is offered nothing that a viewer may not do [ADM-1]", async () => {
  await expect(menu(viewer).getByRole("link", { name: "Sites" })).toBeVisible();
  for (const name of ["Enrol", "People", "Audit"]) {
    await expect(menu(viewer).getByRole("link", { name })).toHaveCount(0);
  }
  await viewer.getByRole("link", { name: SERIAL }).click();
  await expect(viewer.getByText("Nothing is expected of this scanner yet.")).toBeVisible();
  await expect(viewer.getByRole("link", { name: /^Adopt/ })).toHaveCount(0);
  for (const route of ["/people", "/enrol", "/audit", `${new URL(viewer.url()).pathname}/adopt`]) {
    await viewer.goto(product.url + route);
    await expect(viewer.getByRole("heading", { name: "You may not see this." }), route).toBeVisible();
    await expect(
      viewer.getByText(/^Your role does not include it\. It is open to: .*Administrator/),
    ).toBeVisible();
  }
});

test("with a second factor a password alone no longer opens the account, and no code works twice [ADM-2]", async () => {
  await menu(viewer).getByRole("link", { name: "Settings" }).click();
  const form = viewer.locator("form").filter({ has: viewer.getByRole("button", { name: "Turn on" }) });
  await form.getByLabel("Current password").fill(VIEWER.password);
  await form.getByRole("button", { name: "Turn on" }).click();
  const key = await viewer.getByRole("code").first().innerText();
  const code = totp(key);
  await viewer.getByLabel("Code from your authenticator app").fill(code);
  await expectAccessible(viewer);
  await viewer.getByRole("button", { name: "Check the code and finish" }).click();
  await expect(viewer.getByText("On. Signing in asks for a code from your app.")).toBeVisible();
  await signOut(viewer);
  await fillSignIn(viewer, VIEWER);
  await viewer.getByLabel("Code from your authenticator app").fill(code);
  await viewer.getByRole("button", { name: "Continue" }).click();
  await expect(viewer.getByText("This code is not valid, or it was used before.")).toBeVisible();
  await viewer.reload();
  await fillSignIn(viewer, VIEWER);
  await viewer.getByLabel("Code from your authenticator app").fill(totp(key, 1));
  await viewer.getByRole("button", { name: "Continue" }).click();
  await expect(viewer.getByRole("row", { name: new RegExp(SERIAL) })).toBeVisible();
});

test("who is deactivated is out of the open page within five seconds [ADM-1, ADM-2]", async () => {
  await admin.goto(`${product.url}/people`);
  await admin
    .getByRole("row", { name: new RegExp(VIEWER.name) })
    .getByRole("button", { name: "Deactivate" })
    .click();
  await admin.getByLabel("Reason").fill("Left the hospital");
  await admin.getByRole("button", { name: `Deactivate ${VIEWER.name}` }).click();
  await expect(viewer.getByRole("dialog", { name: "Your session ended" })).toBeVisible({
    timeout: PROMISE_MS,
  });
  await viewer.reload();
  await expect(viewer.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(admin.getByRole("row", { name: new RegExp(VIEWER.name) })).toContainText("deactivated");
});

test("a session that ends under a half-filled form is renewed in place and the form is kept [ADM-2]", async () => {
  await menu(admin).getByRole("link", { name: "Enrol" }).click();
  await admin.getByLabel("Serial").fill("FM26-0100");
  await admin
    .context()
    .request.post(`${product.url}/api/auth/sign-out`, { headers: { origin: product.url } });
  const create = admin.getByRole("button", { name: `Create a token for ${SITE}` });
  // The page may hear of the end before the click: then the button is off, and the dialog is there without it.
  await create.click({ timeout: 3_000 }).catch(() => undefined);
  const dialog = admin.getByRole("dialog", { name: "Your session ended" });
  await expect(dialog).toBeVisible();
  await expect(admin.getByText(/^Live updates stopped/)).toBeVisible();
  await expectAccessible(admin);
  await dialog.getByLabel("Password").fill(FIRST_ADMIN.password);
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(admin.getByLabel("Serial")).toHaveValue("FM26-0100");
  await expect(admin.getByText(/^Live updates stopped/)).toHaveCount(0);
  await create.click();
  await expect(admin.getByRole("heading", { name: "2. Run this on the machine" })).toBeVisible();
});

function menu(page: Page) {
  return page.getByRole("navigation", { name: "Main" });
}
