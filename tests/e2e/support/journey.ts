import AxeBuilder from "@axe-core/playwright";
import { type Browser, test as base, chromium, expect, type Page } from "@playwright/test";
import { type Product, startProduct } from "#tests/support/product.ts";
import { chromiumPath } from "./browser.ts";

export { expect };

/** One browser for all journeys. */
export const test = base.extend<Record<never, never>, { chrome: Browser }>({
  chrome: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
    async ({}, use) => {
      const browser = await chromium.launch({ executablePath: await chromiumPath(), args: ["--no-sandbox"] });
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
});

/** How long the first start in a clone may take: everything is built. */
const START_MS = 180_000;

/** An empty installation for all steps of the file that calls this: files share a worker, and no journey may find what another left. */
export function ownProduct(): Pick<Product, "url"> {
  let product: Product | null = null;
  test.beforeAll(async () => {
    test.setTimeout(START_MS);
    product = await startProduct();
  });
  test.afterAll(async () => {
    await product?.stop();
  });
  return {
    get url() {
      if (product === null) throw new Error("the installation has not started");
      return product.url;
    },
  };
}

/**
 * Fails with the rule, the element and the way to mend it; every route is looked at in the state the journey left it in. `within`: a
 * modal dialog, behind which everything is inert and shaded.
 */
export async function expectAccessible(page: Page, within?: string): Promise<void> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (within === undefined ? axe : axe.include(within)).analyze();
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
