"use client";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { Empty } from "#app/ui/banner.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import { cleared, type FleetFilter, filterEntries, isFiltered } from "#core/fleet/filter.ts";
import { FilterLink } from "./filter-link.tsx";
import { useFacets, useFilterWords } from "./filter-words.ts";

/** Nothing enrolled and nothing matching are different truths and get different words. */
export function FleetEmpty({ filter }: { filter: FleetFilter }) {
  const { t } = useWords();
  const { may } = useMe();
  if (isFiltered(filter)) return <NoMatch filter={filter} />;
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

function NoMatch({ filter }: { filter: FleetFilter }) {
  const { t } = useWords();
  const words = useFilterWords(useFacets(filter.site.length + filter.region.length > 0));
  return (
    <Empty title={t("fleet.noMatch")}>
      <ul className="asked">
        {filterEntries(filter).map((entry) => (
          <li key={`${entry.field} ${entry.value}`}>
            <span className="t3">{words.field(entry.field)}</span> <bdi>{words.value(entry)}</bdi>
          </li>
        ))}
      </ul>
      <FilterLink className="btn" href={paths.fleet(cleared(filter))}>
        {t("fleet.clear")}
      </FilterLink>
    </Empty>
  );
}
