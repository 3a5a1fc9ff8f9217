import { expect, test } from "vitest";
import { marksOf, phasesOf, phasesText, stepsEntered, sumOf } from "#tests/bench/change-times.ts";

const LOG = `1795403548.100000 scanner systemd[1]: Started fiducial-activate.service.
1795403548.500000 scanner node[41]: fiducial-activate: rest -> offered (accepted)
1795403550.000000 scanner node[41]: fiducial-activate: offered -> copy (accepted)
1795403552.250000 scanner node[63]: fiducial-activate: copy -> verify
1795403552.300000 scanner node[63]: fiducial-activate: switch: {"kind":"switched","result":{}}
1795403553.000000 scanner node[63]: fiducial-activate: back-probe -> back-settle`;

test("steps are read from the activator's own lines and from no others", () => {
  expect(stepsEntered(LOG).map(({ step }) => step)).toEqual(["offered", "copy", "verify", "back-settle"]);
  expect(stepsEntered(LOG)[0]?.atMs).toBe(1_795_403_548_500);
});

test("phases follow each other without a gap from the beginning on", () => {
  const phases = phasesOf(1_795_403_548_000, stepsEntered(LOG), {
    look: "offered",
    download: "copy",
    copy: "verify",
  });
  expect(phases).toEqual({ look: 0.5, download: 1.5, copy: 2.25 });
  expect(sumOf(phases)).toBe(4.25);
});

test("a step that is missing, or that belongs to what went before, is no phase", () => {
  const entered = stepsEntered(LOG);
  expect(() => phasesOf(0, entered, { probation: "probe" })).toThrow("probe was not reached");
  expect(() => phasesOf(1_795_403_549_000, entered, { look: "offered" })).toThrow("offered was not reached");
});

test("a script's marks are read, whatever else it prints", () => {
  expect(marksOf("copying 3 paths\nmark begin 12.500000000\nmark copy 14.000000000\nmark x\n")).toEqual([
    { step: "begin", atMs: 12_500 },
    { step: "copy", atMs: 14_000 },
  ]);
});

test("phases are told at their medians", () => {
  const all = [1, 5, 2].map((copy) => ({ copy, sync: 0.25 }));
  expect(phasesText(all)).toBe("copy 2, sync 0.25");
  expect(phasesText([])).toBe("");
});
