import { changeFileSchema, NO_CHANGE } from "#core/report/change-kind.ts";
import { readChangeFile } from "./change-file.ts";
import type { Probe } from "./probe.ts";

/** What the scanner says of its running or last change. Only read: the agent can change nothing (ACT-9). */
export const changeProbe: Probe<"change"> = {
  owner: "unit",
  while: "always",
  read: (run) =>
    readChangeFile(run, {
      schema: changeFileSchema,
      said: ({ schema: _, ...told }) => told,
      none: NO_CHANGE,
    }),
};
