import type { Page } from "@playwright/test";
import { consider } from "#agent/activate/consider.ts";
import { writeLinkState } from "#agent/link/link-state.ts";
import { ActivatorRoom, change } from "#tests/support/activator-room.ts";
import type { ModelScanner } from "#tests/support/model-scanner.ts";
import { PageRoom } from "#tests/support/page-room.ts";
import { expect, expectAccessible, newPerson, test } from "./support/journey.ts";
import { takePicture } from "./support/pictures.ts";

/**
 * The scanner's own page in a browser: its real server, the activator's real second socket behind it, files, journal and verification; the
 * system below is a model (tests/support/model-scanner.ts). On a whole host: tests/system/own-page.test.ts.
 */
test.describe.configure({ mode: "serial" });

const PASSCODE = "473920";
const WIDTHS = [1280, 768, 320] as const;
const THEMES = ["light", "dark"] as const;
/** Kept in docs/screens; looked at are all six. */
const PICTURED: readonly string[] = ["light-1280", "dark-1280", "light-320"];
/** Markup and no place to break. */
const HOSTILE = `<img src="/x" onerror="document.title='taken'"> ${"Unbreakable".repeat(9)}`;

const room = new ActivatorRoom();
const tops: string[] = [];
let scanner: ModelScanner;
let shown: PageRoom;
let page: Page;

test.beforeAll(async ({ chrome }) => {
  const made = room.host();
  scanner = made.scanner;
  for (const number of [1, 2]) {
    const toplevel = room.release(`r${number}`, number);
    tops.push(toplevel);
    room.installation.instruct({ release: `r${number}`, toplevel, changeId: change(number) });
    room.fillSpool();
    await consider(made.host);
  }
  await writeLinkState(room.folders.run, asTheAgentLeavesIt(made.host.clock.nowMs()));
  shown = await PageRoom.withPasscode(made.host, PASSCODE);
  page = await newPerson(chrome);
});
test.afterAll(async () => {
  await page?.context().close();
  await shown?.close();
  room.remove();
});

test("the overview says what runs and what may be done here [LOC-1, UI-2]", async () => {
  await page.goto(`http://${shown.host}/`);
  await expect(page.getByText("r2", { exact: true })).toBeVisible();
  await whole("own-page");
  for (const name of [
    "Hold: no change until released",
    "Report a problem",
    "Roll back to a confirmed generation",
  ])
    expect((await page.getByRole("link", { name }).boundingBox())?.height ?? 0).toBeGreaterThanOrEqual(48);
});

test("what a person typed stays a text, and a report is taken without a passcode [LOC-1, X-01, X-02]", async () => {
  await page.getByRole("link", { name: "Report a problem" }).click();
  await whole("own-page-report");
  await page.getByRole("textbox").fill(HOSTILE);
  await page.getByRole("button", { name: "Keep and deliver this report" }).click();
  await expect(page.getByRole("status")).toBeVisible();
  await expect(page.getByText("UnbreakableUnbreakable").first()).toBeVisible();
  expect(await page.locator("img").count()).toBe(0);
  expect(await page.title()).toContain("This scanner");
  await page.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => page.evaluate(beyondTheEdge)).toBeLessThanOrEqual(0);
  await expectAccessible(page);
});

test("a hold stands on the page and is released with the passcode only [LOC-1]", async () => {
  await page.getByRole("link", { name: "Hold: no change until released" }).click();
  await page.getByLabel("Reason").fill("waiting for service");
  await page.getByRole("button", { name: /^Hold / }).click();
  await expect(page.getByText(/^Held since .*: waiting for service$/)).toBeVisible();
  await page.getByRole("link", { name: "Release: let changes begin again" }).click();
  await page.getByLabel("Reason").fill("looked at");
  await page.getByRole("button", { name: /^Release / }).click();
  await expect(page.getByRole("alert")).toHaveText(/not the passcode/);
  await page.getByLabel("Passcode").fill(PASSCODE);
  await page.getByRole("button", { name: /^Release / }).click();
  await expect(page.getByRole("link", { name: "Hold: no change until released" })).toBeVisible();
});

test("rolled back: questions first, a wrong passcode refused, the right one taken [ACT-4, LOC-1]", async () => {
  await page.goto(`http://${shown.host}/`);
  await page.getByRole("link", { name: "Roll back to a confirmed generation" }).click();
  await page.getByRole("link", { name: "Look at r1" }).click();
  await expect(page.getByText("The drive is off")).toBeVisible();
  await whole("own-page-rollback");
  await page.getByLabel("Reason").fill("image noise");
  await page.getByLabel("Passcode").fill("000000");
  await page.getByRole("button", { name: /^Roll back / }).click();
  await expect(page.getByRole("alert")).toHaveText(/not the passcode/);
  await expect(page.getByLabel("Reason")).toHaveValue("image noise");
  await expect(page.getByLabel("Passcode")).toHaveValue("");
  await expectAccessible(page);
  expect(scanner.current).toBe(tops[1]);
  await page.getByLabel("Passcode").fill(PASSCODE);
  await page.getByRole("button", { name: /^Roll back / }).click();
  await expect(page.getByRole("status")).toBeVisible();
  await expect(page.getByText("r1", { exact: true })).toBeVisible();
  expect(scanner.current).toBe(tops[0]);
});

test("in German, with the same forms [UI-2]", async () => {
  await page.goto(`http://${shown.host}/`);
  await page.getByRole("link", { name: "Deutsch" }).click();
  await expect(page.getByRole("link", { name: "Ein Problem melden" })).toBeVisible();
  await whole(null);
});

/** Reached two hours ago. */
function asTheAgentLeavesIt(nowMs: number): Parameters<typeof writeLinkState>[1] {
  const lastAnswerMs = nowMs - 2 * 3_600_000;
  return {
    ...{ format: "fiducial.agent/1", pid: 1, version: "1", scannerId: "s", serial: "FM25-0137" },
    ...{ serverUrl: "https://fiducial.example.org", proxy: null, lastAnswerMs, lastReportMs: lastAnswerMs },
    link: { state: "trouble", code: null, detail: null, sinceMs: lastAnswerMs },
    ...{ lastReportSeq: 1, skewMs: 0, outbox: 3, droppedReports: 0, unknown: [], problems: [] },
    writtenAtMs: nowMs,
  };
}

/** Nothing beyond the right edge and not one complaint of axe: in both themes, at three widths. */
async function whole(picture: string | null): Promise<void> {
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width === 320 ? 640 : 900 });
      await expect.poll(() => page.evaluate(beyondTheEdge), `${width} px`).toBeLessThanOrEqual(0);
      if (picture !== null && PICTURED.includes(`${theme}-${width}`))
        await takePicture(page, `${picture}-${theme}-${width}`);
      await expectAccessible(page);
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** Runs in the page: pixels that one would have to scroll sideways for. */
function beyondTheEdge(): number {
  return document.documentElement.scrollWidth - window.innerWidth;
}
