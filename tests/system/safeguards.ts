import type { Cut } from "./cut-cases.ts";

export type Removed = {
  what: string;
  /** File, what is taken out of it, and what stands there instead. */
  edits: readonly (readonly [file: string, from: string, to: string])[];
  /** Nix of the scanner, too, no longer syncs before it registers. */
  nixDefaults?: true;
  cut: Cut;
  /** Why the cut cannot find it on this disk: it has to end as if nothing had been taken out. */
  unseen?: string;
};

/** At once: the later, the more often somebody else's sync has saved what was to be lost. */
const at = (point: string): Cut => ({ point, target: "healthy", way: "live", delay: 0 });
const NO_STORE_SYNC = [
  "agent/activate/nix-store.ts",
  "syncFileSystems([folders.store, folders.profiles, folders.state])",
  "Promise.resolve()",
] as const;

/** Each was taken out of the scanner's programs, and the power cut that has to find it. */
export const REMOVED: readonly Removed[] = [
  {
    what: "the sync of a file's bytes",
    edits: [["agent/link/durable.ts", "await file.sync();", ""]],
    cut: at("confirm.recorded"),
  },
  {
    what: "the sync of a file's name",
    edits: [["agent/link/durable.ts", "await handle.sync();", ""]],
    cut: at("confirm.begun"),
  },
  {
    what: "the sync of the store, by Nix and by us",
    edits: [NO_STORE_SYNC],
    nixDefaults: true,
    cut: at("keep.done"),
  },
  {
    what: "the sync of the store and the proof of what was copied",
    edits: [NO_STORE_SYNC, ["agent/activate/nix-store.ts", "if (!listed.ok) return listed;", "return OK;"]],
    nixDefaults: true,
    cut: at("copy.copied"),
  },
  {
    what: "the sync after what is kept got its root, and Nix's own",
    edits: [
      [
        "agent/change/executors.ts",
        'await port.store.root("target", toplevel);\n    await port.store.sync();',
        'await port.store.root("target", toplevel);',
      ],
    ],
    nixDefaults: true,
    cut: at("keep.done"),
  },
  {
    what: "the sync of the profile's link (set)",
    edits: [
      [
        "agent/change/executors.ts",
        "const done = await port.profile.set(toplevel);\n    await port.store.sync();",
        "const done = await port.profile.set(toplevel);",
      ],
    ],
    cut: at("confirm.begun"),
    unseen: "the journal lies on the same ext4, and its next fsync takes every name before it along",
  },
  {
    what: "the sync of a root's link (makeLink)",
    edits: [
      [
        "agent/activate/nix-store.ts",
        "await rename(draft, path);\n  await syncFolder(folder);",
        "await rename(draft, path);",
      ],
    ],
    cut: at("settle.begun"),
    unseen: "the journal's next fsync takes it along, and until then the step is done again",
  },
];
