"use client";
import {
  Ban,
  Check,
  CircleQuestionMark,
  Clock3,
  GitCompare,
  type LucideIcon,
  Minus,
  OctagonPause,
  OctagonX,
  RotateCw,
  TriangleAlert,
  Unplug,
} from "lucide-react";
import { useWords } from "#app/viewer.tsx";
import type { Currency, FunctionAxis, Link, Safety, Service, Software } from "#core/headline/axes.ts";
import { useSay } from "./say.ts";

type Hue = "unsafe" | "tripped" | "degraded" | "drifted" | null;
type Look = { icon: LucideIcon; hue: Hue; weight: "strong" | "plain" | "quiet" | "cannot" };

const plain = (icon: LucideIcon): Look => ({ icon, hue: null, weight: "plain" });
const quiet = (icon: LucideIcon): Look => ({ icon, hue: null, weight: "quiet" });
const strong = (icon: LucideIcon, hue: Hue): Look => ({ icon, hue, weight: "strong" });
const cannot: Look = { icon: CircleQuestionMark, hue: null, weight: "cannot" };

/** One look per value of every axis; a value without one does not compile. Red only for safety. */
const AXIS_LOOKS = {
  link: { live: plain(Check), late: strong(Clock3, null), offline: strong(Unplug, null), never: cannot },
  safety: {
    ok: quiet(Check),
    warning: strong(TriangleAlert, "degraded"),
    tripped: strong(OctagonPause, "tripped"),
    bypassed: strong(OctagonX, "unsafe"),
    lost: strong(OctagonX, "unsafe"),
    "limit-exceeded": strong(OctagonX, "unsafe"),
    "config-mismatch": strong(OctagonX, "unsafe"),
    unknown: cannot,
    none: quiet(Minus),
  },
  function: { ok: plain(Check), failed: strong(TriangleAlert, "degraded"), unknown: cannot },
  software: {
    intact: plain(Check),
    "pending-reboot": strong(RotateCw, "drifted"),
    drifted: strong(GitCompare, "drifted"),
    damaged: strong(TriangleAlert, "degraded"),
    untracked: strong(GitCompare, "drifted"),
    unknown: cannot,
  },
  currency: {
    current: plain(Check),
    behind: strong(Clock3, null),
    ahead: strong(Clock3, null),
    unpinned: quiet(Minus),
  },
  service: {
    "in-service": plain(Check),
    maintenance: strong(Clock3, null),
    "out-of-service": strong(Ban, null),
    retired: quiet(Ban),
  },
} as const satisfies {
  link: Record<Link, Look>;
  safety: Record<Safety, Look>;
  function: Record<FunctionAxis, Look>;
  software: Record<Software, Look>;
  currency: Record<Currency, Look>;
  service: Record<Service, Look>;
};

export type AxisName = keyof typeof AXIS_LOOKS;
type AxisValue<A extends AxisName> = keyof (typeof AXIS_LOOKS)[A] & string;

type Props<A extends AxisName> = { axis: A; value: AxisValue<A>; lastKnown?: boolean };

/** The value of one axis. Of a silent scanner only the past is known: "Was ok", dotted. */
export function AxisWord<A extends AxisName>({ axis, value, lastKnown = false }: Props<A>) {
  const { t, locale } = useWords();
  const look = AXIS_LOOKS[axis][value] as Look;
  const word = useSay().word(axis, value);
  const past = lastKnown && look.weight !== "cannot" && value !== "none";
  const Icon = look.icon;
  return (
    <span
      className="word"
      data-hue={past ? undefined : (look.hue ?? undefined)}
      data-weight={past ? "cannot" : look.weight}
    >
      {!past && (
        <Icon className={look.hue === "unsafe" || look.hue === "tripped" ? "oct" : undefined} aria-hidden />
      )}
      {past ? t("axis.was", { word: word.toLocaleLowerCase(locale) }) : word}
    </span>
  );
}
