import { expect, test } from "vitest";
import { createPresence } from "./presence.ts";

const query = { opList: [{ type: "query" }, { type: "query" }] } as const;
const change = { opList: [{ type: "query" }, { type: "mutation" }] } as const;
const BACKGROUND = { "fiducial-background": "1" };

function page() {
  const clock = { ms: 0 };
  const target = new EventTarget();
  const presence = createPresence(() => clock.ms);
  const leave = presence.watch(target);
  return { clock, presence, leave, act: (name: string) => target.dispatchEvent(new Event(name)) };
}

test("what an open page asks by itself does not count as use once its reader is gone [B-11]", () => {
  const { clock, presence } = page();
  expect(presence.headersFor(query)).toEqual({});
  clock.ms = 30_001;
  expect(presence.headersFor(query)).toEqual(BACKGROUND);
  clock.ms = 8 * 60 * 60_000;
  expect(presence.headersFor(query)).toEqual(BACKGROUND);
});

test.each(["click", "keydown", "pointerdown", "touchmove", "wheel"])("%s is a person's", (name) => {
  const { clock, presence, act } = page();
  clock.ms = 600_000;
  act(name);
  expect(presence.headersFor(query)).toEqual({});
  clock.ms += 30_001;
  expect(presence.headersFor(query)).toEqual(BACKGROUND);
});

test("a page's own events are not", () => {
  const { clock, presence, act } = page();
  clock.ms = 600_000;
  for (const name of ["scroll", "focus", "pointermove", "visibilitychange"]) act(name);
  expect(presence.headersFor(query)).toEqual(BACKGROUND);
});

test("what changes something is always asked by somebody", () => {
  const { clock, presence } = page();
  clock.ms = 600_000;
  expect(presence.headersFor(change)).toEqual({});
});

test("a page that was left hears nothing any more", () => {
  const { clock, presence, leave, act } = page();
  leave();
  clock.ms = 600_000;
  act("click");
  expect(presence.headersFor(query)).toEqual(BACKGROUND);
});
