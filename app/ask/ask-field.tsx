"use client";
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { paths } from "#app/paths.ts";
import { useTRPC } from "#app/trpc.tsx";
import { useChosenOption } from "#app/ui/use-chosen-option.ts";
import { useWords } from "#app/viewer.tsx";
import { MAX_QUESTION } from "#core/ask/question.ts";
import type { AskHit } from "#server/ask/view.ts";
import { hitText } from "./hit-text.ts";
import { KindWord } from "./kind-word.tsx";
import type { AskQuery } from "./query.ts";
import { useSettled } from "./use-settled.ts";
import { WhenChoice } from "./when-choice.tsx";

const WAIT_MS = 120;

/** The field with its suggestions; what was typed is always the first of them, so Enter asks just that. */
export function AskField({ query }: { query: AskQuery }) {
  const { t } = useWords();
  const router = useRouter();
  const [text, setText] = useState(query?.text ?? "");
  const [open, setOpen] = useState(false);
  const hits = useSuggestions(open ? text : "");
  const go = (question: string) => {
    setOpen(false);
    setText(question);
    router.push(paths.ask(question, query?.when));
  };
  const root = useChosenOption();
  const typed = text.trim();
  const shown = open && typed !== "";
  return (
    <div className="ask-bar">
      <Command
        ref={root}
        className="ask-field"
        shouldFilter={false}
        label={t("ask.field")}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") setOpen(false);
          if (event.key === "Enter" && !shown && typed !== "") go(typed);
        }}
      >
        <div className="ask-input">
          <Search aria-hidden />
          <Command.Input
            autoFocus={query === null}
            value={text}
            maxLength={MAX_QUESTION}
            placeholder={t("ask.placeholder")}
            onValueChange={(value) => {
              setText(value);
              setOpen(true);
            }}
          />
          <button type="button" className="btn" onClick={() => typed !== "" && go(typed)}>
            {t("ask.do")}
          </button>
        </div>
        <Command.List className="suggestions" label={t("ask.suggestions")} hidden={!shown}>
          <Command.Item value="typed" onSelect={() => go(typed)}>
            <bdi>{t("ask.askFor", { text: typed })}</bdi>
          </Command.Item>
          {hits.map((hit) => {
            const question = hitText(hit);
            return (
              <Command.Item key={question} value={question} onSelect={() => go(question)}>
                <bdi className="mono">
                  {hit.name}
                  {hit.value !== null && ` ${hit.value}`}
                </bdi>
                <KindWord kind={hit.kind} />
              </Command.Item>
            );
          })}
        </Command.List>
      </Command>
      {query !== null && <WhenChoice query={query} />}
    </div>
  );
}

function useSuggestions(text: string): AskHit[] {
  const trpc = useTRPC();
  const settled = useSettled(text.trim(), WAIT_MS);
  const { data } = useQuery(
    trpc.ask.suggest.queryOptions({ text: settled }, { enabled: settled.length > 1 }),
  );
  // Suggestions for an earlier text are none for this one.
  return settled.length > 1 && settled === text.trim() ? (data ?? []) : [];
}
