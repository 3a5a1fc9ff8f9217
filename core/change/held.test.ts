import { expect, test } from "vitest";
import { afterWayBack, NO_FAILURES } from "#core/change/blocked.ts";
import { exampleWayBack, NEW } from "#core/change/example-plan.ts";
import { holdAfter, standing } from "#core/change/held.ts";
import { quarantineFileSchema, quarantineKind, quarantineOf } from "#core/report/quarantine-kind.ts";

test("held after every way back that nobody asked for, and after no other end [ACT-6]", () => {
  const held = { sinceMs: 5, changeId: "one", toplevel: NEW, release: "r2", reason: "health-failed" };
  expect(holdAfter(exampleWayBack(), 5)).toEqual(held);
  expect(holdAfter(exampleWayBack({ reason: "interrupted" }), 5)).toMatchObject({ reason: "interrupted" });
  for (const words of [{ reason: "asked" }, { state: "confirmed", reason: null }] as const)
    expect(holdAfter(exampleWayBack(words), 5)).toBeNull();
});

test("released is this hold and no newer one [ACT-6]", () => {
  const held = holdAfter(exampleWayBack(), 5);
  expect(standing(null, null)).toBeNull();
  expect(standing(held, null)).toEqual(held);
  expect(standing(held, "one")).toBeNull();
  expect(standing(held, "an older one")).toEqual(held);
});

test("told is what is held and what is blocked; an older writer tells nothing, which is not an empty list [SEE-14]", () => {
  const sick = afterWayBack(NO_FAILURES, exampleWayBack(), 5);
  const cut = afterWayBack(
    sick,
    exampleWayBack({ changeId: "two", toplevel: `${NEW}-2`, reason: "interrupted" }),
    6,
  );
  const told = quarantineOf(holdAfter(exampleWayBack(), 5), cut);
  expect(quarantineKind.parse(told)).toEqual({
    held: expect.objectContaining({ changeId: "one" }),
    blocked: [{ toplevel: NEW, release: "r2", changeId: "one", reason: "health-failed", sinceMs: 5 }],
  });
  expect(quarantineFileSchema.parse({ schema: "fiducial.change/1" }).quarantine).toEqual({
    held: null,
    blocked: null,
  });
});
