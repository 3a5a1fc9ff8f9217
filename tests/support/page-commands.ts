import { readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Fenced blocks of a page in the language, in their order (`sh`, `nix`; "" for those that name none). */
export function blocksOf(page: string, language: string): string[] {
  const text = readFileSync(path.join(ROOT, page), "utf8");
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, named, body = ""]) =>
    named === language ? [body] : [],
  );
}

/**
 * Every command of a page that begins with this program, in its blocks and in its sentences, as words: what a reader would paste.
 * Placeholders (`[--json]`, `FILE...`) are read as the words that stand for them.
 */
export function commandsOf(page: string, program: string): string[][] {
  const text = readFileSync(path.join(ROOT, page), "utf8");
  const blocks = [...blocksOf(page, "sh"), ...blocksOf(page, "")].join("\n").replace(/\\\n\s*/g, "");
  const lines = blocks.split("\n").map((line) => line.replace(/^\$ /, "").replace(/(^|\s)# .*$/, ""));
  const inline = [...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`\n]+)`/g)].map(
    ([, code = ""]) => code,
  );
  return [...lines, ...inline]
    .map((line) => wordsOf(line.trim()))
    .filter(([first, second]) => first === program && second !== undefined);
}

/** As a shell splits a line without variables. */
function wordsOf(line: string): string[] {
  return [...line.replace(/[[\]]/g, "").matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? "",
  );
}
