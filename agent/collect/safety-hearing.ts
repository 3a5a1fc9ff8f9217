import type { Problem } from "#agent/system.ts";
import { SAFETY_SILENT_MS } from "#core/protocol/timing.ts";
import { type Fact, observed, type Unknown } from "#core/report/fact.ts";
import { firstProblem } from "#core/report/first-problem.ts";
import type { FactValue, SAFETY_LINKS } from "#core/report/kinds.ts";
import {
  SAFETY_SCHEMA,
  type SafetyHello,
  type SafetyState,
  safetyHelloSchema,
  safetyStateSchema,
} from "#core/safety/socket.ts";
import { notKnown, reasonOf } from "./reason.ts";

/**
 * What was heard of the safety daemon, and what follows from it: pure, so that every order of events can be tried without a
 * socket. All times are monotonic milliseconds (SEE-11: age measured on the scanner).
 */
export type Hearing = {
  /** Since when this connection is open; null: not connected. */
  openSinceMs: number | null;
  /** Whether anything ever answered on the socket. */
  answered: boolean;
  /** Why the last attempt to connect failed; null before the first attempt and while open. */
  refusal: { problem: Problem; detail: string } | null;
  /** Hello of this connection: a state before it means nothing. */
  greeted: boolean;
  /** Who spoke last, kept for "last known". */
  hello: SafetyHello | null;
  last: SafetyState | null;
  lastAtMs: number | null;
  /** The line that `last` was read from: a daemon says the same one every second. */
  lastLine: string | null;
  /** The last line that broke the specification, and when; forgotten after FORGIVE_MS of good lines. */
  problem: { text: string; atMs: number } | null;
};
type SafetyLink = (typeof SAFETY_LINKS)[number];

export type HearingEvent =
  | { kind: "opened" }
  | { kind: "line"; text: string }
  /** What cannot be a line: too long, not UTF-8, a flood. */
  | { kind: "bad"; text: string }
  | { kind: "refused"; problem: Problem; detail: string }
  | { kind: "closed" };

/** One bad line among good ones must stay visible long enough to be reported; flapping between two words helps nobody. */
export const FORGIVE_MS = 10_000;
/** A daemon that dies in mid scan is restarted within seconds; until then the scan it spoke of is taken to go on. */
const QUIET_HOLD_MS = 60_000;

export const NOTHING_HEARD: Hearing = {
  openSinceMs: null,
  answered: false,
  refusal: null,
  greeted: false,
  hello: null,
  last: null,
  lastAtMs: null,
  lastLine: null,
  problem: null,
};

export function hear(hearing: Hearing, event: HearingEvent, nowMs: number): Hearing {
  switch (event.kind) {
    case "opened":
      return { ...hearing, openSinceMs: nowMs, answered: true, refusal: null, greeted: false };
    case "closed":
      return { ...hearing, openSinceMs: null, greeted: false };
    case "refused":
      return {
        ...hearing,
        openSinceMs: null,
        greeted: false,
        refusal: { problem: event.problem, detail: event.detail },
      };
    case "bad":
      return { ...hearing, problem: { text: event.text.slice(0, 200), atMs: nowMs } };
    case "line":
      return hearLine(hearing, event.text, nowMs);
  }
}

export type SafetyLineRead =
  | { kind: "hello"; hello: SafetyHello }
  | { kind: "state"; state: SafetyState }
  /** A message of a later minor version: ignored, and no sign of life for what we know. */
  | { kind: "other" }
  | { kind: "bad"; text: string };

/** Parses one line without its newline. The texts name the field that is wrong, never its value. */
export function readSafetyLine(text: string): SafetyLineRead {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: "bad", text: "not JSON" };
  }
  if (typeof json !== "object" || json === null || !("type" in json) || typeof json.type !== "string")
    return { kind: "bad", text: "not an object with a type" };
  if (json.type === "hello") {
    const hello = safetyHelloSchema.safeParse(json);
    return hello.success
      ? { kind: "hello", hello: hello.data }
      : {
          kind: "bad",
          text: `hello: ${firstProblem(hello.error, [])} (schema ${SAFETY_SCHEMA} is expected)`,
        };
  }
  if (json.type !== "state") return { kind: "other" };
  const state = safetyStateSchema.safeParse(json);
  return state.success
    ? { kind: "state", state: state.data }
    : { kind: "bad", text: `state: ${firstProblem(state.error, [])}` };
}

