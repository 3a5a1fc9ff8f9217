"use client";
import {
  Ban,
  Check,
  CircleQuestionMark,
  Download,
  HeartPulse,
  Hourglass,
  Inbox,
  type LucideIcon,
  Minus,
  PackageCheck,
  Power,
  RefreshCw,
  ShieldX,
  TimerOff,
  TimerReset,
  TriangleAlert,
  Undo2,
} from "lucide-react";
import { useWords } from "#app/viewer.tsx";
import type { ChangeState } from "#core/headline/axes.ts";
import type { Encoding } from "#core/headline/encoding.ts";
import { useSay } from "./say.ts";

type Look = { icon: LucideIcon; fill: Encoding["fill"]; hue: Encoding["hue"] };

const running = (icon: LucideIcon): Look => ({ icon, fill: "outline", hue: "updating" });
const resting = (icon: LucideIcon): Look => ({ icon, fill: "plain", hue: null });

/** Word, shape and fill of every state of a change; one without a look does not compile. Red stays with safety. */
export const CHANGE_LOOKS = {
  none: resting(Minus),
  offered: { icon: Inbox, fill: "outline", hue: null },
  refused: { icon: ShieldX, fill: "tint", hue: "degraded" },
  waiting: { icon: Hourglass, fill: "outline", hue: null },
  downloading: running(Download),
  staged: { icon: PackageCheck, fill: "outline", hue: null },
  armed: running(TimerReset),
  activating: running(RefreshCw),
  rebooting: running(Power),
  probation: running(HeartPulse),
  confirmed: { icon: Check, fill: "plain", hue: "nominal" },
  "rolling-back": running(Undo2),
  "rolled-back": { icon: Undo2, fill: "tint", hue: "drifted" },
  "rollback-failed": { icon: TriangleAlert, fill: "tint", hue: "degraded" },
  cancelled: resting(Ban),
  expired: resting(TimerOff),
  unknown: { icon: CircleQuestionMark, fill: "dotted", hue: "quiet" },
} as const satisfies Record<ChangeState, Look>;

type Props = { state: ChangeState; percent?: number | null; size?: "small" | "normal" | "big" };

/** The state of a change as one sign: word, icon and fill, always all three. */
export function ChangeMark({ state, percent = null, size = "normal" }: Props) {
  const { locale } = useWords();
  const word = useSay().word("change", state);
  const { icon: Icon, fill, hue } = CHANGE_LOOKS[state];
  return (
    <span
      className={size === "normal" ? "mark" : `mark ${size}`}
      data-fill={fill}
      data-hue={hue ?? undefined}
    >
      <Icon aria-hidden />
      {word.charAt(0).toLocaleUpperCase(locale) + word.slice(1)}
      {percent !== null && state === "downloading" && <span className="step">{Math.round(percent)} %</span>}
    </span>
  );
}
