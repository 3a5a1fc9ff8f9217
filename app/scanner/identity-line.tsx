"use client";
import { wall } from "#app/ui/time/zone.ts";
import { useClock, useViewer, useWords } from "#app/viewer.tsx";
import type { ScannerPage } from "#server/scanner/view.ts";

/** Who this is and what time it is there: the reader is rarely in the scanner's zone. */
export function IdentityLine({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const { model, hardwareRevision, hostname } = scanner;
  return (
    <div className="id-line">
      <h1>
        <bdi>{scanner.serial}</bdi>
        {scanner.alias !== null && <bdi className="alias">{scanner.alias}</bdi>}
      </h1>
      <p className="facts">
        {model !== null && (
          <bdi>
            {model}
            {hardwareRevision !== null && `, ${t("scanner.revision", { revision: hardwareRevision })}`}
          </bdi>
        )}
        <bdi>
          {scanner.siteName}
          {scanner.room !== null && `, ${t("scanner.room", { room: scanner.room })}`}
        </bdi>
        <bdi className="mono">{hostname}</bdi>
      </p>
      <SiteClock zone={scanner.timeZone} />
    </div>
  );
}

function SiteClock({ zone }: { zone: string }) {
  const { t, locale } = useWords();
  const { preferences } = useViewer();
  const there = useClock((nowMs) => {
    const at = wall(nowMs, zone, locale);
    return `${at.time} ${at.zone}`;
  });
  const beside = useClock((nowMs) => {
    const at = wall(nowMs, zone, locale);
    const mine = wall(nowMs, preferences.timeZone, locale);
    const same = at.date === mine.date && at.time === mine.time;
    const rest = same
      ? t("scanner.sameAsYours")
      : t("scanner.yours", { time: `${mine.minute} ${mine.zone}` });
    return `${t("scanner.atSite", { day: at.day })}, ${rest}`;
  });
  return (
    <p className="site-clock" suppressHydrationWarning>
      {there}
      <span suppressHydrationWarning>{beside}</span>
    </p>
  );
}
