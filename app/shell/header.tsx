"use client";
import { ChevronRight, Search } from "lucide-react";
import Form from "next/form";
import Link from "next/link";
import { Fragment } from "react";
import { usePalette } from "#app/palette/palette-context.tsx";
import { useRealtime } from "#app/realtime.tsx";
import { useClockText, useViewer, useWords } from "#app/viewer.tsx";
import { UserMenu } from "./user-menu.tsx";

type Crumb = { label: string; href?: string };

type Props = {
  crumbs: readonly Crumb[];
  /** When the data of this page was true, by the server's clock; left out where nothing on the page is live. */
  asOfMs?: number;
  zone?: string | null;
  /** On the fleet page: what its table is searched for. Everywhere else the field opens the palette. */
  search?: string;
  /** The other words of the fleet's filter, which a search from here keeps. */
  kept?: readonly (readonly [string, string])[];
};

export function Header({ crumbs, asOfMs, zone = null, search, kept = [] }: Props) {
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
      {search === undefined ? <PaletteOpener /> : <FleetSearch search={search} kept={kept} />}
      <div className="right">
        {asOfMs !== undefined && <Live asOfMs={asOfMs} zone={zone} />}
        <UserMenu />
      </div>
    </header>
  );
}

/** Looks like a field, and opens one that knows more than this page. */
function PaletteOpener() {
  const { t } = useWords();
  const palette = usePalette();
  return (
    <button
      type="button"
      className="search"
      aria-keyshortcuts="Control+K Meta+K"
      aria-haspopup="dialog"
      onClick={palette.open}
    >
      <Search aria-hidden />
      <span className="sr">{t("palette.open")}: </span>
      <span className="what">{t("palette.placeholder")}</span>
      <kbd aria-hidden suppressHydrationWarning>
        {palette.keyText}
      </kbd>
    </button>
  );
}

function FleetSearch({ search, kept }: { search: string; kept: NonNullable<Props["kept"]> }) {
  const { t } = useWords();
  const palette = usePalette();
  return (
    <Form action="/fleet" className="search" role="search">
      <Search aria-hidden />
      {kept.map(([name, value]) => (
        <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
      ))}
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
      <button
        type="button"
        className="key"
        aria-label={t("palette.open")}
        aria-keyshortcuts="Control+K Meta+K"
        aria-haspopup="dialog"
        onClick={palette.open}
      >
        <kbd aria-hidden suppressHydrationWarning>
          {palette.keyText}
        </kbd>
      </button>
    </Form>
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
