import path from "node:path";
import type { Page } from "@playwright/test";

const FOLDER = path.resolve(import.meta.dirname, "../../../docs/screens");

/** A picture for the documentation, taken only with FIDUCIAL_SCREENS=1: a run of the tests changes nothing in the clone. */
export async function takePicture(
  page: Page,
  name: string,
  size?: { width: number; height: number },
): Promise<void> {
  if (process.env.FIDUCIAL_SCREENS !== "1") return;
  const before = page.viewportSize();
  if (size !== undefined) await page.setViewportSize(size);
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), animations: "disabled" });
  if (size !== undefined && before !== null) await page.setViewportSize(before);
}
