import type { FactValue } from "#core/report/kinds.ts";

type Problem = FactValue<"agent">["problems"][number];

/** What the agent itself could not do, by source; part of every report until it is mended (SEE-15). */
export type Problems = {
  set(source: string, reason: string | null): void;
  list(): Problem[];
};

export function createProblems(): Problems {
  const bySource = new Map<string, string>();
  return {
    set(source, reason) {
      if (reason === null) bySource.delete(source);
      else bySource.set(source, reason.slice(0, 300));
    },
    list: () =>
      [...bySource].sort(([a], [b]) => (a < b ? -1 : 1)).map(([source, reason]) => ({ source, reason })),
  };
}
