import type { Figure } from "#tests/bench/bench.ts";
import { aimMet, aimText, number, spread } from "#tests/bench/figure.ts";
import { machineSentence } from "#tests/bench/machine.ts";
import { BUSY_FROM, type Result } from "#tests/bench/results.ts";

/** `docs/performance.md`, and the same table for a terminal. */
export const PAGE = "docs/performance.md";

export function terminalTable(results: readonly Result[]): string {
  const lines = [["", "measured", "baseline", "ratio", "aim", ""]];
  for (const { bench, outcome } of results) {
    if (outcome.kind !== "measured") lines.push([`${bench}: ${outcome.kind}, ${outcome.why}`]);
    else lines.push(...outcome.figures.map(terminalRow));
  }
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...lines.filter((line) => line.length > 1).map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) => line.map((cell, column) => (line.length > 1 ? cell.padEnd(widths[column] ?? 0) : cell)))
    .map((cells) => cells.join("  ").trimEnd())
    .join("\n");
}

function terminalRow(figure: Figure): string[] {
  const { what, unit, measured, baseline, ratio } = figure;
  const met = aimMet(figure);
  return [
    what,
    spread(measured, unit),
    baseline === null ? "–" : spread(baseline.spread, unit),
    ratio === null ? "–" : spread(ratio, ""),
    aimText(figure),
    met === null ? "" : met ? "met" : "missed",
  ];
}

/**
 * What was measured at this commit replaces its section; the others stay as they are, with the commit that they name.
 * @param results of one commit
 * @param benches in the order of the page
 * @param before the page as it stands; empty: there is none
 */
export function performancePage(
  results: readonly Result[],
  benches: readonly { name: string; about: string }[],
  before: string,
): string {
  const [first] = results;
  if (first === undefined) throw new Error("a page needs results");
  const old = sectionsOf(before);
  const sections = benches.map(({ name, about }) => {
    const result = results.find(({ bench }) => bench === name);
    return { name, text: result === undefined ? (old.get(about) ?? null) : section(result) };
  });
  const missing = sections.filter(({ text }) => text === null).map(({ name }) => name);
  return `${head(first, results)}
${sections.flatMap(({ text }) => text ?? []).join("\n")}
${tail(missing)}`;
}

/** By their titles. */
function sectionsOf(page: string): Map<string, string> {
  const pieces = page.split(/^(?=## )/m).slice(1);
  return new Map(pieces.map((piece) => [/^## (.*)$/m.exec(piece)?.[1] ?? "", `${piece.trimEnd()}\n`]));
}

function head(first: Result, results: readonly Result[]): string {
  const busiest = Math.max(...results.map(({ busy }) => busy));
  const company =
    busiest > BUSY_FROM
      ? `**The machine was busy with other work** (up to ${percent(busiest)} of it just before a bench), so amounts are low and spreads wide; ratios suffer less, because both halves of a pair suffered.`
      : `The machine did nothing else (at most ${percent(busiest)} of it was taken just before a bench).`;
  return `# Performance

Written by \`npm run bench -- --write\`; do not edit. Every ratio stands against a bare baseline that was measured in the same run, in turns with it,
on the same machine: an amount says something about this machine, a ratio about Fiducial. Given are the median and, in brackets, the lowest and highest
repetition. Nothing here is a test: no run fails because a machine is slow.

Each section names the commit it was measured at. The newest: ${first.commit}, ${first.at.slice(0, 10)}, on this machine (older sections may be of another): ${machineSentence(first.machine)}. ${company}
`;
}

function section({ bench, about, outcome, at, tookS, busy, commit }: Result): string {
  const when = `commit ${commit}, ${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
  const how = `\`npm run bench -- --only ${bench}\` · ${Math.round(tookS)} s · ${when} · others took ${percent(busy)} of the machine`;
  const title = `## ${about}\n\n${how}\n`;
  if (outcome.kind === "skipped") return `${title}\nNot measured: ${outcome.why}.\n`;
  if (outcome.kind === "failed") return `${title}\n**The bench failed.**\n`;
  const notes = (outcome.notes ?? []).map((note) => `\n${note}\n`).join("");
  const rows = outcome.figures.map(pageRow).join("\n");
  return `${title}
| | aim | measured | baseline | ratio | what limits it |
|---|---|---|---|---|---|
${rows}
${notes}`;
}

function pageRow(figure: Figure): string {
  const { what, unit, measured, baseline, ratio, limits } = figure;
  const met = aimMet(figure);
  const aim = met === null ? "–" : `${aimText(figure)}: ${met ? "met" : "**missed**"}`;
  const bare = baseline === null ? "–" : `${spread(baseline.spread, unit)}, ${baseline.what}`;
  const cells = [what, aim, spread(measured, unit), bare, ratio === null ? "–" : spread(ratio, ""), limits];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function tail(missing: readonly string[]): string {
  const absent = missing.length === 0 ? "" : `\nNever measured: ${missing.join(", ")}.\n`;
  return `## How to run it

\`npm run bench\` runs everything but what takes ten minutes; \`-- --only NAME\` one bench, \`-- --short\` a quick look, \`-- --long\` all of it with more
repetitions, \`-- --help\` the list. Results go to the terminal and, as JSON, to \`.cache/bench/results\`. \`-- --write\` also writes the sections of this page that
were measured at this very commit; the others stay.
${absent}`;
}

function percent(share: number): string {
  return `${number(share * 100)} %`;
}
