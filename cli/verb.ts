import type { ParseArgsConfig, parseArgs } from "node:util";
import type { Flags } from "#agent/config.ts";

/** One verb of the program: what it accepts, what it says with --help, what it does. `run` answers the exit status. */
export type Verb = {
  usage: string;
  options: NonNullable<ParseArgsConfig["options"]>;
  run(given: Given): Promise<number>;
};
export type Given = {
  values: ReturnType<typeof parseArgs>["values"];
  positionals: readonly string[];
  /** Options that have a value, in the order in which they stand: for those that belong to the one before. */
  order: readonly { name: string; value: string }[];
};

/** Options that every verb knows, because every verb works by hand on folders of one's own. */
export const FOLDER_OPTIONS = {
  config: { type: "string" },
  state: { type: "string" },
  run: { type: "string" },
  "safety-socket": { type: "string" },
  profiles: { type: "string" },
  "ca-file": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const satisfies Verb["options"];

export const FOLDER_USAGE = `  --state DIR            where identity and waiting reports are kept
                         (root: /var/lib/fiducial, else ~/.local/state/fiducial)
  --run DIR              where fiducial-facts leaves its files (/run/fiducial)
  --safety-socket PATH   socket of the safety daemon (/run/fiducial/safety.sock)
  --profiles DIR         profiles of this host (/nix/var/nix/profiles)
  --ca-file FILE         certificate authorities believed beside the built-in ones
  --config FILE          settings (/etc/fiducial/agent.json)
`;

export function textOf(given: Given, name: string): string | undefined {
  const value = given.values[name];
  return typeof value === "string" ? value : undefined;
}

/** Every value of an option that may stand more than once. */
export function textsOf(given: Given, name: string): string[] {
  return given.order.filter((one) => one.name === name).map((one) => one.value);
}

export function folderFlags(given: Given): Flags {
  const flags: Record<keyof Flags, string | undefined> = {
    configFile: textOf(given, "config"),
    stateDir: textOf(given, "state"),
    runDir: textOf(given, "run"),
    safetySocket: textOf(given, "safety-socket"),
    profiles: textOf(given, "profiles"),
    caFile: textOf(given, "ca-file"),
  };
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as Flags;
}
