import { type Cell, everyCell, type Seen } from "./fault-cells.ts";
import { MATRIX } from "./fault-matrix.ts";

const HEAD = `# The 137 cells: what was done to a change, and where

Made by \`npm run faults -- --table\` from the logs in \`tests/system/results\`; do not edit it. A row is one applicable cell of the matrix of steps and faults. *Wanted*, word for word from the catalogue: O stays on the old generation,
B goes back to it, N completes, b either by whether the record was durable, n completes if healthy, W waits, R refused, o unaffected, L the server alone is wrong, D told, X does not begin, A asks for a
person, 1 exactly one wins, ! also without room. *Seen*: how many different cases the sweeps hit it with, each with the one end that is allowed and all invariants (I1 to I10), which ends those were, and the commits that ran.
What is interrupted or waits before ARM has changed nothing (O, W), and goes on when the fault is gone: the end that is named is that of afterwards, and a sick target always ends *rolled-back*. Where ours ends otherwise than the catalogue wants, the row says so, and why.
*Tested*: what \`npm test\` runs for it. Grades: *real*, the thing itself on a host with real systemd and Nix; *kernel*, the kernel's own, on a disk of its own; *wire*, between two real ends of a connection;
*injected*, a call that was made to fail or answer so (the wall clock: in all programs of a host). What stands in for NixOS on these hosts is in [stand-in.md](stand-in.md), how the sweeps work and what they found in [faults.md](faults.md).
`;

const seenText = ({ what, grade, count, ends, builds }: Seen) =>
  `${count} × ${what}: ${ends.join(" or ")} (${grade}; ${builds.map((one) => one ?? "commit not noted").join(", ")})`;

function row({ fault, step, wanted, seen, tested, isHit, otherwise }: Cell): string {
  const tests = tested.map(({ file, title, grade }) => `\`${file}\`: ${title} (${grade})`).join("; ");
  const other = otherwise === null ? "" : `. **Otherwise than wanted:** ${otherwise}`;
  const sweeps = seen.map(seenText).join("; ");
  const what = isHit ? `${sweeps || "–"}${other} | ${tests || "–"}` : "not hit | not run";
  return `| ${fault} ${MATRIX[fault].fault} | ${step} | ${wanted} | ${what} |`;
}

/** docs/fault-cells.md. */
export function cellsPage(): string {
  const cells = everyCell();
  const count = (holds: (cell: Cell) => boolean) => cells.filter(holds).length;
  const swept = count(({ seen }) => seen.length > 0);
  const tested = count(({ seen, tested: by }) => seen.length === 0 && by.length > 0);
  const sum = `**${swept + tested} of ${cells.length} cells hit: ${swept} by sweeps on hosts, ${tested} by tests alone; ${cells.length - swept - tested} not hit.**`;
  return [
    HEAD,
    sum,
    "",
    "| fault | step | wanted | seen | tested, or why not |",
    "|---|---|---|---|---|",
    ...cells.map(row),
    "",
  ].join("\n");
}
