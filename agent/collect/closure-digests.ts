import { CLOSURE_FACTS_FILE, closureFactsSchema } from "#agent/facts/facts-file.ts";
import { observed } from "#core/report/fact.ts";
import { readFactsFile } from "./facts-program.ts";
import type { Probe } from "./probe.ts";

/** SEE-2: what fiducial-facts computed with Nix. Toplevels it could not name completely are problems of the agent, by path. */
export const closureDigestsProbe: Probe<"closureDigests"> = {
  owner: "self",
  while: "always",
  read: async (source) => {
    const file = await readFactsFile(source, CLOSURE_FACTS_FILE, closureFactsSchema);
    if (file.state === "unknown") return file;
    for (const { toplevel, reason } of file.value.problems)
      source.note(toplevel, `no digest: ${reason.code}`);
    return observed(file.value.digests);
  },
};
