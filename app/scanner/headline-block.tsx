"use client";
import Link from "next/link";
import { EditScanner } from "#app/keeping/edit-scanner.tsx";
import { paths } from "#app/paths.ts";
import { HeadlineMark } from "#app/ui/mark.tsx";
import { useSay } from "#app/ui/say.ts";
import { useAbsolute, useClock, useWords } from "#app/viewer.tsx";
import { durationText, relativeText } from "#core/time/duration.ts";
import type { ScannerPage } from "#server/scanner/view.ts";

/** The word, why, since when, and how old that knowledge is. Announced at once only when it becomes unsafe (4.1.3). */
export function HeadlineBlock({ scanner }: { scanner: ScannerPage }) {
  const { t, locale } = useWords();
  const say = useSay(scanner.timeZone);
  const absolute = useAbsolute(scanner.timeZone);
  const { headline, asOfMs } = scanner;
  const asOf = useClock((nowMs) =>
    asOfMs === null
      ? t("scanner.neverSeen")
      : t("scanner.asOf", { time: absolute(asOfMs), ago: relativeText(locale, { atMs: asOfMs, nowMs }) }),
  );
  return (
    <div className="head-block">
      <HeadlineMark headline={headline} size="big" />
      <div className="say" role={headline.word === "unsafe" ? "alert" : undefined}>
        <p className="why-now">{say.headline(headline)}</p>
        <p className="t2">
          <span suppressHydrationWarning>
            {t("scanner.began", { time: absolute(scanner.headlineSinceMs) })}
          </span>{" "}
          <span suppressHydrationWarning>{asOf}</span> <Skew skewMs={scanner.skewMs} />
        </p>
        {headline.chips.length > 0 && (
          <ul className="chips" aria-label={t("scanner.chips")}>
            {headline.chips.map((chip) => (
              <li className="chip" key={chip.code}>
                {say.chip(chip)}
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="act">
        <EditScanner scanner={scanner} />
        {scanner.may.adopt && scanner.identity === "approved" && scanner.baseline !== null && (
          <Link className="btn" href={paths.adopt(scanner.scannerId)}>
            {t("baseline.again")}
          </Link>
        )}
      </div>
    </div>
  );
}

/** Below this nobody needs to know. */
const WORTH_SAYING_MS = 5_000;

function Skew({ skewMs }: { skewMs: number }) {
  const { t, locale } = useWords();
  if (Math.abs(skewMs) < WORTH_SAYING_MS) return null;
  const duration = durationText(locale, skewMs);
  return t(skewMs > 0 ? "scanner.skew" : "scanner.skewBehind", { duration });
}
