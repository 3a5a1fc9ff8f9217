"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { refusalKind } from "#app/change/refusal-kind.ts";
import { paths } from "#app/paths.ts";
import { useTRPC } from "#app/trpc.tsx";
import { ChangeMark } from "#app/ui/change-mark.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { Flash } from "#app/ui/flash.tsx";
import { useSay } from "#app/ui/say.ts";
import { Time } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import type { ChangeRow } from "#server/change/view.ts";
import type { ScannerPage } from "#server/scanner/view.ts";
import { Panel } from "./panel.tsx";

const SHOWN = 5;

/** The scanner's change under way, its last ones, and what those who may can ask for (ACT-4, ACT-7). */
export function ChangePanel({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const { scannerId, serial, agent } = scanner;
  const query = useQuery(trpc.change.list.queryOptions({ scannerId, limit: SHOWN }));
  return (
    <DataState query={query} what={t("changes.what")} rows={2}>
      {({ rows, more }) => (
        <Panel id="changes" title={<Title rows={rows} />}>
          <Refused scanner={scanner} rows={rows} />
          {rows.length > 0 && (
            <ul className="sib">
              {rows.map((row) => (
                <ChangeLine key={row.changeId} row={row} />
              ))}
            </ul>
          )}
          {agent !== null && !agent.changesEnabled && <p className="t2">{t("panel.off")}</p>}
          <Acts scanner={scanner} open={rows.find(({ endedAtMs }) => endedAtMs === null) ?? null} />
          {more && (
            <Link className="link inline-link" href={paths.changes({ open: false, scannerId })}>
              <bdi>{t("panel.all", { serial })}</bdi>
            </Link>
          )}
        </Panel>
      )}
    </DataState>
  );
}

/** By its name, whoever sent it: of what nobody asked for here there is no change to open. The page of one that was asked for says it itself. */
function Refused({ scanner, rows }: { scanner: ScannerPage; rows: readonly ChangeRow[] }) {
  const { t } = useWords();
  const say = useSay(scanner.timeZone);
  const { refused } = scanner;
  const [last] = rows;
  if (refused === null || (last?.state === "refused" && last.stateReason?.code === refused)) return null;
  const kind = refusalKind(refused) ?? "state";
  return (
    <div className={kind === "attack" ? "refused attack" : "refused"}>
      <p className="result">{t("panel.refused", { name: say.word("refusal-name", refused) })}</p>
      <p>{say.word("refusal-told", refused)}</p>
      <p>{say.word("refusal-kind", kind)}</p>
    </div>
  );
}

function Title({ rows }: { rows: readonly ChangeRow[] }) {
  const { t } = useWords();
  const say = useSay();
  const [last] = rows;
  if (last === undefined) return t("panel.noChange");
  if (rows.some(({ endedAtMs }) => endedAtMs === null)) return t("panel.underWay");
  return t("panel.last", { state: say.word("change", last.state) });
}

function ChangeLine({ row }: { row: ChangeRow }) {
  const { t } = useWords();
  const say = useSay(row.timeZone);
  const { changeId, action, release, state, percent, stateReason } = row;
  return (
    <li>
      <Flash of={state}>
        <ChangeMark state={state} percent={percent} size="small" />
      </Flash>
      <Link className="name" href={paths.change(changeId)}>
        <bdi>{t(`action.${action}`, { release: release.name })}</bdi>
      </Link>
      <span className="cmp t3">
        <Time ms={row.stateSinceMs} zone={row.timeZone} />
      </span>
      {stateReason !== null && <span className="what">{say.blocked(stateReason)}</span>}
    </li>
  );
}

/** What is offered says which scanner it is about; while one is under way the way leads there. */
function Acts({ scanner, open }: { scanner: ScannerPage; open: ChangeRow | null }) {
  const { t } = useWords();
  const { scannerId, serial, may, baseline } = scanner;
  if (open !== null)
    return (
      <div className="row-wrap">
        <Link className="btn" href={paths.change(open.changeId)}>
          {t("panel.watch")}
        </Link>
      </div>
    );
  if (!may.rollback && !may.upgrade) return null;
  const release = baseline?.origin === "signed" ? baseline.name : null;
  return (
    <div className="row-wrap">
      {may.rollback && (
        <Link className="btn" href={paths.rollback(scannerId)}>
          <bdi>{t("panel.rollback", { serial })}</bdi>
        </Link>
      )}
      {may.upgrade && (
        <Link className="btn" href={paths.upgrade({ release, scannerIds: [scannerId] })}>
          <bdi>{t("panel.upgrade", { serial })}</bdi>
        </Link>
      )}
    </div>
  );
}
