"use client";
import { useQuery } from "@tanstack/react-query";
import { ClosureDiffView } from "#app/scanner/closure-diff.tsx";
import { useUrlState } from "#app/scanner/url-state.ts";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { SelectField } from "#app/ui/field.tsx";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { SystemDiff } from "#core/release/diff.ts";
import type { ReleaseComparison, ReleaseView } from "#server/release/view.ts";
import { ExpectedDiff } from "./expected-diff.tsx";

const NOTHING = "-";

/** What it does to a scanner that runs another release, in one sentence a system, and below it the evidence (SIG-5). */
export function Comparison({ release, against }: { release: ReleaseView; against: string | null }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const url = useUrlState();
  const { name, others } = release;
  const asked = url.get("against") ?? against;
  const from =
    asked === NOTHING
      ? null
      : ((
          others.find((one) => one.name === asked) ??
          others.find((one) => one.withdrawn === null) ??
          others[0]
        )?.name ?? null);
  const query = useQuery(
    trpc.release.compare.queryOptions({ name, against: from }, { staleTime: Number.POSITIVE_INFINITY }),
  );
  return (
    <section className="comparison">
      <div className="sec">
        <h2>{t("release.compare")}</h2>
      </div>
      <div className="filter-line">
        <SelectField
          label={t("release.against")}
          value={from ?? NOTHING}
          onChange={(event) => url.replace({ against: event.target.value })}
        >
          {others.map((one) => (
            <option key={one.name} value={one.name}>
              {one.name}
            </option>
          ))}
          <option value={NOTHING}>{t("release.againstNone")}</option>
        </SelectField>
      </div>
      <DataState query={query} what={t("release.compare.what")} rows={6}>
        {(comparison) => <SystemDiffs comparison={comparison} />}
      </DataState>
    </section>
  );
}

function SystemDiffs({ comparison }: { comparison: ReleaseComparison }) {
  const say = useSay();
  const { t } = useWords();
  const { systems, effects } = comparison;
  return systems.map((system) => {
    const effect = effects.find((one) => one.system === system.name)?.effect ?? [];
    return (
      <article key={system.name} className="system-diff">
        <h3 className="strong">
          <bdi>{system.name}</bdi> <span className="t3">{t(`release.system.${system.change}`)}</span>
        </h3>
        {effect.length > 0 && (
          <p className="effect">
            <bdi>{sentence(effect.map(say.effect))}</bdi>
          </p>
        )}
        <Evidence system={system} />
      </article>
    );
  });
}

function Evidence({ system }: { system: SystemDiff }) {
  const { closure, expected, change } = system;
  if (change === "same") return null;
  return (
    <>
      {closure !== null && <ClosureDiffView diff={closure} heading="h4" />}
      <ExpectedDiff expected={expected} />
    </>
  );
}

/** Clauses that stand side by side, as one sentence. */
export function sentence(clauses: readonly string[]): string {
  const joined = clauses.join(", ");
  return `${joined.charAt(0).toUpperCase()}${joined.slice(1)}.`;
}
