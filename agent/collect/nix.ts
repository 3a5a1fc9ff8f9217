import { CLOSURE_FACTS_FILE, closureFactsSchema } from "#agent/facts/facts-file.ts";
import { observed, unknown } from "#core/report/fact.ts";
import { readFactsFile } from "./facts-program.ts";
import type { Probe } from "./probe.ts";
import { notKnown } from "./reason.ts";

/** SEE-12: Nix and its settings, asked by fiducial-facts: the agent starts no Nix process. */
export const nixProbe: Probe<"nix"> = {
  owner: "self",
  while: "always",
  read: async (source) => {
    const file = await readFactsFile(source, CLOSURE_FACTS_FILE, closureFactsSchema);
    if (file.state === "unknown") return file;
    const { nix, nixProblem } = file.value;
    if (nix !== null) return observed(nix);
    return nixProblem === null
      ? notKnown("facts-program-absent")
      : unknown(nixProblem.code, nixProblem.params);
  },
};
