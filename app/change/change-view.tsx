"use client";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { Header } from "#app/shell/header.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useWords } from "#app/viewer.tsx";
import { ChangeLive, useChange } from "./change-live.tsx";
import { Stick } from "./stick.tsx";

export function ChangePageView({ changeId }: { changeId: string }) {
  const { t } = useWords();
  const query = useChange(changeId);
  const { data } = query;
  return (
    <>
      <Header
        crumbs={[{ label: t("changes.title"), href: paths.changes() }, { label: data?.serial ?? "…" }]}
      />
      <main id="content" tabIndex={-1} className="page">
        <DataState query={query} what={t("change.what")} rows={8}>
          {(change) => (
            <>
              <div>
                <h1>
                  <bdi>
                    {t(`change.title.${change.action}`, {
                      serial: change.serial,
                      release: change.release.name,
                    })}
                  </bdi>
                </h1>
                <p className="intro">
                  <Link className="link inline-link" href={paths.scanner(change.scannerId)}>
                    <bdi>
                      {change.serial}
                      {change.alias !== null && ` ${change.alias}`}
                    </bdi>
                  </Link>
                  , <bdi>{change.siteName}</bdi>,{" "}
                  <Link className="link inline-link" href={paths.release(change.release.name)}>
                    <bdi>{change.release.name}</bdi>
                  </Link>
                </p>
              </div>
              <ChangeLive change={change} />
              <Stick change={change} />
            </>
          )}
        </DataState>
      </main>
    </>
  );
}
