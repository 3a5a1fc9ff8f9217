import { readFileSync } from "node:fs";

/** File, what is taken out of it, and what stands there instead. */
type Edit = readonly [file: string, from: string, to: string];

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
