"use client";
import { useSay } from "#app/ui/say.ts";
import type { Locale } from "#app/ui/words.ts";
import { useWords } from "#app/viewer.tsx";
import type { DiagramBlock, Reading } from "#core/block/diagram.ts";
import type { Piece } from "#core/block/summary.ts";
import type { Block } from "#core/manifest/item.ts";

/** As many blocks are named in one sentence; the drawing names the rest. */
const NAMED = 3;

/** The words of the drawing, made from its codes. */
export function useBlockWords() {
  const { t, locale } = useWords();
  const say = useSay();
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const name = (block: Block) => say.word("block", block);
  const names = (blocks: readonly Block[]) => {
    const said = blocks.slice(0, NAMED).map((block) => inSentence(name(block), locale));
    if (blocks.length > NAMED) said.push(`+${blocks.length - NAMED}`);
    return list.format(said);
  };
  return {
    name,
    names,
    allNames: (blocks: readonly Block[]) =>
      list.format(blocks.map((block) => inSentence(name(block), locale))),
    /** The safety block says what its axis says: "Lost" is more than "Unsafe". */
    status: ({ status, was, safety }: DiagramBlock) => {
      const word = (of: typeof status) => say.word("block-status", of);
      if (was !== null) return t("diagram.was", { word: word(was).toLocaleLowerCase(locale) });
      return status === "unsafe" && safety !== null && safety !== "ok"
        ? say.word("safety", safety)
        : word(status);
    },
    sentence: (reading: Reading) => sentenceOf(reading, { t, names }),
    piece: (piece: Piece): { text: string; mono: boolean } => {
      switch (piece.kind) {
        case "said":
          return { text: say.piece(piece.reason), mono: false };
        case "name":
          return { text: piece.text, mono: true };
        case "value":
          return { text: `${piece.label} ${say.actual(piece.value, piece.unit)}`, mono: false };
        case "finding": {
          const { itemId, problem, expected, actual, unit } = piece.finding;
          const limit = t("diagram.limit", { limit: say.expected(expected, unit) });
          const seen = problem === "differs" ? say.actual(actual, unit) : say.word("problem", problem);
          return {
            text: problem === "differs" ? `${itemId} ${seen}, ${limit}` : `${itemId}: ${seen}`,
            mono: false,
          };
        }
      }
    },
  };
}

/** English names begin small inside a sentence, unless they begin with an acronym; German nouns never do. */
function inSentence(name: string, locale: Locale): string {
  if (locale === "de" || /^\p{Lu}{2}/u.test(name)) return name;
  return name.charAt(0).toLowerCase() + name.slice(1);
}

type Words = { t: ReturnType<typeof useWords>["t"]; names: (blocks: readonly Block[]) => string };

function sentenceOf({ code, total, findings, unseen }: Reading, { t, names }: Words): string {
  switch (code) {
    case "never":
      return t("diagram.never");
    case "past":
      return t("diagram.past");
    case "not-compared":
      return t("diagram.notCompared");
    case "findings": {
      const said = t("diagram.findings", {
        n: findings.length,
        total: Math.max(total, findings.length),
        names: names(findings),
      });
      return unseen.length === 0
        ? said
        : `${said} ${t("diagram.alsoUnseen", { n: unseen.length, names: names(unseen) })}`;
    }
    case "unseen":
      return t("diagram.unseen", {
        n: unseen.length,
        total: Math.max(total, unseen.length),
        names: names(unseen),
      });
    case "nominal":
      return total === 0 ? t("diagram.noneExpected") : t("diagram.nominal", { total });
  }
}
