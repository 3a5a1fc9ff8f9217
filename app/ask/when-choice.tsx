"use client";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { useWords } from "#app/viewer.tsx";
import type { AskQuery } from "./query.ts";

/** Which reports count: a link each, because the choice is part of the address. */
export function WhenChoice({ query }: { query: NonNullable<AskQuery> }) {
  const { t } = useWords();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex row of links in every browser
    <span className="seg" role="group" aria-label={t("ask.when")}>
      {(["now", "ever"] as const).map((when) => (
        <Link
          key={when}
          href={paths.ask(query.text, when)}
          aria-current={when === query.when ? "true" : undefined}
          replace
          scroll={false}
        >
          {t(`ask.${when}`)}
        </Link>
      ))}
    </span>
  );
}
