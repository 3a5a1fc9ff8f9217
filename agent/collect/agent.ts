import { observed } from "#core/report/fact.ts";
import type { Probe } from "./probe.ts";

const MAX_PROBLEMS = 50;

/** SEE-15: the agent's own cost, and what the other probes could not read or did not believe. Read last, for that reason. */
export const agentProbe: Probe<"agent"> = {
  owner: "self",
  while: "always",
  read: async ({ options, noted }) => {
    const own = options.agentFact();
    return observed({
      ...own,
      mode: options.mode,
      problems: [...own.problems, ...noted()].slice(0, MAX_PROBLEMS),
    });
  },
};
