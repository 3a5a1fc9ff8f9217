"use client";
import type { ReactNode } from "react";
import { useSay } from "#app/ui/say.ts";
import { Time } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import type { Fact, Observed } from "#core/report/fact.ts";

type Props = { id?: string; title: ReactNode; source?: ReactNode; focusable?: boolean; children: ReactNode };

/**
 * A region of the page. Its heading is what was found, its source stands at the right in small type. `focusable`: a link of the page
 * leads to it, so a keyboard goes on from there.
 */
export function Panel({ id, title, source, focusable = false, children }: Props) {
  return (
    <section className="panel" id={id} tabIndex={focusable ? -1 : undefined}>
      <div className="sec">
        <h2>{title}</h2>
        {source !== undefined && <span className="r">{source}</span>}
      </div>
      {children}
    </section>
  );
}

type FactProps<T> = { fact: Fact<T> | null | undefined; children: (value: T) => ReactNode };

/** What was observed, or why it was not: never nothing. */
export function FactValue<T>({ fact, children }: FactProps<T>) {
  const { t } = useWords();
  const say = useSay();
  if (fact === null || fact === undefined) return <span className="cannot">{t("value.notReported")}</span>;
  if (fact.state === "observed")
    return (
      <>
        {children(fact.value)}
        <Held fact={fact} />
      </>
    );
  return (
    <span className="cannot">
      {t("value.unknown")}: {say.unknown(fact.reason)}
    </span>
  );
}

/** A scan keeps the agent quiet; what it skipped says how old it is (SEE-17). Nothing for what was read for this report. */
export function Held({ fact }: { fact: Observed<unknown> }) {
  const { t } = useWords();
  if (fact.atMs === undefined) return null;
  return (
    <span className="cap">
      {t("value.held")} <Time ms={fact.atMs} />
    </span>
  );
}

/** Yes, no, or that it is not known: three answers. */
export function YesNo({ value }: { value: boolean | null }) {
  const { t } = useWords();
  if (value === null) return <span className="cannot">{t("value.unknown")}</span>;
  return t(value ? "value.true" : "value.false");
}
