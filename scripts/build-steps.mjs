// What `npm start`, `npm test` and `npm run build` build, each step only when its inputs changed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureInstalled } from "./install.mjs";
import { ROOT, run, runIfStale } from "./step.mjs";

export { ensureInstalled };

const SERVER_BUNDLE = "dist/server/main.mjs";
const SIGNER_BUNDLE = "dist/signer/main.mjs";
const LOCK = "package-lock.json";

/**
 * Options of the server's bundle; packages stay outside, they are in node_modules.
 * @type {import("esbuild").BuildOptions}
 */
export const SERVER_BUNDLE_OPTIONS = {
  absWorkingDir: ROOT,
  entryPoints: ["server/main.ts"],
  outfile: SERVER_BUNDLE,
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node20.19",
  format: "esm",
  sourcemap: true,
  logLevel: "silent",
};

/** The programs of the example fleet: the one that makes it, and the one that keeps it alive. */
export const EXAMPLE_BUNDLES = { seed: "dist/demo/seed.mjs", fleet: "dist/demo/fleet.mjs" };

/** @type {import("./step.mjs").Step} */
const EXAMPLE = {
  name: "example-fleet",
  doing: "Bundling the example fleet",
  inputs: [
    "demo",
    "agent",
    "cli/station",
    "server",
    "core",
    "prisma/schema.prisma",
    "scripts/build-steps.mjs",
    "package.json",
    LOCK,
  ],
  outputs: Object.values(EXAMPLE_BUNDLES),
  run: async () => {
    const { build } = await import("esbuild");
    const { outfile: _, ...options } = SERVER_BUNDLE_OPTIONS;
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    await build({
      ...options,
      define: { FIDUCIAL_VERSION: JSON.stringify(version) },
      entryPoints: { seed: "demo/seed/seed-main.ts", fleet: "demo/main.ts" },
      outdir: "dist/demo",
      outExtension: { ".js": ".mjs" },
    });
  },
};

/** @type {import("./step.mjs").Step[]} */
const BEFORE_PAGES = [
  {
    name: "database-client",
    doing: "Generating the database client",
    inputs: ["prisma/schema.prisma", "prisma.config.ts", "scripts/schema-engine.mjs", LOCK],
    outputs: ["prisma/generated/client.ts"],
    run: () => run(process.execPath, ["node_modules/prisma/build/index.js", "generate"]),
  },
  {
    name: "agent",
    doing: "Bundling the agent",
    inputs: ["agent", "cli", "core", "scripts/build-agent.mjs", "package.json", LOCK],
    outputs: ["dist/agent/fiducial.mjs"],
    run: () => run(process.execPath, ["scripts/build-agent.mjs"]),
  },
  {
    name: "release-station",
    doing: "Bundling the release station",
    inputs: [
      "agent",
      "cli",
      "core",
      "scripts/build-agent.mjs",
      "scripts/build-station.mjs",
      "package.json",
      LOCK,
    ],
    outputs: ["dist/cli/fiducial.mjs"],
    run: () => run(process.execPath, ["scripts/build-station.mjs"]),
  },
  {
    name: "server",
    doing: "Bundling the server",
    inputs: [
      "server",
      "core",
      "agent/trust",
      "agent/link",
      "prisma/schema.prisma",
      "scripts/build-steps.mjs",
      "package.json",
      LOCK,
    ],
    outputs: [SERVER_BUNDLE, SIGNER_BUNDLE],
    run: async () => {
      const { build } = await import("esbuild");
      await build(SERVER_BUNDLE_OPTIONS);
      await build({
        ...SERVER_BUNDLE_OPTIONS,
        entryPoints: ["server/signer/main.ts"],
        outfile: SIGNER_BUNDLE,
      });
    },
  },
];

/** @type {import("./step.mjs").Step} */
const PAGES = {
  name: "pages",
  doing: "Building the pages",
  inputs: [
    "app",
    "core",
    "public",
    "next.config.ts",
    "postcss.config.mjs",
    "tsconfig.json",
    "package.json",
    LOCK,
  ],
  outputs: [".next/BUILD_ID"],
  run: () => run(process.execPath, ["node_modules/next/dist/bin/next", "build"], { NODE_ENV: "production" }),
};

/** Everything but the pages: the development server compiles those by itself, one at a time. */
export async function buildForDevelopment() {
  for (const step of BEFORE_PAGES) await runIfStale(step);
}

/** What the example fleet is made of, beside the product. */
export async function buildExampleFleet() {
  await runIfStale(EXAMPLE);
}

/** Everything that the product in production mode is made of. */
export async function buildAll() {
  await buildForDevelopment();
  await runIfStale(PAGES);
}

export const serverBundle = join(ROOT, SERVER_BUNDLE);
export const signerBundle = join(ROOT, SIGNER_BUNDLE);
