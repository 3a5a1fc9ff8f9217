import type { Headline } from "#core/headline/axes.ts";
import type { Situation } from "#core/headline/situation.ts";
import type { Nudge } from "#server/act.ts";
import type { WithScope } from "#server/database/scoped.ts";
import type { Log } from "#server/log.ts";
import type { LinkBook } from "#server/report/link-book.ts";

/** The server's own attention: its steady clock and since when it has been listening (V-08, V-09). */
export type Watch = { nowMs: () => number; observingSinceMs: () => number };

/** When to look at a scanner again although it says nothing (server/ticker/agenda.ts). */
type Agenda = {
  set: (
    scannerId: string,
    dueMs: number | null,
    outlook: { situation: Situation; headline: Headline },
  ) => void;
  soon: (scannerId: string) => void;
};

export type ReportDeps = {
  withScope: WithScope;
  links: LinkBook;
  watch: Watch;
  agenda: Agenda;
  nudge: Nudge;
  log: Log;
  /** Tells the ingress that a scanner's identity changed here and now. */
  forgetKey: (scannerId: string) => void;
  /** Version of the newest instruction metadata of a scanner; 0: there is none. */
  directorVersion: (scannerId: string) => number;
};
