import { readFileSync } from "node:fs";

/** File, what is taken out of it, and what stands there instead. */
type Edit = readonly [file: string, from: string, to: string];

/** Syncs that are not named one by one at a fault point; all are found by one test of what was on the disk by then. */
const SYNCS: readonly (readonly [what: string, ...Edit])[] = [
  ["a number that is written over", "agent/link/write-over.ts", "await file.sync();", ""],
  ["what somebody did at the scanner", "agent/local/local-records.ts", "await file.sync();", ""],
  ["the name of its log", "agent/local/local-records.ts", "if (log === null) await syncFolder(folder);", ""],
  ["the ballast", "agent/activate/ballast.ts", "await file.sync();", ""],
  ["what is given of the ballast", "agent/activate/ballast.ts", "await syncFolder(state);", ""],
  ["a result on a stick", "agent/bundle/write-below.ts", "await file.sync();", ""],
  ["the name of a result on a stick", "agent/bundle/write-below.ts", "await opened.sync();", ""],
  ["an archive off a stick", "agent/bundle/carried-nar.ts", "await copy?.sync();", ""],
  ["what was fetched", "agent/fetch/spool.ts", "await syncFileSystems([cache]);", ""],
  [
    "the names of fetched archives",
    "agent/fetch/spool.ts",
    "for (const folder of new Set(files.map(({ name }) => dirname(path(name))))) await syncFolder(folder);",
    "",
  ],
  ["the names of fetched descriptions", "agent/fetch/spool.ts", "  await syncFolder(cache);", ""],
  ["roots that are dropped", "agent/activate/nix-store.ts", "await syncFolder(folders.gcRoots);", ""],
  ["the name of a folder", "agent/link/durable.ts", "await syncFolder(dirname(made));", ""],
  ["how a switch ended", "agent/activate/switch-script.ts", 'sync "$draft" && mv', "mv"],
  [
    "the name of how a switch ended",
    "agent/activate/switch-script.ts",
    '"$state/switch-result.json" && sync "$state"',
    '"$state/switch-result.json"',
  ],
  [
    "the ballast that a switch gives",
    "agent/activate/switch-script.ts",
    'rm -f "$state/ballast" && sync "$state" &&',
    'rm -f "$state/ballast" &&',
  ],
  [
    "the last ballast that a switch gives",
    "agent/activate/switch-script.ts",
    'rm -f "$state/ballast.last" && sync "$state" &&',
    'rm -f "$state/ballast.last" &&',
  ],
];

/** Checks that a power cut cannot find, and the tests that have to. */
export const CHECKS: readonly { what: string; edits: readonly Edit[]; foundBy: string }[] = [
  {
    what: "the order of numbers of instructions (E-07)",
    edits: [
      [
        "core/trust/accept.ts",
        "if (last === null || instruction.seq >= last.seq) return null;",
        "return null;",
      ],
    ],
    foundBy: "core/trust/accept.test.ts",
  },
  {
    what: "one text for one number (E-08)",
    edits: [
      [
        "core/trust/accept.ts",
        "if (last?.seq !== instruction.seq || last.text === instructionText(instruction)) return null;",
        "return null;",
      ],
    ],
    foundBy: "core/trust/accept.test.ts",
  },
  {
    what: "the number kept before anything is done",
    edits: [
      [
        "agent/activate/consider.ts",
        "await host.records.saveSequence({ seq, text: instructionText(instruction.instruction) });",
        "",
      ],
    ],
    foundBy: "agent/activate/stolen-keys.test.ts",
  },
  {
    what: "one writer of the journal",
    edits: [
      [
        "agent/link/instance-lock.ts",
        "if (owner !== null && (await alive(owner, mine.bootId))) throw held(owner);",
        "",
      ],
    ],
    foundBy: "agent/activate/consider.test.ts",
  },
  {
    what: "the proof that what was copied is what was signed: the list",
    edits: [["agent/activate/nix-store.ts", "if (!listed.ok) return listed;", ""]],
    foundBy: "agent/activate/nix-store.test.ts",
  },
  {
    what: "the proof that what was copied is what was signed: the bytes",
    edits: [
      [
        "agent/activate/nix-store.ts",
        "const read = await proveContent(system, await nix(), toplevel);",
        "const read = OK;",
      ],
    ],
    foundBy: "agent/activate/nix-store.test.ts",
  },
  {
    what: "the answer of the proof, in the change",
    edits: [
      [
        "agent/change/executors.ts",
        "return eventOf(await port.store.prove(toplevel, plan.closureDigest, fresh));",
        'await port.store.prove(toplevel, plan.closureDigest, fresh); return { kind: "done" };',
      ],
    ],
    foundBy: "agent/change/carry.test.ts",
  },
  {
    what: "the proof of the way back before ARM (F16)",
    edits: [["agent/change/gather-run.ts", "if (!wayBack.ok)", "if (false)"]],
    foundBy: "agent/change/carry.test.ts",
  },
  {
    what: "the sync of what is kept",
    edits: [
      [
        "agent/change/executors.ts",
        'await port.store.root("target", toplevel);\n    await port.store.sync();',
        'await port.store.root("target", toplevel);',
      ],
    ],
    foundBy: "agent/change/durable-steps.test.ts",
  },
  {
    what: "the sync of the system profile",
    edits: [
      [
        "agent/change/executors.ts",
        "const done = await port.profile.set(toplevel);\n    await port.store.sync();",
        "const done = await port.profile.set(toplevel);",
      ],
    ],
    foundBy: "agent/change/durable-steps.test.ts",
  },
  {
    what: "the sync before a reboot",
    edits: [
      [
        "agent/change/executors.ts",
        "await port.store.sync();\n    const gone = await port.boot.reboot();",
        "const gone = await port.boot.reboot();",
      ],
    ],
    foundBy: "agent/change/durable-steps.test.ts",
  },
  {
    what: "the sync of a link's folder",
    edits: [
      [
        "agent/activate/nix-store.ts",
        "await rename(draft, path);\n  await syncFolder(folder);",
        "await rename(draft, path);",
      ],
    ],
    foundBy: "agent/activate/make-link.test.ts",
  },
  ...SYNCS.map(([what, ...edit]) => ({
    what: `the sync of ${what}`,
    edits: [edit],
    foundBy: "agent/synced.test.ts",
  })),
];

/** Of Vite: takes out what FIDUCIAL_WITHOUT names while sources are loaded. One that finds nothing to edit would prove nothing. */
export function withoutChecks(edits: readonly Edit[], root: string) {
  return {
    name: "without-checks",
    enforce: "pre" as const,
    load(id: string): string | null {
      const mine = edits.filter(([file]) => id === `${root}/${file}`);
      if (mine.length === 0) return null;
      return mine.reduce(
        (text, [file, from, to]) => {
          if (!text.includes(from)) throw new Error(`${file} has no "${from}"`);
          return text.replace(from, to);
        },
        readFileSync(id, "utf8"),
      );
    },
  };
}
