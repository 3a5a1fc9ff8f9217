"use client";
import { ChevronRight, Search } from "lucide-react";
import Form from "next/form";
import Link from "next/link";
import { Fragment } from "react";
import { useRealtime } from "#app/realtime.tsx";
import { useClockText, useViewer, useWords } from "#app/viewer.tsx";
import { UserMenu } from "./user-menu.tsx";

type Crumb = { label: string; href?: string };

type Props = {
  crumbs: readonly Crumb[];
  /** When the data of this page was true, by the server's clock; left out where nothing on the page is live. */
  asOfMs?: number;
  zone?: string | null;
  search?: string;
};

export function Header({ crumbs, asOfMs, zone = null, search = "" }: Props) {
  const { t } = useWords();
  return (
    <header className="top">
      <nav aria-label={t("shell.crumbs")}>
        <ol className="crumb">
          {crumbs.map(({ label, href }, place) => (
            <Fragment key={label}>
              {place > 0 && (
                <li aria-hidden>
                  <ChevronRight />
                </li>
              )}
              <li>
                {href === undefined ? (
                  <span aria-current="page">
                    <bdi>{label}</bdi>
                  </span>
                ) : (
                  <Link href={href}>
                    <bdi>{label}</bdi>
                  </Link>
                )}
              </li>
            </Fragment>
          ))}
        </ol>
      </nav>
      <Form action="/fleet" className="search" role="search">
        <Search aria-hidden />
        <input
          key={search}
          id="search"
          type="search"
          name="search"
          defaultValue={search}
          maxLength={100}
          aria-label={t("search.label")}
          placeholder={t("search.placeholder")}
          aria-keyshortcuts="/"
        />
        <kbd aria-hidden>/</kbd>
      </Form>
      <div className="right">
        {asOfMs !== undefined && <Live asOfMs={asOfMs} zone={zone} />}
        <UserMenu />
      </div>
    </header>
  );
}

function Live({ asOfMs, zone }: { asOfMs: number; zone: string | null }) {
  const { t } = useWords();
  const { connection } = useRealtime();
  const clock = useClockText(zone);
  const { times, timeZone } = useViewer().preferences;
  const lost = connection.state === "lost";
  const time = clock(asOfMs);
  return (
    <>
      <span className="live" data-state={connection.state}>
        <span>{t(lost ? "live.lost" : "live.now", { time })}</span>
      </span>
      <span className="t3 live-zone">
        {times === "site" ? t("times.local") : t("times.mine", { zone: times === "utc" ? "UTC" : timeZone })}
      </span>
    </>
  );
}
