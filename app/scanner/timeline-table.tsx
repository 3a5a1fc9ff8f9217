"use client";
import { useSay } from "#app/ui/say.ts";
import { useAbsolute, useWords } from "#app/viewer.tsx";
import type { Timeline } from "#server/scanner/view.ts";
import { LANES, useActText, useIntervalText } from "./interval-text.ts";

type Line = { lane: string; text: string; fromMs: number; toMs: number | null };

/** The same facts as the drawing, newest first, for a keyboard, a screen reader and a phone. */
export function TimelineTable({ timeline, zone }: { timeline: Timeline; zone: string }) {
  const { t } = useWords();
  const say = useSay(zone);
  const absolute = useAbsolute(zone);
  const textOf = useIntervalText(zone);
  const actText = useActText();
  const { lanes } = timeline;
  const intervals: Line[] = LANES.flatMap((lane) =>
    lanes[lane].map((one) => ({
      lane: say.word("lane", lane),
      text: textOf(lane, one).long,
      fromMs: one.openedMs,
      toMs: one.closedMs,
    })),
  );
  const acts: Line[] = lanes.people.map((act) => ({
    lane: say.word("lane", "people"),
    text: actText(act),
    fromMs: act.atMs,
    toMs: act.atMs,
  }));
  const lines = [...intervals, ...acts].sort((a, b) => b.fromMs - a.fromMs);
  if (lines.length === 0) return <p className="t3">{t("axis.nothing")}</p>;
  return (
    <div className="scroll-x">
      <table className="tbl flush stack">
        <thead>
          <tr>
            <th scope="col">{t("axis.label")}</th>
            <th scope="col">{t("axis.lane")}</th>
            <th scope="col">{t("axis.from")}</th>
            <th scope="col">{t("axis.to")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={`${line.lane} ${line.fromMs} ${line.text}`}>
              <th scope="row">
                <bdi>{line.text}</bdi>
              </th>
              <td data-label={t("axis.lane")}>{line.lane}</td>
              <td data-label={t("axis.from")}>{absolute(line.fromMs)}</td>
              <td data-label={t("axis.to")}>{line.toMs === null ? t("axis.still") : absolute(line.toMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
