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
      { path: "^agent/", pathNot: ["^agent/trust/", test] },
      { pathNot: ["^(agent|core)/", "^node_modules/zod/"], dependencyTypesNot: ["core"] },
    ),
    rule(
      "tuf-in-one-place",
      "Signed metadata is verified and sealed by one piece of code, the scanner's; it alone may use the TUF packages.",
      { path: "^agent/trust/", ...code },
      {
        pathNot: ["^(agent/(trust|link)|core)/", "^node_modules/(zod|tuf-js|@tufjs)/"],
        dependencyTypesNot: ["core"],
      },
    ),
    rule(
      "resident-agent-without-tuf",
      "The program that always runs stays small: verifying is done by programs that end (fiducial-fetch, fiducial-activate).",
      { path: "^agent/(collect|link|dbus)/|^agent/[^/]+[.]ts$", ...code },
      { path: "^agent/(trust|fetch|activate|change)/" },
    ),
    rule(
      "server-knows-no-ui",
      "The server must run without its pages and without its scanners.",
      { path: "^(server|prisma)/", ...code },
      { path: "^(app|agent/(?!trust/)|cli|demo|tests)/" },
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
      "web-holds-no-key",
      "Private keys of the repositories are in the signing process alone; the rest of the server asks it through its socket (K-10).",
      { path: "^(server/(?!signer/)|app/|cli/)", ...code },
      { path: "^server/signer/", pathNot: "^server/signer/(client|socket-path)[.]ts$" },
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
      { pathNot: "^(demo|tests)/" },
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
