import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { withoutChecks } from "./tests/system/removed-checks.ts";

const KILLS = ["tests/integration/kills.test.ts"];
/** Files at a time: vitest would take one fewer than there are processors, on a machine of two a single one. */
const SIDE_BY_SIDE = Math.max(2, availableParallelism() - 1);

/** Only for tests of the tests (tests/system/removed-checks.test.ts). */
const WITHOUT = process.env.FIDUCIAL_WITHOUT;
const plugins = WITHOUT === undefined ? [] : [withoutChecks(JSON.parse(WITHOUT), import.meta.dirname)];

/** `unit` needs nothing, `integration` and `integration-kills` start real processes and databases, `system` needs root and Debian packages. */
export default defineConfig({
  test: {
    projects: [
      {
        plugins,
        test: {
          name: "unit",
          include: [
            "{core,agent,server,app,cli,scripts,demo,tests/bench,tests/conformance}/**/*.test.{ts,tsx}",
          ],
          pool: "threads",
          maxWorkers: SIDE_BY_SIDE,
          // Some start processes: on a busy machine a default of five seconds would be a statement about speed.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          exclude: KILLS,
          globalSetup: ["tests/integration/global-setup.ts"],
          pool: "forks",
          maxWorkers: SIDE_BY_SIDE,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          // Alone, after the others: what is killed here comes back while a whole machine is there for it.
          name: "integration-kills",
          include: KILLS,
          pool: "forks",
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "system",
          include: ["tests/system/**/*.test.ts"],
          globalSetup: ["tests/system/global-setup.ts"],
          pool: "forks",
          // A host mostly waits: for a boot, for a probation, for a deadline.
          maxWorkers: SIDE_BY_SIDE,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["core/**/*.ts"],
      exclude: ["**/*.test.ts"],
      thresholds: { 100: true },
    },
  },
});
