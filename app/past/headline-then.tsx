"use client";
import { HeadlineMark, StatusMark } from "#app/ui/mark.tsx";
import { useWords } from "#app/viewer.tsx";
import type { HeadlineThen } from "#server/past/view.ts";

/** The headline that stood then; where nothing was known it says so and claims nothing. */
export function HeadlineThenMark({
  headline,
  size = "normal",
}: {
  headline: HeadlineThen;
  size?: "small" | "normal" | "big";
}) {
  const { t } = useWords();
  if (headline === null)
    return (
      <span className="row-wrap">
        <StatusMark status="unknown" size={size} />
        <span className="t2">{t("past.notKnown")}</span>
      </span>
    );
  return <HeadlineMark headline={{ ...headline, chips: [] }} size={size} />;
}
