"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { MOST_AT_ONCE } from "#app/change/query.ts";
import { paths } from "#app/paths.ts";
import { useConnected } from "#app/realtime.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { ReleaseScannerRow, ReleaseScanners, ReleaseView } from "#server/release/view.ts";
import { PinDialog } from "./pin-dialog.tsx";
import { ScannerTable } from "./scanner-table.tsx";

const ASK_AGAIN_MS = 15_000;
const SHOWS = ["all", "running", "can-take", "cannot"] as const;
type Show = (typeof SHOWS)[number];
type Chosen = ReadonlyMap<string, string>;

/** Who runs it, who can take it, who cannot and why (SIG-5); the chosen ones can be pinned or asked to upgrade. */
export function ReleaseScannersPart({ release }: { release: ReleaseView }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const connected = useConnected();
  const [show, setShow] = useState<Show>("all");
  const [chosen, setChosen] = useState<Chosen>(new Map());
  const query = useQuery(
    trpc.release.scanners.queryOptions(
      { name: release.name, show },
      { refetchInterval: connected ? ASK_AGAIN_MS : false, placeholderData: (before) => before },
    ),
  );
  return (
    <section className="release-scanners">
      <DataState query={query} what={t("release.scanners.what")} rows={6}>
        {(scanners) => (
          <>
            <Summary counts={scanners.counts} />
            <fieldset className="seg plain" aria-label={t("release.show")}>
              {SHOWS.map((one) => (
                <button key={one} type="button" aria-pressed={one === show} onClick={() => setShow(one)}>
                  {t(`release.show.${one}`)}
                </button>
              ))}
            </fieldset>
            <Acts release={release} chosen={chosen} done={() => setChosen(new Map())} />
            <Rows scanners={scanners} release={release} chosen={chosen} onChosen={setChosen} />
          </>
        )}
      </DataState>
    </section>
  );
}

function Summary({ counts }: { counts: ReleaseScanners["counts"] }) {
  const { t } = useWords();
  const say = useSay();
  const { running, canTake, cannot, byReason } = counts;
  return (
    <>
      <div className="sec">
        <h2>{t("release.scanners.title", { n: running, can: canTake, cannot })}</h2>
      </div>
      {byReason.length > 0 && (
        <ul className="why-not" aria-label={t("release.reasons")}>
          {byReason.map(({ code, count }) => (
            <li key={code}>
              <b>{count}</b> {say.blocked({ code })}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

type RowsProps = {
  scanners: ReleaseScanners;
  release: ReleaseView;
  chosen: Chosen;
  onChosen: (chosen: Chosen) => void;
};

function Rows({ scanners, release, chosen, onChosen }: RowsProps) {
  const { t } = useWords();
  const { rows, total } = scanners;
  const { may } = release;
  if (rows.length === 0) return <p className="t2">{t("release.scanners.none")}</p>;
  const tick = ({ scannerId, serial }: ReleaseScannerRow, on: boolean) => {
    const next = new Map(chosen);
    if (on) next.set(scannerId, serial);
    else next.delete(scannerId);
    onChosen(next);
  };
  return (
    <>
      <ScannerTable rows={rows} chosen={chosen} tick={may.pin || may.activate ? tick : null} />
      {total > rows.length && <p className="small-print">{t("release.shown", { n: rows.length, total })}</p>}
    </>
  );
}

type ActsProps = { release: ReleaseView; chosen: Chosen; done: () => void };

/** Two different things, side by side: what they are compared with, and what is to run on them. */
function Acts({ release, chosen, done }: ActsProps) {
  const { t } = useWords();
  const [pinning, setPinning] = useState(false);
  const { name, may, withdrawn } = release;
  if (!may.pin && !may.activate) return null;
  if (chosen.size === 0) return <p className="t2">{t("release.chooseFirst", { name })}</p>;
  const tooMany = chosen.size > MOST_AT_ONCE ? t("release.tooMany", { max: MOST_AT_ONCE }) : null;
  return (
    <div className="row-wrap chosen-acts">
      <p className="strong">{t("release.chosen", { n: chosen.size })}</p>
      {may.pin && (
        <div>
          <Button onClick={() => setPinning(true)}>
            <bdi>{t("release.pin", { name })}</bdi>
          </Button>
          <PinDialog open={pinning} onOpenChange={setPinning} {...{ name, chosen, done }} />
        </div>
      )}
      {may.activate && withdrawn === null && (
        <div>
          {tooMany === null ? (
            <Link className="btn" href={paths.upgrade({ release: name, scannerIds: [...chosen.keys()] })}>
              <bdi>{t("release.upgrade", { name })}</bdi>
            </Link>
          ) : (
            <Button disabledReason={tooMany}>
              <bdi>{t("release.upgrade", { name })}</bdi>
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
