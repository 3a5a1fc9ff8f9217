import type { Browser, FrameLocator, Page } from "@playwright/test";
import { type Product, startProduct } from "#tests/support/product.ts";
import { expect, newPerson, test } from "./journey.ts";

/** Making the fleet, the server, and the first report of every scanner; on a cold clone also every build. */
const START_MS = 300_000;

/** An example fleet as `npm start` shows it, for all steps of the file that calls this. */
export function ownExampleFleet(...options: string[]): Pick<Product, "url" | "log"> {
  let product: Product | null = null;
  test.beforeAll(async () => {
    test.setTimeout(START_MS);
    product = await startProduct(options);
  });
  test.afterAll(async () => {
    await product?.stop();
  });
  const running = () => {
    if (product === null) throw new Error("the example fleet has not started");
    return product;
  };
  return {
    get url() {
      return running().url;
    },
    log: () => running().log(),
  };
}

/** From the address alone: the door asks who one is, and believes it (RUN-5). `who`: a part of a name or a role. */
export async function enterAs(chrome: Browser, url: string, who: string): Promise<Page> {
  const page = await newPerson(chrome);
  await page.goto(url);
  await expect(page.getByRole("heading", { name: "Who are you?" })).toBeVisible();
  await page
    .getByRole("button", { name: new RegExp(who, "i") })
    .first()
    .click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  return page;
}

/** The other program's page along the bottom. */
export function dock(page: Page): FrameLocator {
  return page.frameLocator("iframe.dock-frame");
}

type Fired = { serial: string; scannerId: string };

/** Causes a fault as the tray does, by the same request. */
export async function fire(page: Page, fault: string, serial?: string): Promise<Fired> {
  const { origin } = new URL(page.url());
  const data = serial === undefined ? { fault } : { fault, serial };
  let fired: Fired | null = null;
  // The scanners start one after another, after the server does.
  await expect
    .poll(
      async () => {
        const answer = await page.request.post(`${origin}/dock/api/fire`, { data, headers: { origin } });
        if (answer.status() === 200) fired = (await answer.json()) as Fired;
        return answer.status() === 200 ? "" : await answer.text();
      },
      { timeout: 60_000 },
    )
    .toBe("");
  if (fired === null) throw new Error(`${fault} was not caused`);
  return fired;
}

export async function mend(page: Page, serial: string): Promise<void> {
  const { origin } = new URL(page.url());
  const answer = await page.request.post(`${origin}/dock/api/mend`, {
    data: { serial },
    headers: { origin },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}
