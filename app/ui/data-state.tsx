"use client";
import type { ReactNode } from "react";
import { type Problem, refusalOf } from "#app/refusal.ts";
import { useWords } from "#app/viewer.tsx";
import { Button } from "./button.tsx";
import { useSay } from "./say.ts";

type Props<T> = {
  query: { data: T | undefined; error: unknown; refetch: () => Promise<unknown> };
  /** What is being shown, as a noun for "… could not be loaded". */
  what: string;
  /** Height of the skeleton in table rows. */
  rows?: number;
  children: (data: T) => ReactNode;
};

/**
 * The states of every panel (field-service.md §4.4): loading shows a skeleton of the same height after 150 ms, an error says
 * what failed and what to do and never takes the old data or the rest of the page with it.
 */
export function DataState<T>({ query, what, rows = 4, children }: Props<T>) {
  if (query.data !== undefined) {
    return (
      <>
        {query.error !== null && (
          <Failure error={query.error} what={what} retry={() => void query.refetch()} />
        )}
        {children(query.data)}
      </>
    );
  }
  if (query.error !== null)
    return <Failure error={query.error} what={what} retry={() => void query.refetch()} />;
  return <Skeleton rows={rows} what={what} />;
}

function Skeleton({ rows, what }: { rows: number; what: string }) {
  const { t } = useWords();
  return (
    <div className="skeleton" role="status">
      <span className="sr">{t("state.loading", { what })}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholder rows have no identity
        <i key={row} aria-hidden />
      ))}
    </div>
  );
}

function Failure({ error, what, retry }: { error: unknown; what: string; retry: () => void }) {
  const { t } = useWords();
  return (
    <div className="error-box" role="alert">
      <h3>{t("state.error", { what })}</h3>
      <ProblemText problem={refusalOf(error)} />
      <p>{t("state.errorRest")}</p>
      <Button look="small" onClick={retry}>
        {t("state.retry")}
      </Button>
    </div>
  );
}

/** Why something was refused or failed, in words. */
export function ProblemText({ problem }: { problem: Problem }) {
  const say = useSay();
  return <p>{say.problem(problem)}</p>;
}
