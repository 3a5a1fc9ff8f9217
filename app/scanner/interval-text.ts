"use client";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { Reason } from "#core/report/fact.ts";
import type { Interval, PersonAct } from "#server/scanner/view.ts";

export const LANES = ["releases", "boots", "headlines", "findings"] as const;
export type Lane = (typeof LANES)[number];

/** What an interval is called: `short` inside its bar, `long` in the table and on its title. */
export type IntervalText = { short: string; long: string };

/** A trip has its own word and hue within unsafe, on the axis as everywhere. */
export function isTrip(label: Interval["label"]): boolean {
  return typeof label !== "string" && label.code === "safety-tripped";
}

/** Names from people and programs are shown as they are; codes are made into words of the lane's own namespace. */
export function useIntervalText(zone: string | null): (lane: Lane, interval: Interval) => IntervalText {
  const say = useSay(zone);
  const { t } = useWords();
  return (lane, { label, tone }) => {
    if (typeof label === "string") return { short: label, long: label };
    if (lane === "headlines") {
      const word = say.word("headline", isTrip(label) ? "tripped" : (tone ?? "unknown"));
      return { short: word, long: `${word}: ${say.reason(label)}` };
    }
    const said = tone === "unknown" ? say.unknown(label) : say.timeline(label);
    return { short: shortOf(label, t) ?? said, long: said };
  };
}

/** Inside a bar there is room for "boot 88" and "4 findings"; null: what it is called elsewhere is short enough. */
function shortOf({ code, params }: Reason, t: ReturnType<typeof useWords>["t"]): string | null {
  const { boot, count } = params ?? {};
  if (code === "booted" && typeof boot === "number") return t("axis.boot", { n: String(boot) });
  return code === "findings" && typeof count === "number" ? t("axis.findings", { n: count }) : null;
}

/** Who did what, with the reason they gave. */
export function useActText(): (act: PersonAct) => string {
  const say = useSay();
  return ({ actor, actorName, action, text }) =>
    [`${actorName ?? actor} ${say.act({ code: action })}`, ...text.map((one) => say.timeline(one))].join(
      ", ",
    );
}
