/** Import rules of the architecture (docs/decisions/0002-folders-and-import-rules.md); each says why it exists. */
const rule = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });
const test = "[.]test[.]tsx?$";
const code = { pathNot: test };

export default {
  forbidden: [
    rule(
      "core-is-pure",
      "core/ runs in the browser, the server and the scanner: no I/O, no clock, no framework.",
      { path: "^core/", ...code },
      { pathNot: ["^core/", "^node_modules/zod/"] },
    ),
    rule(
      "agent-stays-small",
      "Whatever agent/ imports ships to a medical scanner and costs it memory.",
      { path: "^agent/", ...code },
      { pathNot: ["^(agent|core)/", "^node_modules/zod/"], dependencyTypesNot: ["core"] },
    ),
    rule(
      "server-knows-no-ui",
      "The server must run without its pages and without its scanners.",
      { path: "^(server|prisma)/", ...code },
      { path: "^(app|agent|cli|demo|tests)/" },
    ),
    rule(
      "app-has-one-door",
      "Pages read and write through tRPC; what they take from the server is types, so no decision can leak into a page.",
      { path: "^app/", ...code },
      { path: "^(server|prisma|agent|cli|demo)/", dependencyTypesNot: ["type-only"] },
    ),
    rule(
      "tables-behind-stores",
      "A query outside a store escapes review of its scope.",
      { path: "^server/", pathNot: ["/store[.]ts$", "-store[.]ts$", "^server/database/", test] },
      { path: "^prisma/generated/", dependencyTypesNot: ["type-only"] },
    ),
    rule(
      "nouns-talk-through-services",
      "A noun owns its tables; another noun asks its service.",
      { path: "^server/([^/]+)/", ...code },
      { path: ["^server/[^/]+/store[.]ts$", "^server/[^/]+/[a-z-]+-store[.]ts$"], pathNot: "^server/$1/" },
    ),
    rule(
      "nobody-imports-tests",
      "Test support is not product code.",
      { pathNot: ["^tests/", test] },
      { path: ["^tests/", test] },
    ),
    rule(
      "nobody-imports-demo",
      "The product does not know the word simulated.",
      { pathNot: "^demo/" },
      { path: "^demo/" },
    ),
    rule(
      "no-cycles",
      "A cycle is one module pretending to be two; types are gone when the program runs, so a table may be typed by its words.",
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    ),
    rule("resolves", "Typos and undeclared packages.", {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: "node_modules|^prisma/generated/" },
    exclude: { path: "^([.]next|dist|coverage)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
