"use client";
import { useQuery } from "@tanstack/react-query";
import { paths } from "#app/paths.ts";
import { useConnected } from "#app/realtime.tsx";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { CopyButton } from "#app/ui/copy.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { Time } from "#app/ui/time/time.tsx";
import { groupDigits } from "#app/ui/words.ts";
import { useWords } from "#app/viewer.tsx";
import { bytesText } from "#core/time/duration.ts";
import type { ReleaseView } from "#server/release/view.ts";
import { Comparison } from "./comparison.tsx";
import { Refusals } from "./refusals.tsx";
import { ReleaseScannersPart } from "./release-scanners.tsx";
import { SignedBy } from "./signed.tsx";
import { Standing } from "./standing.tsx";
import { Systems } from "./systems.tsx";

const ASK_AGAIN_MS = 30_000;

export function ReleasePageView({ name, against }: { name: string; against: string | null }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const connected = useConnected();
  const query = useQuery(
    trpc.release.get.queryOptions({ name }, { refetchInterval: connected ? ASK_AGAIN_MS : false }),
  );
  return (
    <>
      <Header crumbs={[{ label: t("releases.title"), href: paths.releases }, { label: name }]} />
      <main id="content" tabIndex={-1} className="page release">
        <DataState query={query} what={t("release.what")} rows={12}>
          {(release) => <Loaded release={release} against={against} />}
        </DataState>
      </main>
    </>
  );
}

function Loaded({ release, against }: { release: ReleaseView; against: string | null }) {
  const { t } = useWords();
  const { name, withdrawn, notes, signed, standing, systems } = release;
  return (
    <>
      <div>
        <h1>
          <bdi className={withdrawn === null ? undefined : "withdrawn"}>{name}</bdi>
        </h1>
        <p className="intro">
          {t("release.madeBy")} <Time ms={release.createdAtMs} />
        </p>
      </div>
      {withdrawn !== null && (
        <p className="notice loud">
          <bdi>{t("release.withdrawnWhy", { why: withdrawn })}</bdi>
        </p>
      )}
      <ReleaseScannersPart release={release} />
      <Refusals name={name} />
      <Comparison release={release} against={against} />
      <section>
        <div className="sec">
          <h2>{t("release.notes")}</h2>
        </div>
        {notes.trim() === "" ? (
          <p className="t2">{t("release.noNotes")}</p>
        ) : (
          <bdi className="notes">{notes}</bdi>
        )}
      </section>
      <Systems systems={systems} />
      <SignedBy signed={signed} />
      <FileFacts release={release} />
      {standing !== null && <Standing standing={standing} />}
    </>
  );
}

function FileFacts({ release }: { release: ReleaseView }) {
  const { t, locale } = useWords();
  const { counter, floor, file, publishedAtMs } = release;
  return (
    <section>
      <div className="sec">
        <h2>{t("release.facts")}</h2>
      </div>
      <dl className="dl wide">
        <dt>{t("release.counter")}</dt>
        <dd>{groupDigits(counter, locale)}</dd>
        <dt>{t("release.floor")}</dt>
        <dd>
          {groupDigits(floor, locale)} <span className="t3">{t("release.floorBody")}</span>
        </dd>
        <dt>{t("release.published")}</dt>
        <dd>
          <Time ms={publishedAtMs} />
        </dd>
        <dt>{t("release.size")}</dt>
        <dd>{bytesText(locale, file.bytes)}</dd>
        <dt>{t("release.sha")}</dt>
        <dd>
          <span className="mono">{file.sha256}</span>{" "}
          <CopyButton text={file.sha256} label={t("copy.path", { name: t("release.sha") })} />
        </dd>
      </dl>
    </section>
  );
}
