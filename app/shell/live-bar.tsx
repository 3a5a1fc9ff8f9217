"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Unplug } from "lucide-react";
import { useRealtime } from "#app/realtime.tsx";
import { Banner } from "#app/ui/banner.tsx";
import { useClock, useClockText, useWords } from "#app/viewer.tsx";

const BACK_SHOWN_MS = 6_000;

/** What is true about the page's own connection; nothing while all is well. */
export function LiveBar() {
  const { connection, newBuild } = useRealtime();
  const { t } = useWords();
  const clock = useClockText();
  const queryClient = useQueryClient();
  const backSinceMs = connection.state === "live" ? connection.backSinceMs : null;
  const justBack = useClock((nowMs) => backSinceMs !== null && nowMs - backSinceMs < BACK_SHOWN_MS);
  if (connection.state === "lost") {
    return (
      <div className="sticky-bar">
        <Banner tone="loud">
          <Unplug aria-hidden />
          <b>{t("live.bar", { time: clock(connection.sinceMs) })}</b>
          <span>{t("live.barWhy")}</span>
          <button type="button" className="link end" onClick={() => void queryClient.invalidateQueries()}>
            {t("live.retry")}
          </button>
        </Banner>
      </div>
    );
  }
  if (newBuild) {
    return (
      <Banner>
        {t("live.newBuild")}
        <button type="button" className="link inline-link" onClick={() => window.location.reload()}>
          {t("live.reload")}
        </button>
      </Banner>
    );
  }
  return justBack ? <Banner>{t("live.back")}</Banner> : <span role="status" className="sr" />;
}
