import { createHash } from "node:crypto";
import type { Page } from "@playwright/test";
import type { ChangeState } from "#core/headline/axes.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import type { ChangeTold } from "#core/report/change-kind.ts";
import { EXAMPLE_VALUES, exampleFacts, OTHER_TOPLEVEL, TOPLEVEL } from "#core/report/example-facts.ts";
import { observed } from "#core/report/fact.ts";
import { ownerUrlOf } from "#tests/support/database-of.ts";
import { approve, FIRST_ADMIN, firstAdmin, type Portal } from "#tests/support/portal.ts";
import { type Product, startProduct } from "#tests/support/product.ts";
import { insertChange, insertSignedRelease, withOwner } from "#tests/support/seeded-changes.ts";
import { SigningScanner } from "#tests/support/signing-scanner.ts";
import { expect, expectAccessible, newPerson, test } from "./support/journey.ts";
import { publishTwo } from "./support/published.ts";
import { fillSignIn, PROMISE_MS } from "./support/steps.ts";
import { expectBigTargets, expectWhole } from "./support/whole.ts";

const SERIAL = "FM25-0137";
const MODEL = "FM-25";
const BEFORE = "2026.09.4";
const NOW = "2026.10.2";
const DAY = 24 * 60 * 60_000;
const VIEWER = { name: "Vera Lind", email: "vera@example.org", password: "quiet mornings by the sea" };

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
});
test.afterAll(async () => {
  await page?.context().close();
  await product?.stop();
});

test("without a release the page says how a first one is made, and that it is not made here [SIG-5, SIG-8]", async () => {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Releases" }).click();
  await expect(page.getByRole("heading", { name: "There is no signed release yet." })).toBeVisible();
  await expect(page.getByRole("code")).toHaveText([
    `fiducial init ~/release --solo --for model:MODEL --online-keys online-keys.json --publish-to ${product.url}`,
    "cp ~/release/repository/first-root/*.root.json .data/repository/first-root/",
    "fiducial ship . --folder ~/release",
  ]);
  await expectAccessible(page);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Changes" }).click();
  await expect(page.getByRole("heading", { name: "Nobody has asked for a change yet." })).toBeVisible();
});

test("a release says who signed, who runs it and who can take it [SIG-5, SIG-8]", async () => {
  await seed();
  await page.goto(`${product.url}/releases`);
  await expect(page.getByRole("heading", { name: "3 signed releases" })).toBeVisible();
  await expect(row(NOW)).toContainText("one signer");
  await expect(row("2026.10.1")).toContainText("Withdrawn");
  await page.getByRole("link", { name: NOW, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: NOW })).toBeVisible();
  await expect(page.getByText("Mara Ortega").first()).toBeVisible();
  await expect(page.getByText(/^One signer: a single key decides/)).toBeVisible();
  await expect(page.getByRole("heading", { name: "1 runs it, 0 can take it, 0 cannot." })).toBeVisible();
});

