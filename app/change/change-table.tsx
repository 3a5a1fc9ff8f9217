"use client";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { ChangeMark } from "#app/ui/change-mark.tsx";
import { Flash } from "#app/ui/flash.tsx";
import { useSay } from "#app/ui/say.ts";
import { Time } from "#app/ui/time/time.tsx";
import { useClock, useWords } from "#app/viewer.tsx";
import type { ChangeRow } from "#server/change/view.ts";
import { hearingOf } from "./heard.ts";

/** Those under way first, then the newest; each leads to its own page. */
export function ChangeTable({ rows }: { rows: readonly ChangeRow[] }) {
  const { t } = useWords();
  return (
    <table className="tbl flush stack changes">
      <caption className="sr">{t("changes.title")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("changes.state")}</th>
          <th scope="col">{t("changes.asked")}</th>
          <th scope="col">{t("changes.scanner")}</th>
          <th scope="col">{t("changes.site")}</th>
          <th scope="col">{t("changes.by")}</th>
          <th scope="col" className="num">
            {t("changes.since")}
          </th>
          <th scope="col" className="num">
            {t("changes.when")}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.changeId} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row }: { row: ChangeRow }) {
  const { t } = useWords();
  const { action, release, from, state, percent, timeZone } = row;
  const hearing = useClock((nowMs) => hearingOf(row, nowMs));
  return (
    <tr>
      <td>
        <Flash of={state}>
          <ChangeMark state={hearing === "unknown" ? "unknown" : state} percent={percent} />
        </Flash>
        <Why row={row} />
        {hearing !== "heard" && <span className="why-row t2">{t("changes.notHeard")}</span>}
      </td>
      <th scope="row">
        <Link className="strong" href={paths.change(row.changeId)}>
          <bdi>{t(`action.${action}`, { release: release.name })}</bdi>
        </Link>
        {from?.releaseName != null && (
          <bdi className="t3"> {t("action.from", { release: from.releaseName })}</bdi>
        )}
      </th>
      <td data-label={t("changes.scanner")}>
        <Link href={paths.scanner(row.scannerId)}>
          <bdi className="strong">{row.serial}</bdi>{" "}
          {row.alias !== null && <bdi className="t2">{row.alias}</bdi>}
        </Link>
      </td>
      <td data-label={t("changes.site")}>
        <bdi>{row.siteName}</bdi>
      </td>
      <td data-label={t("changes.by")} className="t2">
        <bdi>{row.requestedBy ?? t("change.somebody")}</bdi>
      </td>
      <td data-label={t("changes.since")} className="num">
        <Time ms={row.stateSinceMs} zone={timeZone} as="since" />
      </td>
      <td data-label={t("changes.when")} className="num t2">
        <Time ms={row.requestedAtMs} zone={timeZone} />
      </td>
    </tr>
  );
}

/** Why it waits, was refused or went back, and whether an attack was seen: said in the row, not hidden behind it. */
function Why({ row }: { row: ChangeRow }) {
  const say = useSay(row.timeZone);
  if (row.stateReason === null) return null;
  return <span className="why-row t2">{say.blocked(row.stateReason)}</span>;
}
