import AxeBuilder from "@axe-core/playwright";
import { type Browser, test as base, chromium, expect, type Page } from "@playwright/test";
import { type Product, startProduct } from "#tests/support/product.ts";
import { chromiumPath } from "./browser.ts";

export { expect };

type Fixtures = Record<never, never>;
type WorkerFixtures = { product: Product; chrome: Browser };

/** A journey: one product and one browser for all steps of a file. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  chrome: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
    async ({}, use) => {
      const browser = await chromium.launch({ executablePath: await chromiumPath(), args: ["--no-sandbox"] });
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
  product: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
    async ({}, use) => {
      const product = await startProduct();
      await use(product);
      await product.stop();
    },
    { scope: "worker", timeout: 180_000 },
  ],
});

/** Fails with the rule, the element and the way to mend it; every route is looked at in the state the journey left it in. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html}`),
  );
  expect(found).toEqual([]);
}

/** Somebody with a browser of their own: no cookie, a desk's window. */
export async function newPerson(chrome: Browser): Promise<Page> {
  const context = await chrome.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
  });
  return await context.newPage();
}
