"use client";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import type { Word } from "#app/ui/words.ts";
import { useWords } from "#app/viewer.tsx";
import { ASK_KINDS } from "#core/ask/kinds.ts";

const EXAMPLES = [
  ["openssl", "ask.grammarName"],
  ["openssl < 3.0.13", "ask.grammarVersion"],
  ["module:nvidia 580.*", "ask.grammarGlob"],
  ["unit:gcaps.service failed", "ask.grammarUnit"],
  ["provided:su/firmware", "ask.grammarProvided"],
  ["pci:10de:2531", "ask.grammarPci"],
  ["path:/nix/store/9f3kd7", "ask.grammarPath"],
  ["hash:9f3kd7", "ask.grammarHash"],
] as const satisfies readonly (readonly [string, Word])[];

/** The whole grammar by example; each example is a question one can follow. */
export function Grammar({ open }: { open: boolean }) {
  const { t } = useWords();
  return (
    <details className="fold grammar" open={open}>
      <summary>{t("ask.grammar")}</summary>
      <dl>
        {EXAMPLES.map(([question, meaning]) => (
          <div key={question}>
            <dt>
              <Link className="link mono" href={paths.ask(question)}>
                {question}
              </Link>
            </dt>
            <dd>{t(meaning)}</dd>
          </div>
        ))}
      </dl>
      <p className="small-print">{t("ask.kinds", { list: ASK_KINDS.map((kind) => `${kind}:`).join(" ") })}</p>
    </details>
  );
}
