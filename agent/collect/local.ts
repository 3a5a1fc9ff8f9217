import { LOCAL_FILE, localFileSchema, NOTHING_LOCAL } from "#core/local/log.ts";
import { readChangeFile } from "./change-file.ts";
import type { Probe } from "./probe.ts";

/** What people entered on the scanner itself, as the activator tells it: the agent signs it with its report and can add nothing (OFF-2). */
export const localProbe: Probe<"local"> = {
  owner: "unit",
  while: "always",
  read: (run) =>
    readChangeFile(run, {
      schema: localFileSchema,
      said: ({ schema: _, ...told }) => told,
      none: NOTHING_LOCAL,
      name: LOCAL_FILE,
    }),
};
