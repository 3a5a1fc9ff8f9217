import { ASK_KINDS, type AskKind, FACT_ASK_KINDS, SHELF_FACTS } from "#core/ask/kinds.ts";
import { parseQuestion, type Question, questionText, type Test } from "#core/ask/question.ts";
import { matchesGlob, passes } from "#core/ask/value-test.ts";
import { compareVersions } from "#core/closure/package-name.ts";
import { NOT_SEEN } from "#server/ask/index-terms.ts";
import * as names from "#server/ask/names-store.ts";
import { factSelection, type Named, narrowed, selectionOf } from "#server/ask/selection.ts";
import * as store from "#server/ask/store.ts";
import type {
  AskAnswer,
  AskGroup,
  AskHit,
  AskNumbers,
  AskSection,
  Reporting,
  When,
} from "#server/ask/view.ts";
import { likeText } from "#server/database/like.ts";
import type { Tx } from "#server/database/scoped.ts";
import { Refusal } from "#server/refusal.ts";

const SECTIONS = 12;
const GROUPS = 60;
const HITS = 10;
const VERDICTS = ["passes", "unknown", "fails"] as const;
/** Kinds whose names are in the dictionary; provided numbers stand there on a shelf of their own. */
const NAMED_KINDS: readonly string[] = ["package", ...FACT_ASK_KINDS, "number"];

export type Ask = { text: string; when: When };

/** EXP-9: who has it, by value, and of how many it is known at all. */
export async function answer(tx: Tx, ask: Ask, nowMs: number): Promise<AskAnswer> {
  const question = understood(ask.text);
  const found = await thingsNamed(tx, question);
  const sections: AskSection[] = [];
  for (const named of found.slice(0, SECTIONS))
    sections.push(await sectionOf(tx, named, { test: question.test, when: ask.when }));
  const shown = sections.filter(({ groups, numbers }) => groups.length > 0 || numbers !== null);
  const { reporting, notIndexed } = await whoReports(tx, kindsAsked(question, shown));
  return {
    question,
    text: questionText(question),
    when: ask.when,
    asOfMs: nowMs,
    sections: shown,
    moreSections: Math.max(0, found.length - SECTIONS),
    reporting,
    near: shown.length > 0 ? [] : await suggest(tx, question.name),
    notIndexed,
  };
}

export function understood(text: string): Question {
  const question = parseQuestion(text);
  if (question === null) throw new Refusal("wrong-input", { problem: "text" });
  return question;
}

/** Absence is said about the kinds the question could mean; without a hint that is every kind. */
function kindsAsked({ kind }: Question, sections: readonly AskSection[]): AskKind[] {
  if (kind !== null) return [kind];
  if (sections.length > 0) return [...new Set(sections.map((one) => one.kind))];
  return ASK_KINDS.filter((one) => one !== "path" && one !== "hash");
}

/** Names past the most sections are looked for too, so that it can be said that there are more. */
const MOST_NAMES = 200;

async function thingsNamed(tx: Tx, { kind, name }: Question): Promise<Named[]> {
  if (kind === "path" || kind === "hash") return [{ kind, name }];
  const kinds = kind === null ? NAMED_KINDS : kind === "provided" ? [kind, "number"] : [kind];
  const terms = name.includes("*")
    ? (await names.namesLike(tx, kinds, likePattern(name), MOST_NAMES)).filter((term) =>
        matchesGlob(name.toLowerCase(), term.name.toLowerCase()),
      )
    : await names.namesCalled(tx, kinds, name);
  const things = terms.map((term) => ({ kind: askKindOfShelf(term.kind), name: term.name }));
  return [...new Map(things.map((one) => [`${one.kind}:${one.name}`, one])).values()];
}

function askKindOfShelf(shelf: string): AskKind {
  return shelf === "number" ? "provided" : (shelf as AskKind);
}

/** PostgreSQL goes back and forth over every `%`; more than a few are left to the filter after it. */
const MOST_WILD = 3;

function likePattern(name: string): string {
  const parts = name.split(/\*+/).map(likeText);
  return parts.length <= MOST_WILD + 1 ? parts.join("%") : `${parts.slice(0, MOST_WILD).join("%")}%`;
}

type Asked = { test: Test | null; when: When };

