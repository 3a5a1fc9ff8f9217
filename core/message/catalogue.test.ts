import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { REASON_CODES } from "#core/report/reason-codes.ts";
import { CATALOGUE, isKey, type Key } from "./catalogue.ts";
import { reason } from "./reason.ts";
import { namesIn, type Rendering, render, text } from "./render.ts";
import { LOCALES } from "./text.ts";

const EN: Rendering = { locale: "en", time: (atMs) => `<${atMs}>` };
const DE: Rendering = { ...EN, locale: "de" };
const keys = Object.keys(CATALOGUE) as Key[];

describe("the catalogue", () => {
  test.each(keys)("%s says something in every language, with the same parameters", (key) => {
    const { en, de } = CATALOGUE[key];
    expect(en.trim()).not.toBe("");
    expect(de.trim()).not.toBe("");
    expect(new Set(namesIn(de))).toEqual(new Set(namesIn(en)));
    for (const locale of LOCALES)
      expect(CATALOGUE[key][locale]).not.toMatch(/!|[Oo]ops|successfully|erfolgreich/);
  });

  test("every text is filled completely when all its parameters are given", () => {
    for (const key of keys) {
      const params = Object.fromEntries(namesIn(CATALOGUE[key].en).map((name) => [name, 2]));
      for (const rendering of [EN, DE])
        expect(text(rendering, key, params), key).not.toMatch(/[{}[\]]|not given|nicht genannt/);
    }
  });

  /** Codes that the programs beside core name as reasons of an unknown fact; the type of an error class's own code is none. */
  test("every reason for which the agent leaves a fact unknown has a sentence", () => {
    const codes = sources("agent").flatMap((source) =>
      [...source.matchAll(REASONS_IN_CODE)].map((match) => match.slice(1).find(Boolean) ?? ""),
    );
    expect([...new Set([...REASON_CODES, ...codes])].filter((code) => !isKey(`unknown.${code}`))).toEqual([]);
  });

  test("every refusal of the portal has a sentence", () => {
    const table =
      readFileSync("server/refusal.ts", "utf8").match(/REFUSALS = \{([\s\S]*?)\} as const/)?.[1] ?? "";
    const codes = [...table.matchAll(/"?([a-z-]+)"?: "/g)].map((match) => match[1] ?? "");
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.filter((code) => !isKey(`refusal.${code}`))).toEqual([]);
  });
  test("every act in the audit log has words", () => {
    const acts = sources("server").flatMap((source) =>
      [...source.matchAll(/(?:action: |": )"([a-z]+\.[a-z.-]+)"/g)].map((match) => match[1] ?? ""),
    );
    expect(acts.length).toBeGreaterThan(5);
    expect([...new Set(acts)].filter((act) => !isKey(`act.${act}`))).toEqual([]);
  });
});

/** `unknown("…")`, `{ code: "…" }` and the two functions of fiducial-facts that take a code. */
const REASONS_IN_CODE =
  /\bunknown\(\s*"([a-z0-9-]+)"|(?<!readonly )\bcode: "([a-z0-9-]+)"|\bfailure\("([a-z0-9-]+)"|\bunknownLoader\([^,]+, "([a-z0-9-]+)"/g;

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

describe("a sentence", () => {
  test("writes each parameter by the end of its name", () => {
    expect(render(EN, "reason", reason("no-report", { lastSeenAtMs: 7 }))).toBe(
      "No report since <7>. The scanner may be fine; its link is not.",
    );
    expect(render(EN, "reason", reason("change-stalled", { phase: "activating", budgetMs: 300_000 }))).toBe(
      "The change is activating for more than 5 min. It has stalled.",
    );
    expect(
      render(DE, "reason", reason("change-stalled", { phase: "activating", budgetMs: 300_000 })),
    ).toContain("„wird aktiviert“");
    expect(render(EN, "chip", { code: "downloading", params: { percent: 34 } })).toBe("Downloading 34 %");
  });

  test("leaves an optional part out when its parameter is missing, and says so of any other", () => {
    expect(render(EN, "chip", { code: "downloading" })).toBe("Downloading");
    expect(render(EN, "reason", { code: "no-report" })).toBe(
      "No report since not given. The scanner may be fine; its link is not.",
    );
    expect(render(DE, "reason", { code: "no-report" })).toContain("nicht genannt");
  });

  test("counts one and more", () => {
    const one = render(EN, "reason", reason("items-equal", { count: 1 }));
    expect([one, render(EN, "reason", reason("items-equal", { count: 1200 }))]).toEqual([
      "1 item is as expected.",
      "1,200 items are as expected.",
    ]);
  });

  test("shows a code that is newer than this program as it is", () => {
    expect(render(EN, "unknown", { code: "quantum" })).toBe("quantum (newer than this program)");
    expect(render(DE, "unknown", { code: "quantum" })).toBe("quantum (neuer als dieses Programm)");
    expect(render(EN, "reason", { code: "change-running", params: { phase: "teleporting" } })).toContain(
      "teleporting",
    );
  });

  test("does not interpret what a scanner sent", () => {
    const hostile = "{count} [x] $& <b>";
    expect(render(EN, "unknown", { code: "bus-error", params: { detail: hostile } })).toContain(hostile);
  });

  test("says yes, no, sizes and numbers in the reader's language", () => {
    const say = (rendering: Rendering, value: number | boolean) =>
      render(rendering, "unknown", { code: "bus-error", params: { detail: value } });
    expect(
      [say(EN, true), say(EN, false), say(DE, true), say(DE, false)].map((one) =>
        one.replace(/.*: (.*)\./, "$1"),
      ),
    ).toEqual(["yes", "no", "ja", "nein"]);
    expect(say(DE, 1234.5)).toContain("1.234,5");
    expect(render(DE, "unknown", { code: "too-large", params: { maxBytes: 1_500_000 } })).toContain("1,5 MB");
  });
});
