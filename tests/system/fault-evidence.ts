import type { Tested } from "./fault-cells.ts";
import type { BySteps } from "./fault-matrix.ts";

const test =
  (grade: Tested["grade"], file: string) =>
  (...titles: string[]): Tested[] =>
    titles.map((title) => ({ file, title, grade }));

const HTTP = test("wire", "agent/fetch/http-source.test.ts");
const FETCH = test("injected", "agent/fetch/run-fetch.test.ts");
const FETCHER = test("real", "agent/fetch/main.test.ts");
const TRANSPORT = test("wire", "agent/link/transport.test.ts");
const OUTBOX = test("injected", "agent/link/outbox.test.ts");
const ATTACKS = test("injected", "agent/trust/attacks.test.ts");
const ACCEPT = test("injected", "core/trust/accept.test.ts");
const CARRY = test("injected", "agent/change/carry.test.ts");
const PROBATION = test("injected", "core/change/probation.test.ts");
const GATES = test("injected", "core/change/gates.test.ts");
const CHANGE = test("real", "tests/system/change.test.ts");
const EARLY = test("wire", "tests/system/early-copy.test.ts");
const SPOOL = test("real", "tests/system/spool.test.ts");
const FACTS = test("real", "tests/system/closure-facts.test.ts");

const REFUSED_DISK = OUTBOX("when the disk refuses, the newest report is held in memory");
const NO_ANSWER = TRANSPORT("the server accepts and never answers: the one deadline ends it");
const UNSIGNED = TRANSPORT(
  "a perfect acknowledgement without a signature",
  "a recorded acknowledgement of another report",
);

/** Beside the sweeps: what `npm test` runs for a cell. */
export const TESTS: BySteps<readonly Tested[]> = {
  F3: {
    META: HTTP("nobody there", "an answer that is cut short is no file"),
    FETCH: EARLY("the network is cut in the middle and comes back"),
    SWITCH: CHANGE("the network lost after it was armed does not undo a healthy change"),
  },
  F4: {
    META: HTTP("one byte and then nothing ends with the deadline"),
    FETCH: HTTP("a large file has no deadline, but has to come at some rate"),
    REPORT: NO_ANSWER,
    rREPORT: NO_ANSWER,
  },
  F5: {
    FETCH: [
      ...FETCH("what does not fit on the disk is not begun"),
      ...HTTP("what our own disk refuses is not blamed"),
    ],
    PRE: GATES("somebody else switches, or a disk has no room"),
    ARM: test("kernel", "agent/activate/ballast.test.ts")("on %s the ballast goes and it is done once more"),
    REPORT: REFUSED_DISK,
    rREPORT: REFUSED_DISK,
  },
  F6: {
    META: ATTACKS("test_invalid_sig_in_valid_metadata: a changed byte"),
    FETCH: FETCH("endless data: reading stops at the signed size", "a release file with other content"),
    SYNC: [
      ...SPOOL("a NAR with one byte flipped", "a NAR that is longer than signed"),
      ...EARLY("a file that changed in the spool ends the change by name"),
    ],
  },
  F7: {
    META: ATTACKS(
      "a clock before the moment of signing is told as a wrong clock",
      "test_expired_local_timestamp",
    ),
    PROBE: test(
      "injected",
      "agent/activate/watch-agent.test.ts",
    )("one that lives costs no program, whatever the wall clock says"),
    REPORT: test(
      "injected",
      "agent/link/counters.test.ts",
    )("a clock that was set back to 1970 cannot bring a lost counter back"),
  },
  F8: {
    META: test(
      "injected",
      "agent/activate/stolen-keys.test.ts",
    )("name no release that is not in the list of people"),
    PRE: ACCEPT("below the floor", "back to what was never confirmed here"),
    FETCH: test("injected", "agent/activate/spool-cache.test.ts")("a bomb is refused at its signed size"),
    SYNC: CHANGE("a release with a changed byte, and a closure that nobody signed"),
    ARM: ACCEPT("an old number [E-07], and another instruction under the last number [E-08]"),
    CONFIRM: test(
      "injected",
      "core/change/progress.test.ts",
    )("is the scanner's word and the observation together [E-16]"),
    REPORT: UNSIGNED,
    rREPORT: UNSIGNED,
  },
  F9: {
    META: HTTP("a busy server is asked again when it says"),
    REPORT: TRANSPORT("an overloaded thing in between is told apart"),
    rREPORT: TRANSPORT("an overloaded thing in between is told apart"),
  },
  F10: {
    META: [...FETCHER("two at once would mix what they keep"), ...ATTACKS("looks wait for each other")],
    FETCH: test("injected", "agent/link/fetch-runner.test.ts")("never two at once"),
  },
  F11: { META: test("real", "tests/system/scanner.test.ts")("a switch by hand is seen as untracked") },
  F12: {
    PRE: GATES("shut when the daemon is silent, bypassed or objects"),
    PROBE: CHANGE("an unhealthy upgrade goes back by itself and is blocked here"),
  },
  F13: { PROBE: PROBATION("the agent has to live, and may not die again and again") },
  F14: {
    BOOT: test("injected", "agent/activate/boot-loader.test.ts")("an exit status of 0 is not believed"),
    SWITCH: [
      ...test("injected", "core/change/way.test.ts")("each exit status of switch-to-configuration"),
      ...test(
        "injected",
        "agent/activate/unit-runner.test.ts",
      )("killed without a word, or not at its end in time"),
    ],
  },
  F15: {
    BOOT: CARRY("a boot entry that cannot be made goes back, three times at most"),
    REPORT: REFUSED_DISK,
    rREPORT: REFUSED_DISK,
  },
  F16: {
    PRE: CARRY("a content that is not the signed one, or a way back that is broken"),
    REPORT: FACTS("a truncated, a modified and a deleted path are told apart"),
    rREPORT: FACTS("a truncated, a modified and a deleted path are told apart"),
  },
};
