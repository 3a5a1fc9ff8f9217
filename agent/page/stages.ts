import type { Step } from "#core/change/steps.ts";
import type { CodeOf } from "#core/message/catalogue.ts";

type Stage = Exclude<CodeOf<"stage">, "now" | "done" | "open">;
type At = "done" | "now" | "open";

const FORWARD = ["prepare", "arm", "switch", "probe", "confirm"] as const satisfies readonly Stage[];
const BACK = ["back", "back-probe", "back-done"] as const satisfies readonly Stage[];

/** Where each step of the machine stands in what people follow; null: nothing moves. */
const STAGE_OF = {
  rest: null,
  offered: "prepare",
  copy: "prepare",
  verify: "prepare",
  keep: "prepare",
  staged: "arm",
  armed: "arm",
  set: "switch",
  boot: "switch",
  switch: "switch",
  reboot: "switch",
  arrived: "probe",
  "restart-agent": "probe",
  probe: "probe",
  bless: "confirm",
  confirm: "confirm",
  settle: "confirm",
  "back-arm": "back",
  "back-set": "back",
  "back-boot": "back",
  "back-switch": "back",
  "back-reboot": "back",
  "back-probe": "back-probe",
  "back-settle": "back-done",
  stuck: "back",
} as const satisfies Record<Step, Stage | null>;

/** The change under way as steps to follow; empty: nothing is under way. */
export function stagesOf(step: Step): { code: Stage; at: At }[] {
  const now: Stage | null = STAGE_OF[step];
  if (now === null) return [];
  const way: readonly Stage[] = BACK.some((one) => one === now) ? BACK : FORWARD;
  const place = way.indexOf(now);
  return way.map((code, index) => ({ code, at: atOf(index, place) }));
}

function atOf(index: number, place: number): At {
  if (index < place) return "done";
  return index === place ? "now" : "open";
}
