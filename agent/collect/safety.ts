import type { Probe } from "./probe.ts";
import { safetyFact } from "./safety-hearing.ts";

/** SEE-11: the safety daemon speaks on its own socket to whoever reads; the agent sends it nothing. */
export const safetyProbe: Probe<"safety"> = {
  owner: "unit",
  while: "always",
  read: async ({ system, options, safety }) =>
    safetyFact(safety.hearing(), system.monotonicMs(), options.safetySocket),
};
