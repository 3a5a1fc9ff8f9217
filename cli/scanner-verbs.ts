import type { Verbs } from "./program.ts";

/** What `fiducial` does on a scanner. */
export const SCANNER_VERBS: Verbs = {
  enroll: { does: "make this machine known to a server", load: () => import("./enroll.ts") },
  run: { does: "run the agent here, in the foreground", load: () => import("./run.ts") },
  status: { does: "who this machine is, and what its agent last heard", load: () => import("./status.ts") },
  check: { does: "check the safety socket, the facts or the connection", load: () => import("./check.ts") },
  report: {
    does: "look once and print what a report would say; sends nothing",
    load: () => import("./report.ts"),
  },
  facts: {
    does: "what root asks Nix (same as fiducial-facts)",
    load: () => import("./facts.ts"),
    ownLine: true,
  },
};
