import { VERIFICATION_FILE, verificationSchema } from "#agent/facts/facts-file.ts";
import { observed } from "#core/report/fact.ts";
import { readFactsFile } from "./facts-program.ts";
import type { Probe } from "./probe.ts";

/** SEE-3: progress and result of the on-disk verification, which is fiducial-facts' work; reading its file costs a scan nothing. */
export const verificationProbe: Probe<"verification"> = {
  owner: "self",
  while: "always",
  read: async (source) => {
    const file = await readFactsFile(source, VERIFICATION_FILE, verificationSchema);
    return file.state === "unknown" ? file : observed(file.value.verification);
  },
};
