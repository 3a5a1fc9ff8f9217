import { describe, expect, test } from "vitest";
import {
  LIFT_ASK_LASTS_MS,
  PARDON_LASTS_MS,
  type PardonSaid,
  type PardonStep,
  pardonState,
  refusePardon,
} from "#core/change/pardon.ts";

const said = (id: string, step: PardonStep, by: string, atMs: number): PardonSaid => ({
  ...{ id, step, by, atMs, of: null },
  why: "looked at",
});
/** What the signer answered to step 2. */
const answered = (step: PardonStep): PardonSaid => ({ ...said("3", step, "server", 21), of: "2" });
const asked = said("1", "lift-asked", "ann", 10);
const confirmed = said("2", "lift-confirmed", "bob", 20);

describe("a block is lifted by two [ACT-5, ADM-2]", () => {
  const lift = (all: PardonSaid[], nowMs = 30) => pardonState("lift-block", all, nowMs);

  test("one asks; who asked cannot confirm, another can, until a day is over", () => {
    const state = lift([asked]);
    expect(state).toEqual({ state: "asked", first: asked, untilMs: 10 + LIFT_ASK_LASTS_MS });
    expect(refusePardon("confirm", state, "ann")).toBe("lift-needs-another-person");
    expect(refusePardon("confirm", state, "bob")).toBeNull();
    expect(refusePardon("ask", state, "bob")).toBe("lift-asked-already");
    const over = lift([asked], 10 + LIFT_ASK_LASTS_MS);
    expect(over).toEqual({ state: "none" });
    expect(refusePardon("confirm", over, "bob")).toBe("lift-not-asked");
    expect(refusePardon("ask", over, "ann")).toBeNull();
  });

  test("nobody asked: there is nothing to confirm", () => {
    expect(refusePardon("confirm", lift([]), "bob")).toBe("lift-not-asked");
  });

  test("decided by both, then signed; asked anew it begins again with one", () => {
    const people = [asked, confirmed];
    const decided = lift(people);
    expect(decided).toEqual({ state: "decided", people, id: "2", atMs: 20 });
    for (const act of ["ask", "confirm", "release"] as const)
      expect(refusePardon(act, decided, "cleo")).toBe("pardon-under-way");
    const signed = [...people, answered("pardon-signed")];
    expect(lift(signed).state).toBe("signed");
    expect(refusePardon("ask", lift(signed), "ann")).toBeNull();
    expect(lift([...people, answered("pardon-refused")]).state).toBe("refused");
    const again = said("4", "lift-asked", "cleo", 40);
    expect(lift([...signed, again], 41)).toMatchObject({ state: "asked", first: again });
    expect(lift([...signed, again], 40 + LIFT_ASK_LASTS_MS).state).toBe("signed");
    expect(lift(signed, 20 + PARDON_LASTS_MS)).toEqual({ state: "none" });
  });

  test("a confirmation without a request before it shows the one person there was", () => {
    expect(lift([confirmed])).toMatchObject({ people: [confirmed] });
  });
});

test("a hold is released by one, and what is said of the block is no word about it [ACT-6]", () => {
  const hold = (all: PardonSaid[]) => pardonState("release-hold", all, 30);
  expect(hold([asked, confirmed])).toEqual({ state: "none" });
  expect(refusePardon("release", hold([asked]), "ann")).toBeNull();
  const released = said("5", "hold-released", "ann", 25);
  expect(hold([asked, released])).toEqual({ state: "decided", people: [released], id: "5", atMs: 25 });
});