function hearLine(hearing: Hearing, text: string, nowMs: number): Hearing {
  const { last, lastLine } = hearing;
  const line: SafetyLineRead =
    last !== null && text === lastLine ? { kind: "state", state: last } : readSafetyLine(text);
  switch (line.kind) {
    case "other":
      return hearing;
    case "bad":
      return { ...hearing, problem: { text: line.text.slice(0, 200), atMs: nowMs } };
    case "hello":
      return { ...hearing, greeted: true, hello: line.hello };
    case "state": {
      if (!hearing.greeted) return { ...hearing, problem: { text: "state before hello", atMs: nowMs } };
      const forgiven = hearing.problem !== null && nowMs - hearing.problem.atMs >= FORGIVE_MS;
      return {
        ...hearing,
        last: line.state,
        lastAtMs: nowMs,
        lastLine: text,
        problem: forgiven ? null : hearing.problem,
      };
    }
  }
}

/** A broken line outweighs silence, because it says what is wrong; both outweigh a state that was fine before. */
export function linkOf(hearing: Hearing, nowMs: number): SafetyLink {
  if (hearing.openSinceMs === null)
    return hearing.problem !== null && recent(hearing, nowMs) ? "garbage" : "absent";
  if (hearing.problem !== null) return "garbage";
  const heardAt = heardInThisConnection(hearing);
  if (nowMs - (heardAt ?? hearing.openSinceMs) > SAFETY_SILENT_MS) return "silent";
  return heardAt === null ? "unknown" : "connected";
}

function recent(hearing: Hearing, nowMs: number): boolean {
  return hearing.problem !== null && nowMs - hearing.problem.atMs < FORGIVE_MS;
}

function heardInThisConnection(hearing: Hearing): number | null {
  const { lastAtMs, openSinceMs } = hearing;
  return lastAtMs !== null && openSinceMs !== null && lastAtMs >= openSinceMs ? lastAtMs : null;
}

/** When the link may change without anything being heard; null: only by an event. */
export function nextCheckMs(hearing: Hearing, nowMs: number): number | null {
  const link = linkOf(hearing, nowMs);
  if (link === "connected" || link === "unknown")
    return (heardInThisConnection(hearing) ?? hearing.openSinceMs ?? nowMs) + SAFETY_SILENT_MS + 1;
  if (link === "garbage" && hearing.openSinceMs === null && hearing.problem !== null)
    return hearing.problem.atMs + FORGIVE_MS;
  return null;
}

/**
 * Whether the scanner must be left in peace (SEE-17). Only the daemon knows; a host that never had one is not scanning.
 * `unknown` from a daemon that is heard counts as scanning: quiet is the harmless mistake.
 */
export function isScanning(hearing: Hearing, nowMs: number): boolean {
  const { last, lastAtMs } = hearing;
  if (last === null || lastAtMs === null || last.scanState === "idle") return false;
  return linkOf(hearing, nowMs) === "connected" || nowMs - lastAtMs <= QUIET_HOLD_MS;
}

/** SEE-11 as a fact. Never heard and nothing there is *unknown*; whatever was heard once stays as "last known". */
export function safetyFact(hearing: Hearing, nowMs: number, path: string): Fact<FactValue<"safety">> {
  const never = neverHeard(hearing, path);
  if (never !== null) return never;
  const { hello, last, lastAtMs, problem } = hearing;
  return observed({
    link: linkOf(hearing, nowMs),
    daemon: hello?.daemon ?? null,
    version: hello?.version ?? null,
    heartbeatAgeMs: lastAtMs === null ? null : Math.max(0, nowMs - lastAtMs),
    last: last === null ? null : withoutType(last),
    problem: problem?.text ?? null,
  });
}

function neverHeard(hearing: Hearing, path: string): Unknown | null {
  if (hearing.answered) return null;
  if (hearing.refusal === null || hearing.refusal.problem === "missing")
    return notKnown("no-safety-socket", { path });
  // A socket file that nobody answers is a daemon that died: that is an observation.
  if (hearing.refusal.problem === "failed") return null;
  return reasonOf(hearing.refusal, path);
}

function withoutType({ type: _type, ...rest }: SafetyState): NonNullable<FactValue<"safety">["last"]> {
  return rest;
}
