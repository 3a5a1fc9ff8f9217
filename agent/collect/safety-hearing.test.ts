import { describe, expect, test } from "vitest";
import { SAFETY_SILENT_MS } from "#core/protocol/timing.ts";
import {
  FORGIVE_MS,
  type Hearing,
  type HearingEvent,
  hear,
  isScanning,
  linkOf,
  NOTHING_HEARD,
  nextCheckMs,
  safetyFact,
} from "./safety-hearing.ts";

const hello = JSON.stringify({ type: "hello", schema: "fiducial.safety/1", daemon: "d", version: "1" });
function state(changes: Record<string, unknown> = {}): string {
  return JSON.stringify({
    type: "state",
    state: "ok",
    chain: [{ id: "estop", state: "closed" }],
    latched: false,
    permission: true,
    bypasses: [],
    limitsHash: null,
    energised: false,
    scanState: "idle",
    lastSelfTestAtMs: null,
    ...changes,
  });
}
const line = (text: string): HearingEvent => ({ kind: "line", text });
const opened: HearingEvent = { kind: "opened" };
const closed: HearingEvent = { kind: "closed" };

/** Each event at its own time, from nothing heard. */
function following(...events: (readonly [number, HearingEvent])[]): Hearing {
  return events.reduce((hearing, [atMs, event]) => hear(hearing, event, atMs), NOTHING_HEARD);
}
const good = following([0, opened], [0, line(hello)], [10, line(state())]);

describe("link [SEE-11]", () => {
  test("a greeted state is connected until two seconds have passed, then silent", () => {
    expect(linkOf(good, 10 + SAFETY_SILENT_MS)).toBe("connected");
    expect(linkOf(good, 11 + SAFETY_SILENT_MS)).toBe("silent");
  });

  test("the same line again is a sign of life, and another one is read anew", () => {
    const again = hear(good, line(state()), 1_500);
    expect(linkOf(again, 1_500 + SAFETY_SILENT_MS)).toBe("connected");
    expect(again.last).toBe(good.last);
    expect(hear(again, line(state({ latched: true })), 1_600).last).toMatchObject({ latched: true });
    expect(hear(again, line("{"), 1_600)).toMatchObject({ problem: { text: "not JSON" }, last: good.last });
  });

  test("an open socket that never spoke becomes silent, and is unknown before that", () => {
    const mute = following([0, opened], [0, line(hello)]);
    expect(linkOf(mute, 1_000)).toBe("unknown");
    expect(linkOf(mute, SAFETY_SILENT_MS + 1)).toBe("silent");
  });

  test("a connection that closes is absent, and the last state stays as last known", () => {
    const gone = hear(good, closed, 500);
    expect(linkOf(gone, 500)).toBe("absent");
    expect(safetyFact(gone, 600, "/s")).toMatchObject({
      state: "observed",
      value: { link: "absent", daemon: "d", heartbeatAgeMs: 590, last: { state: "ok" } },
    });
  });

  test("a state of an earlier connection does not make a new one connected", () => {
    const again = hear(hear(good, closed, 500), opened, 1_000);
    expect(linkOf(again, 1_100)).toBe("unknown");
  });

  test("messages of a later version are no sign of life", () => {
    const later = hear(good, line('{"type":"temperature","celsius":21}'), 5_000);
    expect(linkOf(later, 5_000)).toBe("silent");
  });
});

describe("garbage", () => {
  test.each([
    ["not JSON", "ok"],
    ["a JSON text", '"ok"'],
    ["null", "null"],
    ["no type", "{}"],
    ["a field of the wrong type", state({ latched: "no" })],
    ["a missing field", state({ permission: undefined })],
    [
      "another schema",
      JSON.stringify({ type: "hello", schema: "fiducial.safety/2", daemon: "d", version: "1" }),
    ],
  ])("%s is garbage, and the good state before it is not current any more", (_, text) => {
    const bad = hear(good, line(text), 100);
    expect(linkOf(bad, 100)).toBe("garbage");
    expect(safetyFact(bad, 100, "/s")).toMatchObject({ value: { problem: expect.stringMatching(/./) } });
  });

  test("a state before hello is not believed", () => {
    const rude = following([0, opened], [0, line(state())]);
    expect(rude.last).toBeNull();
    expect(linkOf(rude, 0)).toBe("garbage");
  });

  test("the problem names the field and never repeats the value that came", () => {
    const bad = hear(good, line(state({ latched: "<script>" })), 100);
    expect(bad.problem?.text).toBe("state: latched: invalid_type");
  });

  test("one bad line is forgiven after ten seconds of good ones, not at the next good one", () => {
    const bad = hear(good, line("?"), 1_000);
    expect(linkOf(hear(bad, line(state()), 2_000), 2_000)).toBe("garbage");
    const later = hear(bad, line(state()), 1_000 + FORGIVE_MS);
    expect(linkOf(later, 1_000 + FORGIVE_MS)).toBe("connected");
  });

  test("words of a later version are kept as unknown, not as ok and not as garbage", () => {
    const newer = hear(good, line(state({ state: "meltdown", scanState: "dancing" })), 100);
    expect(linkOf(newer, 100)).toBe("connected");
    expect(newer.last).toMatchObject({ state: "unknown", scanState: "unknown" });
  });
});

describe("the fact", () => {
  test("no socket and never heard is unknown with its reason, never absent [SEE-14]", () => {
    const none = following([0, { kind: "refused", problem: "missing", detail: "ENOENT" }]);
    expect(safetyFact(none, 10, "/s")).toEqual({
      state: "unknown",
      reason: { code: "no-safety-socket", params: { path: "/s" } },
    });
  });

  test("a socket that may not be opened is unknown: denied", () => {
    const denied = following([0, { kind: "refused", problem: "denied", detail: "EACCES" }]);
    expect(safetyFact(denied, 10, "/s")).toMatchObject({ reason: { code: "denied" } });
  });

  test("a socket file that nobody answers is a daemon that died: absent", () => {
    const dead = following([0, { kind: "refused", problem: "failed", detail: "ECONNREFUSED" }]);
    expect(safetyFact(dead, 10, "/s")).toMatchObject({ state: "observed", value: { link: "absent" } });
  });

  test("a socket that vanished after it was heard stays observed as absent", () => {
    const gone = hear(hear(good, closed, 20), { kind: "refused", problem: "missing", detail: "" }, 30);
    expect(safetyFact(gone, 40, "/s")).toMatchObject({ value: { link: "absent", last: { state: "ok" } } });
  });
});

describe("quiet while scanning [SEE-17]", () => {
  const scanning = hear(good, line(state({ scanState: "running" })), 100);
  test.each(["preparing", "running", "robot-moving", "unknown", "dancing"])("%s is not idle", (scanState) => {
    expect(isScanning(hear(good, line(state({ scanState })), 100), 100)).toBe(true);
  });
  test("idle, and a host that never had a daemon, are not scanning", () => {
    expect(isScanning(good, 100)).toBe(false);
    expect(isScanning(NOTHING_HEARD, 100)).toBe(false);
  });
  test("a daemon that dies in mid scan keeps the quiet for a minute and not for ever", () => {
    const dead = hear(scanning, closed, 200);
    expect(isScanning(dead, 60_100)).toBe(true);
    expect(isScanning(dead, 60_101)).toBe(false);
  });
});

test("the listener is woken when silence begins, and not again after it", () => {
  const due = nextCheckMs(good, 10);
  expect(due).not.toBeNull();
  expect(linkOf(good, due ?? 0)).toBe("silent");
  expect(nextCheckMs(good, due ?? 0)).toBeNull();
});
