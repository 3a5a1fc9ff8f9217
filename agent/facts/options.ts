import { parseArgs } from "node:util";
import { isStorePath, type StorePath } from "#core/closure/store-path.ts";
import { SAFETY_SOCKET_PATH } from "#core/safety/socket.ts";

export const USAGE = `Usage: fiducial-facts [observe | verify] [option...]

observe   (default) ask Nix about every system closure it was not asked about yet, and write
          RUN/facts.d/closures.json and RUN/closures/<digest>.json
verify    compare a closure on disk with what Nix registered, path by path, and write
          RUN/facts.d/verification.json; goes on where it was stopped

  --run-dir FOLDER        where facts are left for the agent (default /run/fiducial)
  --state-dir FOLDER      what is remembered across boots (default /var/lib/fiducial-facts)
  --links FOLDER          where current-system and booted-system are (default /run)
  --profiles FOLDER       profiles of this host (default /nix/var/nix/profiles)
  --root FOLDER           read links and files of the host below this folder
  --nix FOLDER            folder that holds nix and nix-store (default: PATH, then the usual places)
  --toplevel PATH         verify: this closure (default: the running one)
  --pause-file FILE       pause while this file is there and does not say "idle"
  --safety-socket FILE    pause while the safety daemon there is not idle (default ${SAFETY_SOCKET_PATH})
  --no-wait               verify: end instead of waiting for the end of a scan
  --help                  this text

Exit status: 0 done, nothing bad; 1 done, with problems; 2 wrong use; 3 could not do it; 75 a scan is running.
`;

export type Options = {
  verb: "observe" | "verify";
  runDir: string;
  stateDir: string;
  links: string;
  profiles: string;
  root: string;
  nixFolder: string | null;
  toplevel: StorePath | null;
  pauseFile: string | null;
  safetySocket: string;
  wait: boolean;
  help: boolean;
};

const FLAGS = {
  "run-dir": { type: "string", default: "/run/fiducial" },
  "state-dir": { type: "string", default: "/var/lib/fiducial-facts" },
  links: { type: "string", default: "/run" },
  profiles: { type: "string", default: "/nix/var/nix/profiles" },
  root: { type: "string", default: "" },
  nix: { type: "string" },
  toplevel: { type: "string" },
  "pause-file": { type: "string" },
  "safety-socket": { type: "string", default: SAFETY_SOCKET_PATH },
  "no-wait": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

export function readOptions(
  args: readonly string[],
): { ok: true; options: Options } | { ok: false; problem: string } {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    if (error instanceof TypeError) return { ok: false, problem: error.message };
    throw error;
  }
  const { values, positionals } = parsed;
  const [verb = "observe", ...rest] = positionals;
  if (verb !== "observe" && verb !== "verify") return { ok: false, problem: `there is no verb ${verb}` };
  if (rest.length > 0) return { ok: false, problem: `one verb, not ${positionals.length}` };
  const { toplevel = null } = values;
  if (toplevel !== null && !isStorePath(toplevel))
    return { ok: false, problem: `--toplevel ${toplevel} is not a store path` };
  if (toplevel !== null && verb === "observe")
    return { ok: false, problem: "--toplevel belongs to verify; observe looks at every closure" };
  for (const flag of ["run-dir", "state-dir", "links", "profiles"] as const)
    if (!values[flag].startsWith("/")) return { ok: false, problem: `--${flag} must be an absolute path` };
  const options: Options = {
    verb,
    runDir: values["run-dir"],
    stateDir: values["state-dir"],
    links: values.links,
    profiles: values.profiles,
    root: values.root,
    nixFolder: values.nix ?? null,
    toplevel,
    pauseFile: values["pause-file"] ?? null,
    safetySocket: values["safety-socket"],
    wait: !values["no-wait"],
    help: values.help,
  };
  return { ok: true, options };
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true, strict: true });
}
