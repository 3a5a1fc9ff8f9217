"use client";
import { ChevronLeft, ListFilter } from "lucide-react";
import { useState } from "react";
import { paths } from "#app/paths.ts";
import { Popover } from "#app/ui/popover.tsx";
import { groupDigits } from "#app/ui/words.ts";
import { useWords } from "#app/viewer.tsx";
import { FILTER_FIELDS, type FilterField, type FleetFilter, toggled } from "#core/fleet/filter.ts";
import { goToQuery } from "./filter-link.tsx";
import { CLOSED, isFacetField, useFacets, useFilterWords } from "./filter-words.ts";

/** Search has its own box, and the legend is the menu of the headlines. */
const OFFERED = FILTER_FIELDS.filter((field) => field !== "search" && field !== "headline");
/** Longer lists can be narrowed by typing. */
const LONG = 8;

/** First what to filter by, then which of its values; every tick changes the table at once. */
export function FilterMenu({ filter }: { filter: FleetFilter }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const [field, setField] = useState<FilterField | null>(null);
  const facets = useFacets(open);
  const words = useFilterWords(facets);
  return (
    <Popover
      label={
        <>
          <ListFilter aria-hidden />
          {t("fleet.filter")}
        </>
      }
      title={t("fleet.filterBy")}
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (!next) setField(null);
      }}
    >
      {field === null ? (
        <ul className="menu-list">
          {OFFERED.map((one) => (
            <li key={one}>
              <button type="button" onClick={() => setField(one)}>
                {words.field(one)}
                {filter[one].length > 0 && <span className="n">{filter[one].length}</span>}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <Values field={field} filter={filter} back={() => setField(null)} />
      )}
    </Popover>
  );
}

function Values({ field, filter, back }: { field: FilterField; filter: FleetFilter; back: () => void }) {
  const { t, locale } = useWords();
  const [typed, setTyped] = useState("");
  const facets = useFacets(true);
  const words = useFilterWords(facets);
  const all = isFacetField(field)
    ? (facets?.[field] ?? []).map(({ value, count }) => ({ value, count }))
    : CLOSED[field as keyof typeof CLOSED].map((value: string) => ({ value, count: null }));
  const named = all.map((one) => ({ ...one, text: words.value({ field, value: one.value }) }));
  const shown = named.filter(({ text }) =>
    text.toLocaleLowerCase(locale).includes(typed.toLocaleLowerCase(locale)),
  );
  const held: readonly string[] = filter[field];
  return (
    <div className="menu-values">
      <button type="button" className="menu-back" onClick={back}>
        <ChevronLeft aria-hidden />
        {words.field(field)}
      </button>
      {all.length > LONG && (
        <input
          className="input compact"
          type="search"
          value={typed}
          aria-label={t("fleet.filterFind", { field: words.field(field) })}
          placeholder={t("fleet.filterFindShort")}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      <ul className="menu-list">
        {shown.map(({ value, text, count }) => (
          <li key={value}>
            <label className="check">
              <input
                type="checkbox"
                checked={held.includes(value)}
                onChange={() => goToQuery(paths.fleet(toggled(filter, { field, value })))}
              />
              <bdi>{text}</bdi>
              {count !== null && <span className="n">{groupDigits(count, locale)}</span>}
            </label>
          </li>
        ))}
        {shown.length === 0 && (
          <li className="t3">{t(facets === undefined ? "filter.loading" : "fleet.filterNothing")}</li>
        )}
      </ul>
    </div>
  );
}