test("pinning says that it starts nothing, and starts nothing [ACT-7]", async () => {
  await page.getByLabel(`Choose ${SERIAL}`).check();
  await page.getByRole("button", { name: `Pin ${NOW} …` }).click();
  await expect(
    page.getByText(/^This only moves what they are compared with\. It starts nothing/),
  ).toBeVisible();
  await page.getByLabel("Reason").fill("Released for all FM-25");
  await page.getByRole("button", { name: `Pin ${NOW} for ${SERIAL}` }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(row(SERIAL)).toContainText("pinned");
  expect((await portal.api.change.list.query({ open: true })).rows).toEqual([]);
});

test("a rollback is asked for by keyboard alone, after a look at checks, reason and review [ACT-4, UI-2]", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${product.url}/scanners/${scannerId}`);
  await page.getByRole("link", { name: `Roll back ${SERIAL} …` }).press("Enter");
  await expect(page.getByRole("heading", { name: "Is it safe to touch?" })).toBeVisible();
  await expect(page.getByRole("radio", { name: new RegExp(`^${BEFORE}`) })).toBeChecked();
  const review = page.getByRole("button", { name: "Review" });
  await expect(review).toHaveAccessibleDescription("Choose why.");
  await page.getByRole("radio", { name: "Image quality" }).press("Space");
  await review.press("Enter");
  await expect(page.getByRole("heading", { name: "Read it once more" })).toBeFocused();
  const act = page.getByRole("button", { name: `Roll back ${SERIAL} to ${BEFORE}` });
  await expect(act).not.toBeFocused();
  await expectBigTargets(page);
  await page.getByRole("button", { name: "Back", exact: true }).press("Enter");
  await expect(page.getByRole("radio", { name: "Image quality" })).toBeChecked();
  await review.press("Enter");
  await act.press("Enter");
  await expect(page).toHaveURL(/change=/);
  changeId = new URL(page.url()).searchParams.get("change") ?? "";
  await expect(page.getByRole("heading", { name: `Change of ${SERIAL}` })).toBeVisible();
  await expect(step("Offered")).toHaveAttribute("aria-current", "step");
  await expect(step("Activating")).toContainText("still to come");
});

test("what the scanner does is seen on another screen, and its result only from what was observed [ACT-4, SEE-14]", async ({
  chrome,
}) => {
  const other = await newPerson(chrome);
  await other.goto(`${product.url}/changes`);
  await fillSignIn(other, FIRST_ADMIN);
  await expect(other.getByRole("heading", { name: "1 change is under way" })).toBeVisible();
  await other.getByRole("link", { name: `Roll back to ${BEFORE}` }).click();
  await expect(other.getByText("“Image quality”")).toBeVisible();
  await tell({ state: "waiting", reason: "scanning" });
  for (const one of [page, other])
    await expect(one.getByText("The scanner waits: the end of the scan.")).toBeVisible({
      timeout: PROMISE_MS,
    });
  await tell({ state: "activating" });
  await expect(
    other.getByRole("button", { name: `Cancel the change of ${SERIAL}` }),
  ).toHaveAccessibleDescription(/^The scanner has begun and finishes by itself/, { timeout: PROMISE_MS });
  // Its word alone confirms nothing: the closure it runs is still the old one.
  await tell({ state: "confirmed" });
  await expect(other.getByText("it says that it is confirmed, and was not seen to run")).toBeVisible({
    timeout: PROMISE_MS,
  });
  await expect(other.getByText(/^Confirmed:/)).toHaveCount(0);
  await tell({ state: "confirmed" }, OTHER_TOPLEVEL);
  for (const one of [page, other])
    await expect(
      one.getByText(/^Confirmed: seen running, booted and healthy in the report of \d\d:\d\d:\d\d CES?T\.$/),
    ).toBeVisible({ timeout: PROMISE_MS });
  await other.context().close();
});

test("a refused change is told by the name of the attack, and what to do [ACT-2, SIG-5]", async () => {
  changeId = await withOwner(ownerUrlOf(product.data), (sql) =>
    insertChange(sql, {
      ...{
        scannerId,
        release: NOW,
        action: "activate",
        fromToplevel: OTHER_TOPLEVEL,
        reason: "October release",
      },
      steps: [
        { state: "offered", agoMs: 90_000, source: "person" },
        { state: "refused", agoMs: 60_000, reason: "mix-and-match" },
      ],
      ended: true,
    }),
  );
  await page.goto(`${product.url}/changes/${changeId}`);
  await expect(page.getByText("The scanner refused it: Mix-and-match.")).toBeVisible();
  await expect(page.getByText(/^Files of different times were put together/)).toBeVisible();
  await expect(page.getByText(/^Somebody or something meddled with what was sent/)).toBeVisible();
  await page.goto(`${product.url}/releases/${NOW}`);
  await expect(page.getByRole("listitem").filter({ hasText: "attack seen: Mix-and-match" })).toContainText(
    SERIAL,
  );
});

test("what had begun on a scanner that is silent is unknown, with its last word beside it [SEE-14, E-13]", async () => {
  const begun = {
    scannerId,
    release: BEFORE,
    action: "rollback",
    fromToplevel: TOPLEVEL,
    reason: "image",
  } as const;
  const id = await withOwner(ownerUrlOf(product.data), async (sql) => {
    const silent = "now() - interval '1 hour'";
    for (const [table, column] of [
      ["ScannerLink", "lastSeenAt"],
      ["ScannerState", "receivedAt"],
    ])
      await sql(`update "${table}" set "${column}" = ${silent} where "scannerId" = $1`, [scannerId]);
    return await insertChange(sql, {
      ...begun,
      steps: [
        { state: "offered", agoMs: 4_000_000, source: "person" },
        { state: "activating", agoMs: 3_700_000 },
      ],
    });
  });
  await page.goto(`${product.url}/changes/${id}`);
  await expect(page.getByText("Its last word: activating.")).toBeVisible();
  await expect(
    page.getByText(/^The scanner continues by itself.+after it had begun\. How it ended/),
  ).toBeVisible();
  await page.goto(`${product.url}/changes`);
  await expect(row(`Roll back to ${BEFORE}`).filter({ hasText: "scanner not heard" })).toContainText(
    "Not known",
  );
  await withOwner(ownerUrlOf(product.data), async (sql) => {
    await sql(`update "Change" set "endedAt" = now(), state = 'rolled-back' where id = $1`, [id]);
  });
});

test("what a published release changes is said in a sentence, with packages and expected items below [SIG-5]", async () => {
  await publishTwo(product, MODEL);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${product.url}/releases/2026.12.1`);
  await expect(page.getByLabel("Compared with")).toHaveValue("2026.12.0");
  await expect(page.getByText(/GPU driver 570\.1 → 580\.2.+1 expected item changes/)).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "safetyd" })).toContainText("3.4.1 → 3.5.0");
  await expect(page.getByRole("row").filter({ hasText: "safety.version" })).toContainText("3.5.0");
  await expect(page.getByRole("heading", { name: "Signatures are good until" })).toBeVisible();
  await page.getByLabel("Compared with").selectOption({ label: "nothing: all that it holds" });
  await expect(page.getByText(/First release of this system, nothing to compare with/)).toBeVisible();
});

