import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { linuxSystem } from "#agent/linux-system.ts";
import { checkSafetySocket, judgeRecording, type Recording } from "./check-safety-socket.ts";

const hello = '{"type":"hello","schema":"fiducial.safety/1","daemon":"d","version":"1"}';
const state = (changes: Record<string, unknown> = {}) =>
  JSON.stringify({
    type: "state",
    state: "ok",
    chain: [{ id: "door", state: "closed" }],
    latched: false,
    permission: true,
    bypasses: [],
    limitsHash: null,
    energised: false,
    scanState: "idle",
    lastSelfTestAtMs: null,
    ...changes,
  });

function recording(
  lines: readonly (readonly [number, string])[],
  changes: Partial<Recording> = {},
): Recording {
  return {
    info: { ok: true, value: { kind: "socket", size: 0, modifiedMs: 0, changedMs: 0, mode: 0o660 } },
    heard: lines.map(([atMs, text]) => ({ atMs, piece: { kind: "line", text } })),
    startMs: 0,
    endMs: 2_500,
    closed: false,
    ...changes,
  };
}
const faults = (made: Recording) =>
  judgeRecording(made)
    .filter((one) => one.verdict === "wrong")
    .map((one) => one.text);
const fine: readonly (readonly [number, string])[] = [
  [0, hello],
  [0, state()],
  [1_000, state()],
  [1_400, state({ latched: true })],
  [2_400, state({ latched: true })],
];

test("a daemon that keeps the specification has no fault, and its change was noticed", () => {
  expect(faults(recording(fine))).toEqual([]);
  expect(judgeRecording(recording(fine)).map((one) => one.text)).toContain(
    "1 changes of the state were heard",
  );
});

test.each([
  ["nothing at all", recording([]), ["nothing was sent", "no state was sent"]],
  ["no hello", recording(fine.slice(1)), ["the first line is not a hello"]],
  ["a pause", recording([...fine.slice(0, 2), [2_400, state()]]), ["2400 ms without a state"]],
  ["an end before the end", recording(fine.slice(0, 3)), ["1500 ms without a state"]],
  ["a bad line", recording([...fine, [2_450, "oops"]]), ["a line breaks the schema: not JSON"]],
  ["a misspelt word", recording([...fine, [2_450, state({ state: "okay" })]]), ['state "okay" is not of']],
  ["a hangup", recording(fine, { closed: true }), ["the daemon closed the connection"]],
  [
    "an open socket",
    recording(fine, {
      info: { ok: true, value: { kind: "socket", size: 0, modifiedMs: 0, changedMs: 0, mode: 0o666 } },
    }),
    ["every user may connect (mode 0666)"],
  ],
])("%s is a fault, in words", (_, made, expected) => {
  const found = faults(made);
  expect(found).toHaveLength(expected.length);
  expected.forEach((text, at) => {
    expect(found[at]).toContain(text);
  });
});

test("a state that never changes is noted as not seen, not as right", () => {
  expect(judgeRecording(recording(fine.slice(0, 3), { endMs: 1_500 }))).toContainEqual({
    verdict: "note",
    text: expect.stringContaining("did not change"),
  });
});

test("no socket is one clear fault", async () => {
  expect(await checkSafetySocket(linuxSystem(), "/nowhere/safety.sock", 1)).toEqual([
    { verdict: "wrong", text: expect.stringContaining("/nowhere/safety.sock cannot be connected to") },
  ]);
});

for (const [program, file] of [
  ["python3", "safetyd.py"],
  ["perl", "safetyd.pl"],
] as const) {
  const absent = spawnSync(program, ["-e", ""]).error !== undefined;
  test.skipIf(absent)(
    `the ${program} daemon passes the check a vendor runs${absent ? ` (skipped: no ${program})` : ""}`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "fid-check-"));
      const path = join(folder, "safety.sock");
      const daemon = spawn(program, [
        join(import.meta.dirname, "../../tests/fixtures/safety-daemons", file),
        "--socket",
        path,
      ]);
      while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 10));
      const findings = await checkSafetySocket(linuxSystem(), path, 2);
      daemon.kill("SIGKILL");
      rmSync(folder, { recursive: true });
      expect(findings.filter((one) => one.verdict === "wrong")).toEqual([]);
      expect(findings[1]?.text).toContain("safetyd-p");
    },
  );
}
