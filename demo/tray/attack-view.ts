import { render } from "#core/message/render.ts";
import type { Locale, Text } from "#core/message/text.ts";
import { ANSWER_TEXTS, ATTACK_TEXTS, SETUP_TEXTS } from "#demo/attack/attack-texts.ts";
import { type Attack, isSame } from "#demo/attack/attacks.ts";
import type { Answer } from "#demo/attack/look.ts";
import { SCRIPTS } from "#demo/attack/scripts.ts";

/** What the dock's page shows of attacks, in the language of the page around it. */
export function scriptViews(locale: Locale) {
  return SCRIPTS.map(({ id }) => ({
    id,
    does: ATTACK_TEXTS[id as keyof typeof ATTACK_TEXTS][locale],
    setup: (SETUP_TEXTS as Readonly<Record<string, Text>>)[id]?.[locale] ?? null,
  }));
}

export function attackView({ id, serial, scannerId, state, answers, seen, runs }: Attack, locale: Locale) {
  return {
    ...{ id, serial, scannerId, state },
    name: answers.length === 0 ? null : nameOf(answers.flat().at(-1), locale),
    said: state === "through" ? [ANSWER_TEXTS.through[locale]] : sentences(answers, locale),
    runs: seen === null ? null : runsText(isSame(seen.before, seen.after), runs, locale),
  };
}

/** The attack's name as it stands on the scanner's page. */
function nameOf(answer: Answer | undefined, locale: Locale): string | null {
  switch (answer?.kind) {
    case "refused":
      return word("refusal-name", answer.reason, locale);
    case "waits":
      return word("blocked", answer.gate ?? "", locale);
    default:
      return null;
  }
}

function sentences(answers: Attack["answers"], locale: Locale): string[] {
  return answers.flatMap((of) => {
    const last = of.at(-1);
    if (last === undefined) return [];
    const name = nameOf(last, locale) ?? "";
    if (last.kind === "taken") return [ANSWER_TEXTS["taken-first"][locale]];
    if (last.kind === "waits") return [fill(ANSWER_TEXTS.waits[locale], { name })];
    const told = word("refusal-told", last.reason, locale);
    const refused = fill(ANSWER_TEXTS.refused[locale], { name, told });
    return of.length > 1 ? [refused, ANSWER_TEXTS.both[locale]] : [refused];
  });
}

function runsText(same: boolean, runs: string | null, locale: Locale): string {
  return same ? fill(ANSWER_TEXTS.same[locale], { release: runs ?? "?" }) : ANSWER_TEXTS.changed[locale];
}

function fill(template: string, words: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => words[name] ?? "");
}

type Space = "refusal-name" | "refusal-told" | "blocked";

function word(space: Space, code: string, locale: Locale): string {
  return render({ locale, time: String }, space, { code });
}
