import { expect, test } from "vitest";
import { stableFact } from "#core/report/digest.ts";
import { exampleFacts } from "#core/report/example-facts.ts";
import { observed, unknown } from "#core/report/fact.ts";
import { runningIn } from "#core/report/running.ts";

const { closures } = exampleFacts();

test("what ran is the toplevel that was seen to run, and nothing where none was seen [SEE-14]", () => {
  if (closures?.state !== "observed" || closures.value.running.state !== "observed")
    throw new Error("the example runs something");
  expect(runningIn(stableFact("closures", closures))).toBe(closures.value.running.value.path);
  const unseen = { ...closures.value, running: unknown("not-reported") };
  expect(runningIn(stableFact("closures", observed(unseen)))).toBeNull();
  expect(runningIn(stableFact("closures", unknown("not-reported")))).toBeNull();
});
