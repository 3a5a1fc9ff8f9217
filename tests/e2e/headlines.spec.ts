import type { Page } from "@playwright/test";
import { expect, newPerson, ownProduct, test } from "./support/journey.ts";
import { takePicture } from "./support/pictures.ts";
import { createFirstAdmin } from "./support/steps.ts";

/** Status.md, Encoding: word + shape + fill, because colour alone cannot carry nine states for everybody. */
const product = ownProduct();
let page: Page;

test.beforeAll(async ({ chrome }) => {
  page = await newPerson(chrome);
});
test.afterAll(async () => {
  await page?.context().close();
});

const LOOKS = [
  { name: "greyscale, light", scheme: "light", forced: "none", grey: true },
  { name: "greyscale, dark", scheme: "dark", forced: "none", grey: true },
  { name: "forced colours", scheme: "light", forced: "active", grey: false },
  { name: "print", scheme: "light", forced: "none", grey: true, media: "print" },
] as const;

/** Mean difference of two marks, 0 to 255, below which a person would take one for the other at a glance. */
const APART = 4;

test("without their colour and without their word the nine headlines are still nine [UI-2]", async () => {
  await createFirstAdmin(page, product.url);
  for (const look of LOOKS) {
    await page.goto(`${product.url}/about`);
    await page.emulateMedia({
      colorScheme: look.scheme,
      forcedColors: look.forced,
      media: "media" in look ? look.media : "screen",
    });
    await takePicture(page, `headlines-${look.name.replace(/\W+/g, "-")}`);
    const pictures = await marks(page, look.grey);
    expect(Object.keys(pictures)).toHaveLength(9);
    expect(await tooMuchAlike(page, pictures), look.name).toEqual([]);
  }
});

test("two equal marks are found to be equal: the comparison can fail", async () => {
  const pictures = await marks(page, true);
  const [first = "", second = ""] = Object.keys(pictures);
  const same = { ...pictures, [second]: pictures[first] ?? "" };
  expect(await tooMuchAlike(page, same)).toEqual([`${first} and ${second}`]);
});

const BLOTTED = ".meanings .mark { font-size: 0 !important; gap: 0 !important; width: 48px !important; }";

/** Each mark with its word blotted out, in one box of one size, so that only shape and fill are left. */
async function marks(on: Page, grey: boolean): Promise<Record<string, string>> {
  // A constructed sheet: the page's policy lets no style element in.
  await on.evaluate(
    (css) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      document.adoptedStyleSheets = [sheet];
    },
    BLOTTED + (grey ? "html { filter: grayscale(1); }" : ""),
  );
  const found: Record<string, string> = {};
  for (const mark of await on.locator(".meanings .mark").all()) {
    const name = (await mark.getAttribute("data-status")) ?? "";
    found[name] = (await mark.screenshot({ animations: "disabled" })).toString("base64");
  }
  await on.evaluate(() => {
    document.adoptedStyleSheets = [];
  });
  return found;
}

/** Compared by the browser's own decoder, on one canvas size. */
async function tooMuchAlike(on: Page, pictures: Record<string, string>): Promise<string[]> {
  const pixels: Record<string, number[]> = {};
  for (const [name, base64] of Object.entries(pictures)) pixels[name] = await on.evaluate(greys, base64);
  const names = Object.keys(pixels);
  return names.flatMap((one, place) =>
    names
      .slice(place + 1)
      .filter((other) => difference(pixels[one] ?? [], pixels[other] ?? []) < APART)
      .map((other) => `${one} and ${other}`),
  );
}

function difference(a: readonly number[], b: readonly number[]): number {
  const sum = a.reduce((total, value, place) => total + Math.abs(value - (b[place] ?? 0)), 0);
  return sum / Math.max(1, a.length);
}

/** Runs in the page. */
async function greys(base64: string): Promise<number[]> {
  const image = new Image();
  image.src = `data:image/png;base64,${base64}`;
  await image.decode();
  const canvas = new OffscreenCanvas(48, 22);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  context.drawImage(image, 0, 0, 48, 22);
  const { data } = context.getImageData(0, 0, 48, 22);
  return Array.from({ length: data.length / 4 }, (_, at) => {
    const [red = 0, green = 0, blue = 0] = data.slice(at * 4, at * 4 + 3);
    return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  });
}