async function sectionOf(tx: Tx, named: Named, { test, when }: Asked): Promise<AskSection> {
  const selection = await selectionOf(tx, named);
  const counted = await store.groupsOf(tx, selection, when);
  const groups = counted.groups
    .map((group): AskGroup => ({ ...group, verdict: passes(test, group.value) }))
    .sort(groupOrder);
  const numbers = named.kind === "provided" && when === "now" ? await numbersOf(tx, named.name, test) : null;
  const values = counted.groups.map(({ value }) => value);
  const passing =
    test === null
      ? counted.scanners
      : await store.countOf(tx, narrowed(selection, values, { test, value: null }), when);
  return {
    ...named,
    groups: groups.slice(0, GROUPS),
    moreGroups: Math.max(0, groups.length - GROUPS),
    numbers: numbers?.span ?? null,
    has: passing + (numbers?.ids.length ?? 0),
  };
}

function groupOrder(a: AskGroup, b: AskGroup): number {
  return (
    VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) ||
    compareVersions(b.value, a.value) ||
    b.count - a.count ||
    (a.value < b.value ? -1 : 1)
  );
}

type Numbers = { span: AskNumbers; ids: string[] };

/** The scanners whose number passes, and the span of those; null: nobody provides it as a number. */
async function numbersOf(tx: Tx, name: string, test: Test | null): Promise<Numbers | null> {
  const slash = name.indexOf("/");
  const rows = await store.providedNumbers(tx, name.slice(0, slash), name.slice(slash + 1));
  const [unit] = (await store.groupsOf(tx, factSelection("number", name), "now")).groups;
  if (rows.length === 0) return null;
  const passing = rows.filter(({ value }) => passes(test, value) === "passes");
  const values = passing.map(({ value }) => value);
  return {
    ids: passing.map(({ scannerId }) => scannerId),
    span: {
      unit: unit?.value ?? "",
      min: Math.min(...values),
      max: Math.max(...values),
      count: passing.length,
    },
  };
}

/** The ids behind the numbers of a name, for the list of scanners. */
export async function scannersWithNumber(tx: Tx, name: string, test: Test | null): Promise<string[]> {
  return (await numbersOf(tx, name, test))?.ids ?? [];
}

async function whoReports(
  tx: Tx,
  kinds: readonly AskKind[],
): Promise<{ reporting: Reporting[]; notIndexed: number }> {
  const { total, listed } = await store.totals(tx);
  const facts = new Set(kinds.flatMap(factsBehind));
  const rows = facts.size === 0 ? [] : await store.reportingByFact(tx, [...facts], NOT_SEEN);
  const byFact = new Map(rows.map((row) => [row.kind, row]));
  return {
    reporting: kinds.map((kind) => {
      const behind = factsBehind(kind).map((fact) => byFact.get(fact)?.reporting ?? 0);
      return { kind, total, reporting: behind.length === 0 ? listed : Math.max(...behind) };
    }),
    notIndexed: rows.reduce((sum, row) => sum + row.notIndexed, 0),
  };
}

function factsBehind(kind: AskKind): readonly string[] {
  return kind === "package" || kind === "path" || kind === "hash" ? [] : SHELF_FACTS[kind];
}

/** Names near what is typed, and things that have exactly this value; only what somebody in scope has now. */
export async function suggest(tx: Tx, text: string): Promise<AskHit[]> {
  const question = parseQuestion(text);
  if (question === null || question.kind === "path" || question.kind === "hash") return [];
  const { kind } = question;
  const name = question.name.replaceAll("*", "");
  const kinds = kind === null ? NAMED_KINDS : kind === "provided" ? [kind, "number"] : [kind];
  if (name === "") return [];
  const near = (await names.namesNear(tx, kinds, name, HITS)).map((term) => hit(term, null));
  const valued = /\d/.test(name)
    ? (await names.namesWithValue(tx, kinds, name, HITS)).map((term) => hit(term, name))
    : [];
  return [...new Map([...near, ...valued].map((one) => [JSON.stringify(one), one])).values()].slice(0, HITS);
}

function hit(term: names.NamedTerm, value: string | null): AskHit {
  return { kind: askKindOfShelf(term.kind), name: term.name, value };
}
