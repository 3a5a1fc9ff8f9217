import type { Host } from "#agent/activate/host.ts";
import { toldOf } from "#core/change/told.ts";
import type { ActivateAnswer } from "#core/change/verbs.ts";

export type StatusAnswer = Extract<ActivateAnswer, { answer: "status" }>;

/** What is under way and what is known here, from root's own files. */
export async function statusOf(host: Pick<Host, "records" | "settings">): Promise<StatusAnswer> {
  const journal = await host.records.journal();
  const { generations } = await host.records.confirmed();
  const { failures } = await host.records.failures();
  const held = await host.records.held();
  return {
    answer: "status",
    enabled: host.settings.enable,
    step: journal.step,
    told: toldOf(journal),
    confirmed: generations.map(({ toplevel, release, confirmedAtMs }) => ({
      toplevel,
      release,
      confirmedAtMs,
    })),
    held,
    blocked: failures
      .filter((one) => one.blocked)
      .map(({ toplevel, reason, sinceMs }) => ({ toplevel, reason, sinceMs })),
  };
}
