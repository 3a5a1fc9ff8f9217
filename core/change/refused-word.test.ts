import { describe, expect, test } from "vitest";
import { refusedWord } from "#core/change/refused-word.ts";
import { NO_CHANGE } from "#core/report/change-kind.ts";
import { exampleFacts } from "#core/report/example-facts.ts";

const facts = exampleFacts();
const { agent } = facts;
const told = (state: "refused" | "confirmed", reason: string | null) =>
  ({ ...facts.change, state: "observed", value: { ...NO_CHANGE, state, reason } }) as never;
const problem = (source: string, reason: string) =>
  ({
    ...agent,
    state: "observed",
    value: { ...(agent as { value: object }).value, problems: [{ source, reason }] },
  }) as never;

describe("what a scanner says that it refused [SIG-2]", () => {
  test("is the reason of its last change where that was refused", () => {
    expect(refusedWord({ change: told("refused", "below-floor") })).toBe("below-floor");
    expect(refusedWord({ change: told("confirmed", null) })).toBeNull();
    expect(refusedWord({ change: told("refused", null) })).toBeNull();
    expect(refusedWord({})).toBeNull();
  });

  test("is the word of its network half first, which lasts as long as what it refuses is served", () => {
    const fetching = problem("changes", "refused: metadata-frozen: release timestamp, over since 2026");
    expect(refusedWord({ agent: fetching, change: told("refused", "replayed") })).toBe("metadata-frozen");
    expect(refusedWord({ agent: problem("changes", "refused: too-large") })).toBe("too-large");
  });

  test("is nothing where a word is unknown, or stands elsewhere", () => {
    expect(refusedWord({ change: told("refused", "newer-word") })).toBeNull();
    expect(refusedWord({ agent: problem("changes", "fiducial-fetch cannot be started") })).toBeNull();
    expect(refusedWord({ agent: problem("spool", "refused: too-large: x") })).toBeNull();
    expect(
      refusedWord({ agent: { state: "unknown", reason: { code: "not-reported" } } as never }),
    ).toBeNull();
  });
});
