"use client";
import { useWords } from "#app/viewer.tsx";
import type { AskKind } from "#core/ask/kinds.ts";

export function KindWord({ kind }: { kind: AskKind }) {
  const { t } = useWords();
  return <span className="kind">{t(`ask.kind.${kind}`)}</span>;
}
