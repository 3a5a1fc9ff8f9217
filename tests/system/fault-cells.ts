import { cutLog, isVoid } from "./cut-cases.ts";
import { doubleLog } from "./double-cases.ts";
import { deathLog } from "./fault-cases.ts";
import { TESTS } from "./fault-evidence.ts";
import { FAULT_IDS, type FaultId, MATRIX, MATRIX_STEPS, OUR_STEPS } from "./fault-matrix.ts";
import { OTHERWISE } from "./fault-otherwise.ts";
import { type FetchStrike, fetchLog } from "./fetch-cases.ts";
import { heldLog, type StrikeName } from "./held-cases.ts";

/**
 * How a fault was made. `real`: the thing itself, on a host with real systemd and Nix; `kernel`: the kernel's own, on a disk or host of its
 * own; `wire`: between two real ends of a connection; `injected`: a call that was made to fail or answer so, in a test of that part, or
 * in all programs of a host (own-clock.c).
 */
type Grade = "real" | "kernel" | "wire" | "injected";

export type Seen = {
  what: string;
  grade: Grade;
  count: number;
  /** How those changes ended, each way once. */
  ends: readonly string[];
  builds: readonly (string | null)[];
};
/** A test that runs with `npm test`: its file and the beginning of its title. */
export type Tested = { file: string; title: string; grade: Grade };
export type Cell = {
  fault: FaultId;
  step: string;
  /** As reliability.md §3.3 wants it. */
  wanted: string;
  seen: readonly Seen[];
  tested: readonly Tested[];
  /** By a sweep whose log is committed, or by a test. */
  isHit: boolean;
  /** Why it ended otherwise than wanted; null: as wanted, or not seen. */
  otherwise: string | null;
};

type Line = {
  fault: FaultId;
  point: string;
  what: string;
  grade: Grade;
  end: string;
  build: string | null;
};
type Keyed = Line & { key: string };

const HELD: Readonly<Record<StrikeName, readonly [FaultId, Grade]>> = {
  "disk-full": ["F5", "kernel"],
  "esp-full": ["F5", "kernel"],
  "read-only": ["F15", "kernel"],
  "network-silent": ["F3", "wire"],
  "network-slow": ["F4", "wire"],
  "clock-ahead": ["F7", "injected"],
  "clock-back": ["F7", "injected"],
  "server-errors": ["F9", "wire"],
  "two-commands": ["F10", "real"],
  "wrong-boot": ["F11", "real"],
  "safety-silent": ["F12", "real"],
  "agent-crashes": ["F13", "real"],
  "switch-locked": ["F14", "real"],
  collected: ["F16", "real"],
  edited: ["F16", "real"],
};

const FETCHING: Readonly<Record<FetchStrike, readonly [FaultId, Grade]>> = {
  ...HELD,
  kill: ["F1", "real"],
  cut: ["F2", "kernel"],
};

/** Every case of the committed logs as what it says about one cell. A case that was run twice is one. */
function everyLine(): Line[] {
  const keyed = [...kills(), ...cuts(), ...doubles(), ...lasting(), ...fetched()];
  return [...new Map(keyed.map(({ key, ...line }) => [`${line.what}/${key}`, line])).values()];
}

function kills(): Keyed[] {
  const killed = deathLog.read("kept").filter(({ death }) => death === "kill");
  return killed.map(({ point, target, end, build }) => ({
    ...{ fault: "F1", what: "kill", grade: "real", point, end, build },
    key: `${point}/${target}`,
  }));
}

function cuts(): Keyed[] {
  const valid = cutLog.read("kept").filter((one) => !isVoid(one));
  return valid.map(({ point, target, delay, end, build }) => ({
    ...{ fault: "F2", what: "cut", grade: "kernel", point, end, build },
    key: `${point}/${target}/${delay}`,
  }));
}

function doubles(): Keyed[] {
  return doubleLog.read("kept").flatMap(({ target, first, second, end, build }) =>
    [first, second].map(
      ({ point, death }): Keyed => ({
        ...(death === "kill" ? { fault: "F1", grade: "real" } : { fault: "F2", grade: "kernel" }),
        ...{ what: "double", point, end, build },
        key: JSON.stringify([target, first, second, point]),
      }),
    ),
  );
}

function lasting(): Keyed[] {
  return heldLog.read("kept").map(({ strike, point, target, end, build }) => {
    const [fault, grade] = HELD[strike];
    return { fault, what: strike, grade, point, end, build, key: `${strike}/${point}/${target}` };
  });
}

function fetched(): Keyed[] {
  return fetchLog.read("kept").map(({ strike, point, delay, end, build }) => {
    const [fault, grade] = FETCHING[strike];
    return { fault, what: strike, grade, point, end, build, key: `${strike}/${point}/${delay}` };
  });
}

function stepOf(point: string): string {
  const own = point.slice(0, point.indexOf("."));
  return MATRIX_STEPS.find((step) => OUR_STEPS[step]?.some((one) => one === own)) ?? "";
}

/** The applicable cells of the matrix, in its order. */
export function everyCell(): Cell[] {
  const lines = everyLine();
  return FAULT_IDS.flatMap((fault) =>
    MATRIX[fault].cells.split(" ").flatMap((wanted, at) => {
      const step = MATRIX_STEPS[at] ?? "";
      if (wanted === "-") return [];
      const seen = summed(lines.filter((line) => line.fault === fault && stepOf(line.point) === step));
      const tested = TESTS[fault]?.[step] ?? [];
      const isHit = seen.length + tested.length > 0;
      const otherwise = seen.length > 0 ? (OTHERWISE[fault]?.[step] ?? null) : null;
      return [{ fault, step, wanted, seen, tested, isHit, otherwise }];
    }),
  );
}

function summed(lines: readonly Line[]): Seen[] {
  return [...new Set(lines.map(({ what }) => what))].map((what) => {
    const those = lines.filter((line) => line.what === what);
    return {
      what,
      grade: those[0]?.grade ?? "real",
      count: those.length,
      ends: [...new Set(those.map(({ end }) => end))],
      builds: [...new Set(those.map(({ build }) => build))],
    };
  });
}
