import { parseArgs } from "node:util";
import { FOLDERS, type Folders } from "#agent/activate/folders.ts";
import { CHOICES, type Choice } from "#core/local/choice.ts";

export const USAGE = `Usage: fiducial-activate VERB [option...]

By systemd:
  serve            answer the agent on the socket handed in as descriptor 3; ends when idle
  serve-local      the same for the scanner's own page, on a socket of its own
  run              carry the change in the journal forward to its end
  recover          at boot: go on after a planned boot, go back after any other
  deadline         go back from what was not confirmed in time
  watch            restart an agent that runs and gives no sign of life

By root on this scanner; none of them needs a network:
  status           what runs, what is under way, what is confirmed, what is blocked
  rollback --to TOPLEVEL|RELEASE --reason TEXT [--attest]
                   go back to a generation that was confirmed on this scanner; --attest: the bore is empty
                   and the drive is off, seen by yourself (needed where the safety daemon is not healthy)
  consent --change ID [--choice now|tonight|not-today]
                   agree to a change that waits for it, or put it off
  hold --reason TEXT
                   let no change begin until somebody releases the scanner
  release-hold --reason TEXT
                   let changes begin again
  report --text TEXT
                   leave a word about a problem; it is delivered when the server is reached
  passcode set     set the passcode of the scanner's own page, read from the standard input
  unblock --to TOPLEVEL --reason TEXT
                   let a closure that failed here be tried again
  bundle verify FOLDER
                   whether this scanner would take the bundle in FOLDER (a stick, mounted), every byte compared
  bundle apply FOLDER [--no-wait]
                   take it: from then on a change like any other, with the same interlock and consent; or, of a
                   change that failed here, the end of its hold or block
  bundle results FOLDER
                   write what this scanner has to report, signed, beside the bundle for the way back

  --json           status, rollback: for programs
  --no-wait        rollback: begin it and end; without this every step is told, and the exit status says
                   how it ended (what does the work goes on, whoever stops reading)
  --state FOLDER   (default ${FOLDERS.state})
  --run-dir FOLDER (default ${FOLDERS.run})
  --spool FOLDER   (default ${FOLDERS.spool})
  --settings FILE  (default ${FOLDERS.settings})
  --help           this text

Exit status: 0 done; 1 ended otherwise than asked; 2 wrong use; 3 could not do it; 4 refused; 75 busy.
`;

export const EXIT = { ok: 0, otherwise: 1, usage: 2, failed: 3, refused: 4, busy: 75 } as const;

export const VERBS = [
  "serve",
  "serve-local",
  "run",
  "recover",
  "deadline",
  "watch",
  "status",
  "rollback",
  "consent",
  "hold",
  "release-hold",
  "report",
  "passcode",
  "unblock",
  "bundle",
] as const;
export type Verb = (typeof VERBS)[number];

const FLAGS = {
  to: { type: "string" },
  reason: { type: "string" },
  change: { type: "string" },
  choice: { type: "string", default: "now" },
  text: { type: "string" },
  attest: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  "no-wait": { type: "boolean", default: false },
  state: { type: "string", default: FOLDERS.state },
  "run-dir": { type: "string", default: FOLDERS.run },
  spool: { type: "string", default: FOLDERS.spool },
  settings: { type: "string", default: FOLDERS.settings },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** What each verb must be told. */
const NEEDS: Readonly<Record<Verb, readonly ("to" | "reason" | "change" | "text")[]>> = {
  serve: [],
  "serve-local": [],
  run: [],
  recover: [],
  deadline: [],
  watch: [],
  status: [],
  rollback: ["to", "reason"],
  consent: ["change"],
  hold: ["reason"],
  "release-hold": ["reason"],
  report: ["text"],
  passcode: [],
  unblock: ["to", "reason"],
  bundle: [],
};

const BUNDLE_ACTS = ["verify", "apply", "results"] as const;
export type BundleAct = (typeof BUNDLE_ACTS)[number];

export type Options = {
  verb: Verb;
  folders: Folders;
  to: string;
  reason: string;
  change: string;
  /** Of the verb `consent`. */
  choice: Choice;
  text: string;
  attest: boolean;
  json: boolean;
  wait: boolean;
  /** Of the verb `bundle`; null: another verb. */
  bundle: { act: BundleAct; folder: string } | null;
};
export type ReadOptions =
  | { kind: "help" }
  | { kind: "problem"; problem: string }
  | { kind: "options"; options: Options };

export function readOptions(args: readonly string[]): ReadOptions {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    if (error instanceof TypeError) return { kind: "problem", problem: error.message };
    throw error;
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: "help" };
  const verb = VERBS.find((one) => one === positionals[0]);
  const bundle = verb === "bundle" ? bundleOf(positionals) : null;
  if (typeof bundle === "string") return { kind: "problem", problem: bundle };
  if (verb === undefined || (bundle === null && !isWhole(positionals)))
    return { kind: "problem", problem: `one verb is needed: ${VERBS.join(", ")}` };
  for (const need of NEEDS[verb])
    if ((values[need] ?? "").trim() === "") return { kind: "problem", problem: `${verb} needs --${need}` };
  const choice = CHOICES.find((one) => one === values.choice);
  if (choice === undefined) return { kind: "problem", problem: `--choice is one of ${CHOICES.join(", ")}` };
  const { to = "", reason = "", change = "", text = "", attest, json } = values;
  const folders: Folders = {
    ...FOLDERS,
    state: values.state,
    run: values["run-dir"],
    spool: values.spool,
    settings: values.settings,
  };
  return {
    kind: "options",
    options: {
      verb,
      folders,
      to,
      reason,
      change,
      choice,
      text,
      attest,
      json,
      wait: !values["no-wait"],
      bundle,
    },
  };
}

function bundleOf([, said, folder = "", more]: readonly string[]): Options["bundle"] | string {
  const act = BUNDLE_ACTS.find((one) => one === said);
  if (act === undefined || folder === "" || more !== undefined)
    return `bundle needs what to do and where: ${BUNDLE_ACTS.map((one) => `bundle ${one} FOLDER`).join(", ")}`;
  return { act, folder };
}

/** One word says what is to be done; only the passcode wants a second, so that it is never set by mistake. */
function isWhole([verb, second, third]: readonly string[]): boolean {
  return third === undefined && second === (verb === "passcode" ? "set" : undefined);
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true, strict: true });
}
