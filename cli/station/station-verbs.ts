import type { Verbs } from "../program.ts";

/** What `fiducial` does where releases are made. */
export const STATION_VERBS: Verbs = {
  init: { does: "make the folder of a release station", load: () => import("./init.ts") },
  keys: { does: "make and show keys of people", load: () => import("./keys.ts") },
  root: { does: "say which keys count: make, sign and show the two roots", load: () => import("./root.ts") },
  release: { does: "create, sign, show and compare releases", load: () => import("./release.ts") },
  take: { does: "take in what others signed", load: () => import("./take.ts") },
  freshen: { does: "say anew which release list is the newest", load: () => import("./freshen.ts") },
  verify: { does: "check a repository as a scanner does", load: () => import("./verify.ts") },
  publish: { does: "bring releases to a server or a folder", load: () => import("./publish.ts") },
  bundle: { does: "carry releases to scanners without a network", load: () => import("./bundle.ts") },
  ship: { does: "create, compare, sign and publish in one go", load: () => import("./ship.ts") },
};
