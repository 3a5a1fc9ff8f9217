"use client";
import { Check, CircleQuestionMark, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { HeadlineMark } from "#app/ui/mark.tsx";
import { useSay } from "#app/ui/say.ts";
import { useAbsolute, useClock, useWords } from "#app/viewer.tsx";
import { ENCODINGS, markOf } from "#core/headline/encoding.ts";
import { relativeText } from "#core/time/duration.ts";
import type { ScannerPage } from "#server/scanner/view.ts";
import { touchOf } from "./touch.ts";

/** The first thing on the page: the headline readable from two metres, as of when, and whether it is energised. */
export function SafeToTouch({ scanner }: { scanner: ScannerPage }) {
  const { t, locale } = useWords();
  const say = useSay(scanner.timeZone);
  const absolute = useAbsolute(scanner.timeZone);
  const { headline, asOfMs } = scanner;
  const { fill, hue } = ENCODINGS[markOf(headline)];
  const asOf = useClock((nowMs) =>
    asOfMs === null
      ? t("scanner.neverSeen")
      : t("scanner.asOf", { time: absolute(asOfMs), ago: relativeText(locale, { atMs: asOfMs, nowMs }) }),
  );
  return (
    <section className="touch-first" aria-labelledby="touch-question">
      <div className="touch-block" data-fill={fill} data-hue={hue ?? undefined}>
        <h2 id="touch-question">{t("touch.question")}</h2>
        <HeadlineMark headline={headline} size="big" />
        <p className="say">{say.headline(headline)}</p>
        <p suppressHydrationWarning>{asOf}</p>
      </div>
      <Energy scanner={scanner} />
    </section>
  );
}

function Energy({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const say = useSay();
  const { energised, scan } = touchOf(scanner);
  return (
    <>
      <dl className="touch-rows">
        <Row name={t("touch.energised")} good={energised === null ? null : !energised}>
          {energised === null ? t("touch.notKnown") : t(energised ? "touch.yes" : "touch.no")}
        </Row>
        <Row name={t("touch.scan")} good={scan === null ? null : scan === "idle"}>
          {scan === null ? t("touch.notKnown") : say.word("scan", scan)}
        </Row>
      </dl>
      {energised === null && <p className="strong">{t("touch.lookAtIt")}</p>}
      <p className="t2">{t("touch.authoritative")}</p>
    </>
  );
}

/** `good` null: not known, dotted, and never drawn like a yes. */
function Row({ name, good, children }: { name: string; good: boolean | null; children: ReactNode }) {
  const Icon: LucideIcon = good === null ? CircleQuestionMark : good ? Check : TriangleAlert;
  return (
    <div>
      <dt>{name}</dt>
      <dd data-known={good !== null}>
        <Icon aria-hidden />
        <span className={good === null ? "cannot" : undefined}>{children}</span>
      </dd>
    </div>
  );
}
