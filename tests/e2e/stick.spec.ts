import type { Page } from "@playwright/test";
import { v4 as uuidv4 } from "uuid";
import type { ScannerId } from "#core/identity/identity.ts";
import { approve, FIRST_ADMIN, firstAdmin, type Portal } from "#tests/support/portal.ts";
import { type Product, startProduct } from "#tests/support/product.ts";
import { SigningScanner } from "#tests/support/signing-scanner.ts";
import { expect, newPerson, test } from "./support/journey.ts";
import { takePicture } from "./support/pictures.ts";
import { publishTwo } from "./support/published.ts";
import { fillSignIn, join } from "./support/steps.ts";
import { expectWhole } from "./support/whole.ts";

const SERIAL = "FM25-0521";
const MODEL = "FM-25";
const RELEASE = "2026.12.1";
const VIEWER = { name: "Ines Roth", email: "ines@example.org", password: "quiet mornings by the sea" };
/** The signer is asked by the server's own round; a busy machine signs slowly. */
const SIGNED_MS = 60_000;

test.describe.configure({ mode: "serial" });

let product: Product;
let portal: Portal;
let page: Page;
let scannerId = "" as ScannerId;
let changeId = "";

test.beforeAll(async ({ chrome }) => {
  test.setTimeout(300_000);
  product = await startProduct();
  portal = await firstAdmin(product.url);
  await publishTwo(product, MODEL);
  await askedFor();
  page = await newPerson(chrome);
  await page.goto(product.url);
  await fillSignIn(page, FIRST_ADMIN);
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
});
test.afterAll(async () => {
  await page?.context().close();
  await product?.stop();
});

test("a change is carried by stick: a reason, until when, and once it is signed the line to type [OFF-1]", async () => {
  await page.goto(`${product.url}/changes/${changeId}`);
  await expect(carry(page)).toContainText(`What is signed for ${SERIAL} lasts a day`);
  await expect(carry(page).getByRole("code")).toHaveCount(0);
  await carry(page).getByRole("button", { name: "Carry by USB stick" }).click();
  const dialog = page.getByRole("dialog");
  const send = dialog.getByRole("button", { name: "Carry by USB stick" });
  const until = dialog.getByLabel("Until when (Europe/Berlin)");
  const end = await until.inputValue();
  await until.fill("2021-01-01T12:00");
  await send.click();
  await expect(dialog).toContainText("A time from now on until the end of the change.");
  await expect(dialog.getByLabel("Reason")).toHaveAccessibleDescription(/.+/);
  await until.fill(end);
  await dialog.getByLabel("Reason").fill("The hospital has no network there");
  await send.click();
  await expect(dialog).toHaveCount(0);
  await expect(carry(page)).toContainText("The hospital has no network there");
  await expect(carry(page).getByText(/^Good until .+ CES?T\.$/)).toBeVisible({ timeout: SIGNED_MS });
  const [line] = await carry(page).getByRole("code").allInnerTexts();
  expect(line).toMatch(
    new RegExp(
      `^fiducial bundle write /media/stick --release ${RELEASE} --scanner ${SERIAL}=${scannerId} \\\\\\n  --server http://(localhost|127.0.0.1):${product.port} --expires [-0-9T:]+Z$`,
    ),
  );
  // It lasts as long as the change already: there is nothing more to decide.
  await expect(carry(page).getByRole("button", { name: /^(Carry|Make)/ })).toHaveCount(0);
  await carry(page).getByText("Then at the scanner, as root: three commands").click();
  await expect(carry(page)).toContainText("fiducial-activate bundle apply /mnt");
});

test("the page is whole in every size and theme [UI-2]", async () => {
  await expectWhole(page, `${product.url}/changes/${changeId}`);
  for (const [theme, width, height] of [
    ["light", 1280, 900],
    ["dark", 320, 640],
  ] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height });
    await carry(page).scrollIntoViewIfNeeded();
    await takePicture(page, `carry-${theme}-${width}`);
  }
});

test("a viewer sees what was decided and is offered nothing [ADM-1]", async ({ chrome }) => {
  const viewer = await newPerson(chrome);
  const { link } = await portal.api.person.invite.mutate({
    ...{ email: VIEWER.email, role: "viewer", scope: { kind: "site", siteId: (await site()).siteId } },
  });
  await join(viewer, product.url + link, VIEWER);
  await viewer.goto(`${product.url}/changes/${changeId}`);
  await expect(carry(viewer)).toContainText("The hospital has no network there");
  await expect(carry(viewer)).toContainText("Good until");
  await expect(carry(viewer).getByRole("code")).toHaveCount(0);
  await expect(carry(viewer).getByRole("button")).toHaveCount(0);
  await viewer.context().close();
});

const carry = (who: Page) => who.getByRole("region", { name: "Carry by USB stick" });

async function site() {
  const [first] = await portal.api.site.list.query();
  if (first === undefined) throw new Error("the first administrator made a site");
  return first;
}

/** An upgrade of a scanner that has been enrolled and not been heard since. */
async function askedFor(): Promise<void> {
  const { siteId } = await site();
  const { token } = await portal.api.enrolment.createToken.mutate({ siteId, serial: SERIAL, model: MODEL });
  await new SigningScanner(product.url).enrol(token, SERIAL);
  scannerId = await approve(portal, SERIAL);
  const { changes } = await portal.api.change.request.mutate({
    ...{ scannerIds: [scannerId], action: "activate", release: RELEASE },
    ...{ reason: "December", requestKey: uuidv4() },
  });
  changeId = changes[0]?.changeId ?? "";
}
