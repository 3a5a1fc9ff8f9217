import { describe, expect, test } from "vitest";
import type { ChangeState } from "#core/headline/axes.ts";
import type { ChangeStepView, ChangeView } from "#server/change/view.ts";
import { stepRows } from "./steps.ts";

function step(atMs: number, state: ChangeState, more: Partial<ChangeStepView> = {}): ChangeStepView {
  return { atMs, state, reason: null, source: "scanner", by: "FM26-0001", percent: null, ...more };
}

function rows(
  steps: ChangeStepView[],
  more: Partial<Pick<ChangeView, "action" | "state" | "endedAtMs">> = {},
) {
  const state = more.state ?? steps.at(-1)?.state ?? "offered";
  return stepRows({ action: "activate", endedAtMs: null, steps, ...more, state });
}

const short = (all: ReturnType<typeof rows>) => all.map(({ kind, state }) => `${kind} ${state}`);

describe("the steps of a change are those that were observed, and the others are still to come [ACT-4, SEE-14]", () => {
  test("a change that was only asked for has done nothing yet", () => {
    expect(short(rows([step(1, "offered")]))).toEqual([
      "now offered",
      "ahead downloading",
      "ahead staged",
      "ahead armed",
      "ahead activating",
      "ahead probation",
      "ahead confirmed",
    ]);
  });

  test("a rollback announces no download, and nobody announces a reboot before it was seen", () => {
    expect(short(rows([step(1, "offered"), step(5, "activating")], { action: "rollback" }))).toEqual([
      "done offered",
      "now activating",
      "ahead probation",
      "ahead confirmed",
    ]);
    expect(short(rows([step(1, "offered"), step(5, "rebooting")], { action: "rollback" }))).toEqual([
      "done offered",
      "now rebooting",
      "ahead probation",
      "ahead confirmed",
    ]);
  });

  test("each step lasts until the next was seen, in the order of time", () => {
    const all = rows([step(60, "armed"), step(10, "offered"), step(30, "staged")]);
    expect(all.slice(0, 3)).toMatchObject([
      { state: "offered", untilMs: 30 },
      { state: "staged", untilMs: 60 },
      { state: "armed", untilMs: null, kind: "now" },
    ]);
  });

  test("progress is one step with the newest percentage; another reason to wait is another step", () => {
    const all = rows([
      step(1, "downloading", { percent: 10 }),
      step(2, "downloading", { percent: 40 }),
      step(3, "waiting", { reason: { code: "scanning" } }),
      step(4, "waiting", { reason: { code: "energised" } }),
    ]);
    expect(all.slice(0, 3)).toMatchObject([
      { state: "downloading", percent: 40, atMs: 1, untilMs: 3 },
      { state: "waiting", reason: { code: "scanning" } },
      { state: "waiting", reason: { code: "energised" }, kind: "now" },
    ]);
    expect(short(all).slice(3)[0]).toBe("ahead staged");
  });

  test("what ended has nothing ahead, and what goes back only that", () => {
    expect(short(rows([step(1, "offered"), step(2, "refused")], { endedAtMs: 2 }))).toEqual([
      "done offered",
      "end refused",
    ]);
    expect(short(rows([step(1, "probation"), step(2, "rolling-back")]))).toEqual([
      "done probation",
      "now rolling-back",
      "ahead rolled-back",
    ]);
    expect(short(rows([step(1, "rolling-back"), step(2, "rollback-failed")]))).toEqual([
      "done rolling-back",
      "now rollback-failed",
    ]);
  });
});
