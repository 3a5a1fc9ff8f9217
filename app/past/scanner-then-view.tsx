"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { FindingList } from "#app/compare/findings-diff.tsx";
import { paths } from "#app/paths.ts";
import { useConnected } from "#app/realtime.tsx";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { Banner } from "#app/ui/banner.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useSay } from "#app/ui/say.ts";
import { useAbsolute, useWords, useZone } from "#app/viewer.tsx";
import { storePathParts } from "#core/closure/store-path.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import type { ScannerThen } from "#server/past/view.ts";
import { FactsThen } from "./facts-then.tsx";
import { HeadlineThenMark } from "./headline-then.tsx";
import { TimeSlider } from "./time-slider.tsx";
import { useMoment } from "./use-moment.ts";

type Props = { scannerId: ScannerId; startMs: number };

/** EXP-6: one scanner at any moment that is recorded. */
export function ScannerThenView({ scannerId, startMs }: Props) {
  const { t } = useWords();
  const trpc = useTRPC();
  const connected = useConnected();
  const range = useQuery(trpc.past.range.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  const { atMs, askedMs, setAtMs } = useMoment(startMs, (ms) => paths.scannerAt(scannerId, ms));
  const then = useQuery(
    trpc.past.scanner.queryOptions({ scannerId, atMs: askedMs }, { placeholderData: keepPreviousData }),
  );
  const serial = then.data?.serial ?? "";
  return (
    <>
      <Header
        crumbs={[
          { label: t("nav.fleet"), href: paths.fleet() },
          { label: serial, href: paths.scanner(scannerId) },
          { label: t("past.crumb") },
        ]}
      />
      <main id="content" tabIndex={-1} className={connected ? "past" : "past as-of-then"}>
        {then.data === undefined && <h1 className="sr">{t("past.what")}</h1>}
        <DataState query={then} what={t("past.what")} rows={10}>
          {/* A fact that is there is never undefined, which the type of what travels as JSON cannot know. */}
          {(data) => (
            <>
              <Lead then={data as ScannerThen} />
              {range.data != null && (
                <TimeSlider range={range.data} atMs={atMs} siteZone={data.timeZone} onChange={setAtMs} />
              )}
              <Stood then={data as ScannerThen} />
              <Findings then={data as ScannerThen} />
              <FactsThen then={data as ScannerThen} />
            </>
          )}
        </DataState>
      </main>
    </>
  );
}

/** Names the moment the page shows, which lags behind a slider that is still being moved. */
function Lead({ then }: { then: ScannerThen }) {
  const { t } = useWords();
  const zone = useZone(then.timeZone);
  const time = useAbsolute(then.timeZone);
  const { scannerId, serial, siteName } = then;
  return (
    <div className="lead">
      <h1 aria-live="polite">
        <bdi>{t("past.scannerTitle", { serial, time: time(then.atMs) })}</bdi>
      </h1>
      <p>
        <bdi>{siteName}</bdi>. {t("past.zone", { zone })}{" "}
        <Link
          className="link"
          href={paths.compare({ scannerId, atMs: then.atMs }, { scannerId, atMs: null })}
        >
          {t("past.diffNow")}
        </Link>
      </p>
    </div>
  );
}

function Stood({ then }: { then: ScannerThen }) {
  const { t } = useWords();
  const say = useSay(then.timeZone);
  const time = useAbsolute(then.timeZone);
  const { headline, running } = then;
  return (
    <section className="then-part">
      <div className="then-headline">
        <HeadlineThenMark headline={headline} />
        <p>
          {headline === null ? (
            t("past.notKnownBody", { serial: then.serial })
          ) : (
            <>
              <bdi className="strong">{say.reason(headline.reason)}</bdi>{" "}
              <span className="t2">
                {headline.untilMs === null
                  ? t("past.stillStands", { from: time(headline.sinceMs) })
                  : t("past.stood", { from: time(headline.sinceMs), to: time(headline.untilMs) })}
              </span>
            </>
          )}
        </p>
      </div>
      {then.lastKnown && <Banner tone="loud">{t("past.lastKnown")}</Banner>}
      <p>
        {running === null ? (
          <span className="cannot">{t("past.ranUnknown")}</span>
        ) : (
          <bdi title={running.toplevel}>
            {t("past.ran", { name: running.releaseName ?? storePathParts(running.toplevel).name })}
          </bdi>
        )}
      </p>
    </section>
  );
}

function Findings({ then }: { then: ScannerThen }) {
  const { t } = useWords();
  const n = then.findings.length;
  const none = then.headline === null ? t("past.findingsUnknown") : t("past.findingsNone");
  return (
    <section className="then-part">
      <div className="sec">
        <h2>{n === 0 ? none : t("past.findings", { n })}</h2>
      </div>
      <FindingList rows={then.findings} />
    </section>
  );
}
