import { confirmedFileSchema } from "#core/report/confirmed-kind.ts";
import { readChangeFile } from "./change-file.ts";
import type { Probe } from "./probe.ts";

/** What was confirmed on this scanner, by whoever carries changes out there. No file, and a file without the list, is not an empty list (SEE-14). */
export const confirmedProbe: Probe<"confirmed"> = {
  owner: "unit",
  while: "always",
  read: (run) =>
    readChangeFile(run, {
      schema: confirmedFileSchema,
      said: ({ confirmed }) => ({ generations: confirmed }),
      none: { generations: null },
    }),
};
