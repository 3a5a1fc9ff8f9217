import { expect, test } from "vitest";
import type { SafetyState } from "#core/safety/socket.ts";
import { type PreflightView, preflight, standsAgainstWayBack } from "./preflight.ts";

const WELL: SafetyState = {
  type: "state",
  state: "ok",
  chain: [],
  latched: false,
  permission: true,
  bypasses: [],
  limitsHash: null,
  energised: false,
  scanState: "idle",
  lastSelfTestAtMs: null,
};

function look(words: Partial<PreflightView> = {}, safety: Partial<SafetyState> | null = {}) {
  const last = safety === null ? null : { state: { ...WELL, ...safety }, ageMs: 100 };
  return preflight({
    ...{ enabled: true, confirmed: true, runsAlready: false, alone: true, daemon: true },
    ...{ safety: { last }, diskFull: false, bootFull: false, bootUnseen: false, ...words },
  });
}

const failing = (checks: ReturnType<typeof look>) =>
  checks.filter(({ verdict }) => verdict !== "pass").map(({ check, verdict }) => `${check} ${verdict}`);

test("each question has its answer, in the order people ask [ACT-4, LOC-1]", () => {
  expect(failing(look())).toEqual([]);
  expect(failing(look({ enabled: false }))).toEqual(["enabled fail"]);
  expect(failing(look({ confirmed: false }))).toEqual(["confirmed fail"]);
  expect(failing(look({ runsAlready: true }))).toEqual(["other fail"]);
  expect(failing(look({ alone: false }))).toEqual(["alone fail"]);
  expect(failing(look({ diskFull: true, bootFull: true }))).toEqual(["disk fail", "boot fail"]);
  expect(failing(look({}, { scanState: "running", energised: true, state: "limit-exceeded" }))).toEqual([
    "scan fail",
    "energised fail",
    "safety fail",
  ]);
});

test("what was not seen is unknown, and never a pass [SEE-14]", () => {
  expect(failing(look({}, null))).toEqual(["scan unknown", "energised unknown", "safety unknown"]);
  expect(failing(look({}, { energised: null, scanState: "unknown" }))).toEqual([
    "scan unknown",
    "energised unknown",
  ]);
  expect(failing(look({ daemon: false }, null))).toEqual([]);
  const unseen = look({ bootUnseen: true });
  expect([failing(unseen), standsAgainstWayBack(unseen, false)]).toEqual([["boot unknown"], null]);
  expect(standsAgainstWayBack(look({ bootFull: true }), true)).toBe("boot");
});

test("a person on site answers for a sick daemon, never for a scan or a drive that is on [ACT-2]", () => {
  expect(standsAgainstWayBack(look(), false)).toBeNull();
  const sick = look({}, { state: "limit-exceeded" });
  expect([standsAgainstWayBack(sick, false), standsAgainstWayBack(sick, true)]).toEqual(["safety", null]);
  expect(standsAgainstWayBack(look({}, { scanState: "running" }), true)).toBe("scan");
  expect(standsAgainstWayBack(look({}, { energised: true }), true)).toBe("energised");
  expect(standsAgainstWayBack(look({}, null), true)).toBe("scan");
  expect(standsAgainstWayBack(look({}, { scanState: "unknown" }), true)).toBe("scan");
});
