import type { Browser, Page } from "@playwright/test";
import { enterAs, fire, ownExampleFleet } from "./support/example-fleet.ts";
import { expect, test } from "./support/journey.ts";
import { headline, PROMISE_MS } from "./support/steps.ts";

/**
 * The fault table (status.md, last section; field-service.md §3.4), written down here apart from the program that causes the faults.
 * Each is caused on a scanner that was nominal, with its page open, and must be there within the product's promise (SEE-14).
 */
const TABLE = {
  F01: { word: "Degraded", chip: "Reboot pending" },
  F02: { word: "Degraded" },
  F03: { word: "Degraded" },
  F04: { word: "Unsafe" },
  F05: { word: "Degraded" },
  F06: { word: "Tripped" },
  F07: { word: "Degraded" },
  F08: { word: "Tripped" },
  F09: { word: "Unsafe" },
  F10: { word: "Tripped" },
  F11: { word: "Unsafe" },
  F12: { word: "Unsafe" },
  F13: { word: "Unsafe" },
  F14: { word: "Drifted" },
  F15: { word: "Drifted", chip: "Reboot pending" },
  F16: { word: "Degraded", step: "stalled" },
  F17: { word: "Behind", chip: "Rolled back" },
  F18: { word: "Behind" },
  F19: { word: "Unknown" },
  F20: { word: "Nominal", chip: "Change refused" },
  F23: { word: "Degraded" },
  F24: { word: "Degraded" },
  F25: { word: "Drifted" },
  F26: { word: "Tripped" },
  F27: { word: "Unknown" },
} as const satisfies Record<string, { word: string; chip?: string; step?: string }>;

/** A scanner that starts anew is heard again after its boot; the promise counts from what it then says. */
const BOOT_MS = 20_000;
const REBOOTS: readonly string[] = ["F01", "F15", "F17", "F18", "F27"];
/** Silence is called late after 45 s and offline after 180 s (status.md, Axes); the ticker looks every second. */
const LATE_MS = 45_000;
const OFFLINE_MS = 180_000;

const fleet = ownExampleFleet("--scanners", "120");
const free: string[] = [];
let page: Page;
let dead: Page;
let cut: Page;
let deadSinceMs = 0;
let cutSinceMs = 0;

test.describe.configure({ mode: "serial" });
test.afterAll(async () => {
  for (const one of [page, dead, cut]) await one?.context().close();
});

test("nominal scanners are there to be broken", async ({ chrome }) => {
  page = await enter(chrome);
  await page.setViewportSize({ width: 1440, height: 2400 });
  await page.goto(`${fleet.url}/fleet?headline=nominal&model=FM-25`);
  await expect.poll(() => page.getByRole("row").count(), { timeout: 60_000 }).toBeGreaterThan(30);
  const rows = await page.getByRole("row").allInnerTexts();
  free.push(...rows.flatMap((row) => /FM25-\d{4}/.exec(row)?.[0] ?? []));
  await page.setViewportSize({ width: 1440, height: 900 });
  expect(free.length).toBeGreaterThan(Object.keys(TABLE).length + 2);
});

test("a dead agent and a cut link are caused first: silence takes its time", async ({ chrome }) => {
  dead = await enter(chrome);
  await openNominal(dead);
  await fire(dead, "F21", serialOf(dead));
  deadSinceMs = Date.now();
  cut = await enter(chrome);
  await openNominal(cut);
  await fire(cut, "F22", serialOf(cut));
  cutSinceMs = Date.now();
});

for (const [fault, expected] of Object.entries(TABLE)) {
  test(`${fault} is ${expected.word} on the open page [RUN-4, SEE-14]`, async () => {
    await openNominal(page);
    await fire(page, fault, serialOf(page));
    const within = PROMISE_MS + (REBOOTS.includes(fault) ? BOOT_MS : 0);
    const chip = "chip" in expected ? expected.chip : null;
    // A step stands inside the mark, behind the word.
    const word = "step" in expected ? `${expected.word}${expected.step}` : expected.word;
    const seen = chip === null ? headline(page, word) : page.getByText(chip).first();
    await expect(seen).toBeVisible({ timeout: within });
    await expect(headline(page, word)).toBeVisible({ timeout: within });
  });
}

test("F22 is nominal and says that it is late [RUN-4]", async () => {
  const waitMs = Math.max(0, cutSinceMs + LATE_MS - Date.now()) + 60_000;
  await expect(cut.getByText(/^late/i).first()).toBeVisible({ timeout: waitMs });
  await expect(headline(cut, "Nominal")).toBeVisible();
});

test("F21 is offline three minutes after the last word, and on the open page five seconds later [RUN-4]", async () => {
  test.setTimeout(300_000);
  await expect(headline(dead, "Nominal")).toBeVisible();
  const leftMs = Math.max(0, deadSinceMs + OFFLINE_MS - Date.now());
  await expect(headline(dead, "Offline")).toBeVisible({ timeout: leftMs + PROMISE_MS });
});

async function enter(chrome: Browser): Promise<Page> {
  return await enterAs(chrome, fleet.url, "administrator");
}

/** Opens the page of a scanner that nobody broke yet, and sees that it is nominal and live. */
async function openNominal(on: Page): Promise<void> {
  const serial = free.shift() ?? "";
  serials.set(on, serial);
  await on.goto(`${fleet.url}/fleet?search=${serial}`);
  await on
    .getByRole("row", { name: new RegExp(serial) })
    .getByRole("link")
    .first()
    .click();
  await expect(on.getByRole("heading", { level: 1 })).toContainText(serial);
  await expect(headline(on, "Nominal")).toBeVisible();
  await expect(on.getByText(/^Live, as of /)).toBeVisible();
}

const serials = new WeakMap<Page, string>();
function serialOf(on: Page): string {
  return serials.get(on) ?? "";
}
