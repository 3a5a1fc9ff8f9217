"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { paths } from "#app/paths.ts";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useSay } from "#app/ui/say.ts";
import { Time } from "#app/ui/time/time.tsx";
import { groupDigits } from "#app/ui/words.ts";
import { useMe, useWords } from "#app/viewer.tsx";
import type { AuditEntry, AuditPage } from "#server/audit/view.ts";
import type { AuditQuery } from "./query.ts";

export function AuditView({ query: asked }: { query: AuditQuery }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const query = useQuery(trpc.audit.list.queryOptions(asked));
  return (
    <>
      <Header crumbs={[{ label: t("audit.title") }]} />
      <main id="content" tabIndex={-1} className="page">
        <div>
          <h1>{t("audit.title")}</h1>
          <p className="intro">{t("audit.intro")}</p>
        </div>
        <ChainChoice asked={asked} />
        {asked.scannerId !== undefined && (
          <p className="t2">
            {t("audit.scanner")}{" "}
            <Link className="link inline-link" href={paths.audit()}>
              {t("audit.all")}
            </Link>
          </p>
        )}
        <DataState query={query} what={t("audit.what")} rows={12}>
          {(page) => <Entries page={page} asked={asked} />}
        </DataState>
      </main>
    </>
  );
}

/** The organisation's log, and that of every site in reach. */
function ChainChoice({ asked }: { asked: AuditQuery }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const id = useId();
  const router = useRouter();
  const { memberships } = useMe();
  const sites = useQuery(trpc.site.list.queryOptions());
  const whole = memberships.some(({ scope }) => scope.kind === "organisation");
  if (asked.scannerId !== undefined || sites.data === undefined) return null;
  return (
    <p className="filter-line">
      <label htmlFor={id}>{t("audit.chain")}</label>{" "}
      <select
        id={id}
        className="input compact"
        value={asked.siteId ?? ""}
        onChange={({ target: { value } }) =>
          router.push(value === "" ? paths.audit() : paths.auditOfSite(value))
        }
      >
        {(whole || asked.siteId === undefined) && (
          <option value="">{whole ? t("audit.organisation") : "…"}</option>
        )}
        {sites.data.map(({ siteId, name }) => (
          <option key={siteId} value={siteId}>
            {name}
          </option>
        ))}
      </select>
    </p>
  );
}

function Entries({ page, asked }: { page: AuditPage; asked: AuditQuery }) {
  const { t, locale } = useWords();
  const id = useId();
  const [wanted, setWanted] = useState("");
  const needle = wanted.trim().toLowerCase();
  const shown = page.entries.filter((entry) =>
    [entry.action, entry.actor, entry.actorName ?? "", JSON.stringify(entry.body)]
      .join(" ")
      .toLowerCase()
      .includes(needle),
  );
  const oldest = page.entries.at(-1)?.seq;
  const base = asked.siteId === undefined ? paths.audit(asked.scannerId) : paths.auditOfSite(asked.siteId);
  const join = base.includes("?") ? "&" : "?";
  return (
    <section>
      <div className="sec">
        <h2>
          <bdi>{t("audit.head", { chain: page.chain, seq: page.head.seq })}</bdi>
        </h2>
        <span className="r mono" title={page.head.hash}>
          {page.head.hash.slice(0, 16)}…
        </span>
      </div>
      <p className="filter-line">
        <label className="sr" htmlFor={id}>
          {t("audit.filter")}
        </label>
        <input
          id={id}
          type="search"
          className="input compact"
          placeholder={t("audit.filter")}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      </p>
      {shown.length === 0 ? (
        <p className="t2">{t("audit.empty")}</p>
      ) : (
        <table className="tbl flush stack audit">
          <thead>
            <tr>
              <th scope="col" className="num">
                {t("audit.seq")}
              </th>
              <th scope="col">{t("audit.when")}</th>
              <th scope="col">{t("audit.who")}</th>
              <th scope="col">{t("audit.action")}</th>
              <th scope="col">{t("audit.details")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((entry) => (
              <EntryRow key={entry.seq} entry={entry} number={groupDigits(entry.seq, locale)} />
            ))}
          </tbody>
        </table>
      )}
      <p className="row-wrap">
        {asked.beforeSeq !== undefined && (
          <Link className="btn small" href={base}>
            {t("audit.newest")}
          </Link>
        )}
        {oldest !== undefined && oldest > 1 && (
          <Link className="btn small" href={`${base}${join}before=${oldest}`}>
            {t("audit.older")}
          </Link>
        )}
      </p>
    </section>
  );
}

/** What was done at the scanner without the server: heard of now, done then (OFF-2). */
function EnteredOffline({ body: { entered, enteredAtMs } }: { body: AuditEntry["body"] }) {
  const { t } = useWords();
  if (entered !== "offline" || typeof enteredAtMs !== "number") return null;
  return (
    <span className="t2">
      <br />
      {t("audit.entered-offline")} <Time ms={enteredAtMs} />
    </span>
  );
}

function EntryRow({ entry, number }: { entry: AuditEntry; number: string }) {
  const { t } = useWords();
  const say = useSay();
  const pairs = Object.entries(entry.body);
  return (
    <tr>
      <th scope="row" className="num t3">
        {number}
      </th>
      <td data-label={t("audit.when")}>
        <Time ms={entry.atMs} />
        <EnteredOffline body={entry.body} />
      </td>
      <td data-label={t("audit.who")}>
        <bdi title={entry.actor}>{entry.actorName ?? entry.actor}</bdi>
      </td>
      <td data-label={t("audit.action")}>
        {say.act({ code: entry.action })} <span className="mono t3">{entry.action}</span>
      </td>
      <td data-label={t("audit.details")}>
        <dl className="pairs">
          {pairs.map(([name, value]) => (
            <div key={name}>
              <dt>
                <bdi>{name}</bdi>
              </dt>
              <dd>
                <bdi>{typeof value === "string" ? value : JSON.stringify(value)}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      </td>
    </tr>
  );
}