const ROUTES = {
  "a published release": () => "releases/2026.12.1",
  "the list of releases": () => "releases",
  "a release": () => `releases/${NOW}`,
  "the table of changes": () => "changes",
  "a refused change": () => `changes/${changeId}`,
  "an upgrade": () => `changes/upgrade?release=${NOW}&scanner=${scannerId}`,
  "a scanner that was changed": () => `scanners/${scannerId}`,
  "a rollback to be asked for": () => `scanners/${scannerId}/rollback`,
  "a change at the scanner": () => `scanners/${scannerId}/rollback?change=${changeId}`,
} as const;
for (const [what, route] of Object.entries(ROUTES))
  test(`${what} is whole in every size and theme [UI-2]`, async () => {
    await expectWhole(page, `${product.url}/${route()}`);
  });

test("a viewer sees all of it and is offered nothing [ACT-4, ADM-1]", async ({ chrome }) => {
  const viewer = await asViewer(await newPerson(chrome));
  await viewer.goto(`${product.url}/scanners/${scannerId}`);
  await expect(viewer.getByRole("heading", { name: /^Last change:/ })).toBeVisible();
  await expect(viewer.getByRole("link", { name: /^(Roll back|Upgrade) FM25-0137 …/ })).toHaveCount(0);
  await viewer.goto(`${product.url}/releases/${NOW}`);
  await expect(viewer.getByRole("heading", { name: /runs? it/ })).toBeVisible();
  await expect(viewer.getByRole("checkbox")).toHaveCount(0);
  await expect(viewer.getByRole("button", { name: /^(Pin|Upgrade)/ })).toHaveCount(0);
  for (const route of [`scanners/${scannerId}/rollback`, "changes/upgrade"]) {
    await viewer.goto(`${product.url}/${route}`);
    await expect(viewer.getByRole("heading", { name: "You may not see this." })).toBeVisible();
  }
  await viewer.context().close();
});

const row = (name: string) => page.getByRole("row").filter({ hasText: name });
const step = (name: string) => page.getByRole("listitem").filter({ hasText: new RegExp(`^${name}`) });

