import { defineConfig } from "@playwright/test";

const LONG = ["example-pages", "faults"].map((name) => `**/${name}.spec.ts`);

/**
 * Journeys in a real browser against the product as `npm start` runs it, one journey after another: each starts its own empty
 * installation in a folder of its own. The browser is found in this order: CHROMIUM_PATH, the one from npm, the system's.
 */
export default defineConfig({
  testDir: "tests/e2e",
  // Every fault of the table, and every page of a living fleet in every size and theme, have a command of their own: npm run journeys.
  testIgnore: process.env.FIDUCIAL_JOURNEYS === "all" ? [] : LONG,
  outputDir: ".cache/e2e",
  timeout: 180_000,
  workers: 1,
  forbidOnly: process.env.CI !== undefined,
  retries: 0,
  // How long a busy machine may take to draw; what the product promises in seconds is said at the assertion itself.
  expect: { timeout: 20_000 },
  // No trace: recording one takes more of a small machine than the product under test.
  use: {
    actionTimeout: 20_000,
    screenshot: "only-on-failure",
    timezoneId: "Europe/Berlin",
    locale: "en-GB",
  },
});
