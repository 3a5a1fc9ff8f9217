"use client";
import { Download, X } from "lucide-react";
import { paths } from "#app/paths.ts";
import { useWords } from "#app/viewer.tsx";
import { cleared, type FleetFilter, filterEntries, isFiltered, toggled } from "#core/fleet/filter.ts";
import { ColumnMenu } from "./column-menu.tsx";
import { FilterLink } from "./filter-link.tsx";
import { FilterMenu } from "./filter-menu.tsx";
import { useFacets, useFilterWords } from "./filter-words.ts";
import { ViewMenu } from "./view-menu.tsx";

/** `total`: where nothing matches, the way out stands in the middle of the page. */
type Props = { filter: FleetFilter; total: number; onExport: () => void };

/** What narrows the table, each as a pill that can be taken off, and the menus beside it. */
export function FilterBar({ filter, total, onExport }: Props) {
  const { t } = useWords();
  return (
    <div className="filter-bar">
      <FilterMenu filter={filter} />
      <Pills filter={filter} total={total} />
      <span className="end">
        <ViewMenu filter={filter} />
        <ColumnMenu />
        <button type="button" className="btn small" onClick={onExport} aria-keyshortcuts="e">
          <Download aria-hidden />
          {t("fleet.export")}
        </button>
      </span>
    </div>
  );
}

function Pills({ filter, total }: { filter: FleetFilter; total: number }) {
  const { t } = useWords();
  const facets = useFacets(filter.site.length + filter.region.length > 0);
  const words = useFilterWords(facets);
  const shown = isFiltered(filter) || filter.notUnderstood.length > 0;
  if (!shown) return null;
  return (
    <ul className="pills" aria-label={t("fleet.filters")}>
      {filterEntries(filter).map((entry) => {
        const [field, value] = [words.field(entry.field), words.value(entry)];
        return (
          <li key={`${entry.field} ${entry.value}`} className="pill">
            <span className="t3">{field}</span> <bdi>{value}</bdi>
            <FilterLink
              className="icon-btn"
              href={paths.fleet(toggled(filter, entry))}
              aria-label={t("fleet.pillOff", { field, value })}
            >
              <X aria-hidden />
            </FilterLink>
          </li>
        );
      })}
      {filter.notUnderstood.map(({ name, value }) => (
        <li key={`? ${name} ${value}`} className="pill" data-unknown>
          <span>{t("fleet.notUnderstood")}</span> <bdi className="mono">{`${name}=${value}`}</bdi>
        </li>
      ))}
      {total > 0 && (
        <li>
          <FilterLink className="link inline-link" href={paths.fleet(cleared(filter))}>
            {t("fleet.clear")}
          </FilterLink>
        </li>
      )}
    </ul>
  );
}
