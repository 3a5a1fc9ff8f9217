import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** Widths at which every page must hold (ui.md "Before it is done"; WCAG 1.4.10 for the first). */
export const WIDTHS = [320, 768, 1440] as const;
export const THEMES = ["light", "dark"] as const;

export type Look = { width: (typeof WIDTHS)[number]; theme: (typeof THEMES)[number] };
export type Seen = Look & {
  /** Pixels by which the page is wider than its window; more than none is a sideways scroll bar. */
  overflow: number;
  /** axe's rule, how often it is broken, and the first element that breaks it. */
  violations: { rule: string; count: number; element: string }[];
};

const HEIGHT = 900;

/** Looks at the open page in every width and theme. `shoot` names a picture of each look; left out, none is taken. */
export async function lookAround(page: Page, shoot?: (look: Look) => string): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHT });
      seen.push(await lookOnce(page, { width, theme }));
      if (shoot !== undefined) await page.screenshot({ path: shoot({ width, theme }), fullPage: true });
    }
  }
  return seen;
}

async function lookOnce(page: Page, look: Look): Promise<Seen> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  return {
    ...look,
    overflow,
    violations: violations.map(({ id, nodes }) => ({
      rule: id,
      count: nodes.length,
      element: nodes[0]?.html ?? "",
    })),
  };
}

/** What is wrong with a look, in words for a failing test; nothing wrong leaves the list empty. */
export function complaints(seen: readonly Seen[]): string[] {
  return seen.flatMap(({ width, theme, overflow, violations }) => [
    ...(overflow > 0 ? [`${width} ${theme}: ${overflow} px wider than the window`] : []),
    ...violations.map(({ rule, count, element }) => `${width} ${theme}: ${rule} ×${count}, first ${element}`),
  ]);
}