let sent = 0;

/** A signed report of the scanner: what it says of its change, and what it runs. */
async function tell(change: { state: ChangeState; reason?: string } | null, runs = TOPLEVEL): Promise<void> {
  sent += 1;
  const told = { sinceMs: Date.now(), changeId, from: TOPLEVEL, to: OTHER_TOPLEVEL };
  const { status, json } = await scanner.post("report", {
    ...{ protocol: 1, scannerId, bootId: scanner.bootId, bootCounter: 1, startCounter: 1, seq: sent },
    ...{ uptimeMs: 1_000 * sent, witness: null, sentAtMs: Date.now(), observedAtMs: Date.now() },
    facts: facts(change === null ? null : { ...told, ...change }, runs),
  });
  expect(status, JSON.stringify(json)).toBe(200);
}

/** One scanner that runs the newer of two releases, both confirmed on it, and a third that people took back. */
async function seed(): Promise<void> {
  const [site] = await portal.api.site.list.query();
  if (site === undefined) throw new Error("the first administrator made a site");
  const { token } = await portal.api.enrolment.createToken.mutate({
    ...{ siteId: site.siteId, serial: SERIAL, model: MODEL, alias: "Anni" },
  });
  scanner = new SigningScanner(product.url);
  await scanner.enrol(token, SERIAL);
  scannerId = await approve(portal, SERIAL);
  await tell(null);
  await withOwner(ownerUrlOf(product.data), async (sql) => {
    await insertSignedRelease(sql, { name: BEFORE, counter: 9, toplevel: OTHER_TOPLEVEL, model: MODEL });
    await insertSignedRelease(sql, {
      ...{ name: "2026.10.1", counter: 10, toplevel: `${TOPLEVEL}-1`, model: MODEL },
      withdrawn: "The GPU driver stalls.",
    });
    await insertSignedRelease(sql, { name: NOW, counter: 11, toplevel: TOPLEVEL, model: MODEL });
    for (const [release, toplevel, agoMs] of [
      [BEFORE, OTHER_TOPLEVEL, 41 * DAY],
      [NOW, TOPLEVEL, 2 * DAY],
    ] as const)
      await insertChange(sql, {
        ...{ scannerId, release, action: "activate", fromToplevel: null, reason: "as planned", ended: true },
        evidence: {
          running: toplevel,
          booted: toplevel,
          profile: toplevel,
          nextBoot: toplevel,
          safety: "ok",
        },
        steps: [
          { state: "offered", agoMs: agoMs + 600_000, source: "person" },
          { state: "confirmed", agoMs },
        ],
      });
  });
}

function facts(change: Partial<ChangeTold> | null, runs: string) {
  const hardwareFingerprint = createHash("sha256").update(SERIAL).digest("hex");
  const [entry] = EXAMPLE_VALUES.generations.entries;
  if (entry === undefined) throw new Error("the example has a generation");
  const ref = observed({ path: runs, generation: 12, sinceMs: 1_000 });
  return exampleFacts({
    host: { hardwareFingerprint },
    agent: { changesEnabled: true },
    closures: { running: ref, booted: ref, profile: ref, nextBoot: ref },
    generations: { entries: [entry, { ...entry, number: 11, path: OTHER_TOPLEVEL }] },
    ...(change === null ? {} : { change }),
  });
}

async function asViewer(viewer: Page): Promise<Page> {
  const [site] = await portal.api.site.list.query();
  if (site === undefined) throw new Error("the first administrator made a site");
  const { link } = await portal.api.person.invite.mutate({
    email: VIEWER.email,
    role: "viewer",
    scope: { kind: "site", siteId: site.siteId },
  });
  await viewer.goto(product.url + link);
  await viewer.getByLabel("Your name").fill(VIEWER.name);
  await viewer.getByLabel("Password").fill(VIEWER.password);
  await viewer.getByRole("button", { name: "Create account and sign in" }).click();
  await expect(viewer.getByRole("navigation", { name: "Main" })).toBeVisible();
  return viewer;
}
