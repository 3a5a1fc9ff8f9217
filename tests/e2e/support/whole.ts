import type { Page } from "@playwright/test";
import { expect, expectAccessible } from "./journey.ts";

const WIDTHS = [1440, 768, 320] as const;
const THEMES = ["light", "dark"] as const;

/** One `main` and one first heading, nothing beyond the right edge, and not one complaint of axe: in both themes, at three widths. */
export async function expectWhole(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  await expect(page.getByRole("main")).toHaveCount(1);
  await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    await page.evaluate(painted);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      await expect.poll(() => page.evaluate(beyondTheEdge), `${url} at ${width} px`).toBeLessThanOrEqual(0);
      await expectAccessible(page);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** Runs in the page: the colours of the theme before are gone, also where they pass into the new ones and the machine is slow. */
async function painted(): Promise<void> {
  for (let frame = 0; frame < 2; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  const passing = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations === 1);
  await Promise.allSettled(passing.map(({ finished }) => finished));
}

/** Runs in the page: pixels that one would have to scroll sideways for. */
function beyondTheEdge(): number {
  return document.documentElement.scrollWidth - window.innerWidth;
}

/** What a glove must hit (field-service.md §4.5). */
export async function expectBigTargets(page: Page): Promise<void> {
  for (const target of await page.getByRole("main").locator("button, a.btn, label.touch-card").all()) {
    const box = await target.boundingBox();
    expect(box?.height ?? 0, await target.innerText()).toBeGreaterThanOrEqual(48);
  }
}
