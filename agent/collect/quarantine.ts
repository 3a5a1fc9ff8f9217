import { quarantineFileSchema } from "#core/report/quarantine-kind.ts";
import { readChangeFile } from "./change-file.ts";
import type { Probe } from "./probe.ts";

/** What the activator says stands against changes here. No file, and a file without it, is not "nothing is blocked" (SEE-14). */
export const quarantineProbe: Probe<"quarantine"> = {
  owner: "unit",
  while: "always",
  read: (run) =>
    readChangeFile(run, {
      schema: quarantineFileSchema,
      said: ({ quarantine }) => quarantine,
      none: { held: null, blocked: null },
    }),
};
