import type { SheetChange, SheetProblem } from "#core/sheet/problem.ts";

/** What importing a sheet would do; nothing is written yet. */
export type SheetPreview = {
  /** The first changes, at most as many as a person reads. */
  changes: SheetChange[];
  changed: number;
  unchanged: number;
  unknownColumns: string[];
  problems: SheetProblem[];
  wrong: number;
  /** Of all that would change; importing takes only what was shown. */
  planDigest: string;
};

export type SheetImported = { changed: number; unchanged: number; leftOut: number };

/** A sheet to keep or to change and import again. */
export type SheetText = { fileName: string; text: string };
