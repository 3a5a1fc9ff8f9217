import { expect, type Locator, type Page } from "@playwright/test";

/** What a person does on several journeys, by the words they read. */

export const ADMIN = { name: "Mara Ortega", email: "mara@example.org", password: "a long enough password" };
export const SITE = "Hamburg";

/** The product's promise: what changes at a scanner is on an open page within this time (SEE-14). */
export const PROMISE_MS = 5_000;

/** From the address alone: an empty installation asks for its first person and signs them in (ADM-2, RUN-1). */
export async function createFirstAdmin(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page.getByRole("heading", { name: "Set up this portal" })).toBeVisible();
  await page.getByLabel("Your name").fill(ADMIN.name);
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByLabel("Organisation").fill("Example Imaging");
  await page.getByLabel("First site").fill(SITE);
  await page.getByLabel("Time zone of the site").fill("Europe/Berlin");
  await page.getByRole("button", { name: "Create the admin and sign in" }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
}

export async function fillSignIn(
  page: Page | Locator,
  who: { email: string; password: string },
): Promise<void> {
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** From the link of an invitation to a page that is theirs. */
export async function join(page: Page, link: string, who: { name: string; password: string }): Promise<void> {
  await page.goto(link);
  await page.getByLabel("Your name").fill(who.name);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Create account and sign in" }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
}

export async function signOut(page: Page): Promise<void> {
  await page.getByLabel(/^Your menu/).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
}

/** Creates a one-time token and returns the command as the page shows it. */
export async function commandFromPage(page: Page, scanner: { serial?: string } = {}): Promise<string> {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Enrol" }).click();
  if (scanner.serial !== undefined) await page.getByLabel("Serial").fill(scanner.serial);
  await page.getByRole("button", { name: `Create a token for ${SITE}` }).click();
  await expect(page.getByRole("heading", { name: "2. Run this on the machine" })).toBeVisible();
  return await page.getByRole("code").innerText();
}

/** Waits for the machine to show up by itself, compares what it printed with what the page says, approves and opens it. */
export async function approveOnPage(
  page: Page,
  serial: string,
  printed: () => Promise<string>,
): Promise<void> {
  const waiting = page.getByRole("article", { name: serial });
  await expect(waiting).toBeVisible({ timeout: 30_000 });
  const fingerprint = await printed();
  await expect(waiting.getByRole("definition").first()).toContainText(fingerprint);
  const approve = waiting.getByRole("button", { name: `Approve ${serial}` });
  await expect(approve, "nobody approves what was not compared").toBeDisabled();
  await waiting.getByLabel("Both fingerprints are the same").check();
  await approve.click();
  await page.getByRole("link", { name: `Open ${serial}` }).click();
  await expect(page.getByRole("heading", { level: 1, name: serial })).toBeVisible();
}

/** The scanner's own key as `fiducial enroll` prints it. */
export function printedFingerprint(output: string): string | null {
  return /This scanner's key\s+([0-9a-f]{4}(?: [0-9a-f]{4})+)/.exec(output)?.[1] ?? null;
}

/** The big word of the page; it stands before every other one. */
export function headline(page: Page, word: string): Locator {
  return page.getByRole("main").getByText(word, { exact: true }).first();
}

/** On the review page: gives its reason and adopts what is ticked. */
export async function adoptReviewed(page: Page, reason: string): Promise<void> {
  await page.getByLabel("Reason").fill(reason);
  await page.getByRole("button", { name: /^Adopt \d+ items? as baseline of/ }).click();
  await expect(page.getByText("Observed baseline, not signed").first()).toBeVisible({ timeout: 20_000 });
}
