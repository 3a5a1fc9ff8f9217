import { cutLog, isVoid } from "./cut-cases.ts";
import { doubleLog } from "./double-cases.ts";
import { deathLog } from "./fault-cases.ts";
import { NOT_HIT, TESTS } from "./fault-evidence.ts";
import { FAULT_IDS, type FaultId, MATRIX, MATRIX_STEPS, OUR_STEPS } from "./fault-matrix.ts";
import { heldLog, type StrikeName } from "./held-cases.ts";

/**
 * How a fault was made. `real`: the thing itself, on a host with real systemd and Nix; `kernel`: the kernel's own, on a disk or host of its
 * own; `wire`: between two real ends of a connection; `injected`: a call that was made to fail or answer so, in a test of that part.
 */
type Grade = "real" | "kernel" | "wire" | "injected";

export type Seen = { what: string; grade: Grade; count: number; builds: readonly (string | null)[] };
/** A test that runs with `npm test`: its file and the beginning of its title. */
export type Tested = { file: string; title: string; grade: Grade };
export type Cell = {
  fault: FaultId;
  step: string;
  /** As reliability.md §3.3 wants it. */
  wanted: string;
  seen: readonly Seen[];
  tested: readonly Tested[];
  /** Null: it was hit. */
  whyNot: string | null;
};

type Line = { fault: FaultId; point: string; what: string; grade: Grade; build: string | null };

const HELD: Readonly<Record<StrikeName, readonly [FaultId, Grade]>> = {
  "disk-full": ["F5", "kernel"],
  "esp-full": ["F5", "kernel"],
  "read-only": ["F15", "kernel"],
  "network-silent": ["F3", "wire"],
  "server-errors": ["F9", "wire"],
  "two-commands": ["F10", "real"],
  "wrong-boot": ["F11", "real"],
  "safety-silent": ["F12", "real"],
  "agent-crashes": ["F13", "real"],
  "switch-locked": ["F14", "real"],
  collected: ["F16", "real"],
};

/** Every case of the committed logs as what it says about one cell. A case that was run twice is one. */
function everyLine(): Line[] {
  const kills = deathLog
    .read("kept")
    .filter(({ death }) => death === "kill")
    .map((one) => ({
      ...{ fault: "F1" as const, point: one.point, what: "kill", grade: "real" as const, build: one.build },
      key: `${one.point}/${one.target}`,
    }));
  const cuts = cutLog
    .read("kept")
    .filter((one) => !isVoid(one))
    .map((one) => ({
      ...{ fault: "F2" as const, point: one.point, what: "cut", grade: "kernel" as const, build: one.build },
      key: `${one.point}/${one.target}/${one.delay}`,
    }));
  const doubles = doubleLog.read("kept").flatMap((one) =>
    [one.first, one.second].map(({ point, death }) => ({
      ...{ fault: death === "kill" ? ("F1" as const) : ("F2" as const), point, build: one.build },
      ...{ what: "double", grade: death === "kill" ? ("real" as const) : ("kernel" as const) },
      key: JSON.stringify([one.target, one.first, one.second, point]),
    })),
  );
  const held = heldLog.read("kept").map((one) => {
    const [fault, grade] = HELD[one.strike];
    return {
      fault,
      point: one.point,
      what: one.strike,
      grade,
      build: one.build,
      key: `${one.strike}/${one.point}/${one.target}`,
    };
  });
  return [
    ...new Map(
      [...kills, ...cuts, ...doubles, ...held].map(({ key, ...line }) => [`${line.what}/${key}`, line]),
    ).values(),
  ];
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
      return [
        { fault, step, wanted, seen, tested, whyNot: isHit ? null : (NOT_HIT[fault]?.[step] ?? "not run") },
      ];
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
      builds: [...new Set(those.map(({ build }) => build))],
    };
  });
}
