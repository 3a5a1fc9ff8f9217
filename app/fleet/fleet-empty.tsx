"use client";
import Link from "next/link";
import { type FleetFilter, paths } from "#app/paths.ts";
import { Empty } from "#app/ui/banner.tsx";
import { headlineWord } from "#app/ui/say.ts";
import { useMe, useWords } from "#app/viewer.tsx";
import { isFiltered } from "./filter.ts";

/** Which filters are on, in words, with one way out. */
export function FilterNote({ filter, siteName }: { filter: FleetFilter; siteName: string }) {
  const { t, locale } = useWords();
  if (!isFiltered(filter)) return null;
  const parts = [
    ...filter.headlines.map((word) => headlineWord(word, locale)),
    ...(filter.search === "" ? [] : [t("fleet.filteredSearch", { search: filter.search })]),
    ...(filter.siteId === null ? [] : [t("fleet.filteredSite", { site: siteName })]),
  ];
  return (
    <p className="filter-note">
      <bdi>{t("fleet.filtered", { what: parts.join(", ") })}</bdi>
      <Link className="link inline-link" href={paths.fleet()} replace>
        {t("fleet.clear")}
      </Link>
    </p>
  );
}

/** Nothing enrolled and nothing matching are different truths and get different words. */
export function FleetEmpty({ filter }: { filter: FleetFilter }) {
  const { t } = useWords();
  const { may } = useMe();
  if (isFiltered(filter)) return <Empty title={t("fleet.noMatch")} />;
  return (
    <Empty title={t("fleet.emptyTitle")}>
      <p>{t("fleet.emptyBody")}</p>
      {may["enrolment.createToken"] ? (
        <Link className="btn ink" href={paths.enrol}>
          {t("fleet.emptyDo")}
        </Link>
      ) : (
        <p>{t("fleet.emptyNoRight")}</p>
      )}
    </Empty>
  );
}
