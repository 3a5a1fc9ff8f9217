import type { Probe } from "./probe.ts";

/** SEE-12: systemd's units over D-Bus, without starting a program. Unit changes during a scan wait for its end (SEE-17). */
export const unitsProbe: Probe<"units"> = {
  owner: "unit",
  while: "idle",
  read: ({ units }) => units.read(),
};
