import type { Page } from "@playwright/test";
import { enterAs, fire, ownExampleFleet } from "./support/example-fleet.ts";
import { expect, expectAccessible, test } from "./support/journey.ts";
import { takePicture } from "./support/pictures.ts";

/** Every page that a living fleet fills, at three widths and in both themes (UI-2). */
const WIDTHS = [1440, 768, 320] as const;
const THEMES = ["light", "dark"] as const;
/** Kept in docs/screens; looked at are all six. */
const PICTURED: readonly string[] = ["light-1440", "dark-1440", "light-320"];

const fleet = ownExampleFleet("--scanners", "120");
let page: Page;
let broken = { serial: "", scannerId: "" };
let sibling = { serial: "", scannerId: "" };

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ chrome }) => {
  page = await enterAs(chrome, fleet.url, "administrator");
  broken = await fire(page, "F12", "FM25-0137");
  sibling = await fire(page, "F25");
});
test.afterAll(async () => {
  await page?.context().close();
});

const PAGES: readonly { name: string; path: () => string }[] = [
  { name: "fleet", path: () => "/fleet" },
  { name: "fleet-filtered", path: () => "/fleet?headline=unsafe&headline=drifted" },
  { name: "scanner", path: () => `/scanners/${broken.scannerId}` },
  { name: "scanner-then", path: () => `/scanners/${broken.scannerId}/at?t=${daysAgo(90)}` },
  { name: "fleet-then", path: () => `/fleet/at?t=${daysAgo(200)}` },
  { name: "ask", path: () => "/ask" },
  { name: "ask-package", path: () => "/ask?q=openssl" },
  { name: "compare", path: () => `/compare?a=${broken.scannerId}&b=${sibling.scannerId}` },
  { name: "adopt", path: () => `/scanners/${broken.scannerId}/adopt` },
  { name: "sites", path: () => "/sites" },
  { name: "sites-import", path: () => "/sites/import" },
  { name: "people", path: () => "/people" },
  { name: "enrol", path: () => "/enrol" },
  { name: "audit", path: () => "/audit" },
  { name: "settings", path: () => "/settings" },
  { name: "about", path: () => "/about" },
];

for (const { name, path } of PAGES) {
  test(`${name} is whole in every size and theme, filled by a living fleet [UI-2]`, async () => {
    // Six looks at up to four thousand elements that change every second.
    test.setTimeout(600_000);
    await page.goto(fleet.url + path());
    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    await expect(page.locator(".skeleton")).toHaveCount(0);
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: width === 320 ? 640 : 900 });
        await expect.poll(() => page.evaluate(beyondTheEdge), `${width} px`).toBeLessThanOrEqual(0);
        if (PICTURED.includes(`${theme}-${width}`)) await takePicture(page, `${name}-${theme}-${width}`);
        await expectAccessible(page);
      }
    }
  });
}

/** Runs in the page: pixels that one would have to scroll sideways for. */
function beyondTheEdge(): number {
  return document.documentElement.scrollWidth - window.innerWidth;
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString();
}
