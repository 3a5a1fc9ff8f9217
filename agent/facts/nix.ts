import * as z from "zod";
import type { Outcome, Ran, System } from "#agent/system.ts";
import { type PathInfo, parsePathInfo } from "#core/closure/path-info.ts";
import type { Reason } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";

/** A program folder that is in no service's PATH but where NixOS, the installers and Debian put Nix. */
const USUAL_FOLDERS = ["/run/current-system/sw/bin", "/nix/var/nix/profiles/default/bin", "/usr/bin"];
const FEATURES = ["--extra-experimental-features", "nix-command"];
/** 20,000 paths at about 3 kB each (signatures, derivers, references) are still under it. */
const PATH_INFO_LIMITS = { timeoutMs: 120_000, maxBytes: 64 * 1024 * 1024 };
const SMALL_LIMITS = { timeoutMs: 30_000, maxBytes: 4 * 1024 * 1024 };

/** The Nix of this host. `storeProgram` is its `nix-store`, from the same folder. */
export type Nix = {
  program: string;
  storeProgram: string;
  version: string;
  /** [2, 8]; Lix counts on from 2.90 and is told apart by `isLix`. */
  release: readonly [number, number];
  isLix: boolean;
};

export type Answer<T> = { ok: true; value: T } | { ok: false; reason: Reason };

/** `folder` null: wherever PATH or habit has it. */
export async function findNix(system: System, folder: string | null): Promise<Answer<Nix>> {
  const folders = folder === null ? ["", ...USUAL_FOLDERS] : [folder];
  for (const one of folders) {
    const prefix = one === "" ? "" : `${one}/`;
    const ran = await system.run(`${prefix}nix`, ["--version"], SMALL_LIMITS);
    if (!ran.ok && ran.problem === "missing") continue;
    if (!ran.ok || ran.value.status !== 0) return { ok: false, reason: failure("nix-failed", ran) };
    return parseVersion(ran.value.stdout, prefix);
  }
  return { ok: false, reason: { code: "no-nix" } };
}

/** `nix (Nix) 2.8.0`, `nix (Lix, like Nix) 2.91.1`, `nix (Determinate Nix 3.6.2) 2.29.0`. */
function parseVersion(text: string, prefix: string): Answer<Nix> {
  const found = /^nix \((.{1,40})\) ((\d{1,4})\.(\d{1,4})[0-9A-Za-z._+-]{0,60})/.exec(text);
  if (found === null) return { ok: false, reason: { code: "nix-version-unread" } };
  const [, name = "", version = "", major, minor] = found;
  return {
    ok: true,
    value: {
      program: `${prefix}nix`,
      storeProgram: `${prefix}nix-store`,
      version: name === "Nix" ? version : `${name} ${version}`,
      release: [Number(major), Number(minor)],
      isLix: name.startsWith("Lix"),
    },
  };
}

function isAtLeast(nix: Nix, major: number, minor: number): boolean {
  const [ownMajor, ownMinor] = nix.release;
  return !nix.isLix && (ownMajor > major || (ownMajor === major && ownMinor >= minor));
}

/**
 * Every path of a closure, as the Nix database has it. `--json-format` is an unknown flag before 2.33 and its absence a warning
 * after (L34); should a build not know it although its number says so, it is asked again without.
 */
export async function askClosure(system: System, nix: Nix, toplevel: string): Promise<Answer<PathInfo[]>> {
  const ask = (format: readonly string[]) =>
    system.run(
      nix.program,
      [...FEATURES, "path-info", "--json", ...format, "--recursive", toplevel],
      PATH_INFO_LIMITS,
    );
  let ran = await ask(isAtLeast(nix, 2, 33) ? ["--json-format", "1"] : []);
  if (ran.ok && ran.value.status !== 0 && /unrecogni[sz]ed flag/.test(ran.value.stderr)) ran = await ask([]);
  if (!ran.ok || ran.value.status !== 0) return { ok: false, reason: closureFailure(ran) };
  const json = parseJson(ran.value.stdout);
  if (json === undefined) return { ok: false, reason: { code: "nix-answer-unread" } };
  const parsed = parsePathInfo(json);
  if (parsed.ok) return { ok: true, value: parsed.paths };
  const { problem } = parsed;
  if (problem.kind === "not-valid")
    return { ok: false, reason: { code: "path-not-valid", params: { path: problem.path } } };
  return {
    ok: false,
    reason: {
      code: "nix-answer-unread",
      params: { path: (problem.path ?? "").slice(0, 300), what: problem.what },
    },
  };
}

function closureFailure(ran: Outcome<Ran>): Reason {
  const path = ran.ok
    ? /path '([^']{1,300})' (?:is not valid|does not exist)/.exec(ran.value.stderr)?.[1]
    : undefined;
  return path === undefined ? failure("nix-failed", ran) : { code: "path-not-valid", params: { path } };
}

/** Settings that decide whether a power cut, an unsigned path or a local user can hurt (L22, L28, L29). */
const SETTINGS = [
  "require-sigs",
  "fsync-metadata",
  "fsync-store-paths",
  "sync-before-registering",
  "trusted-users",
  "allowed-users",
  "sandbox",
  "substituters",
  "trusted-public-keys",
  "max-jobs",
] as const;
const MAX_SETTING = 512;

const settingsSchema = z.record(z.string(), z.object({ value: z.unknown() }));

/** A setting that this Nix does not know is left out; one that is too long ends in `…`. */
export async function askSettings(system: System, nix: Nix): Promise<Answer<FactValue<"nix">>> {
  const verbs = isAtLeast(nix, 2, 20)
    ? [["config", "show"], ["show-config"]]
    : [["show-config"], ["config", "show"]];
  let last: Reason = { code: "nix-failed" };
  for (const verb of verbs) {
    const ran = await system.run(nix.program, [...FEATURES, ...verb, "--json"], SMALL_LIMITS);
    if (!ran.ok || ran.value.status !== 0) {
      last = failure("nix-failed", ran);
      continue;
    }
    const parsed = settingsSchema.safeParse(parseJson(ran.value.stdout));
    if (!parsed.success) return { ok: false, reason: { code: "nix-answer-unread" } };
    return { ok: true, value: { version: nix.version.slice(0, 64), settings: chosen(parsed.data) } };
  }
  return { ok: false, reason: last };
}

function chosen(all: z.infer<typeof settingsSchema>): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const name of SETTINGS) {
    const setting = all[name];
    if (setting === undefined) continue;
    const text = printed(setting.value);
    settings[name] = text.length > MAX_SETTING ? `${text.slice(0, MAX_SETTING - 1)}…` : text;
  }
  return settings;
}

/** As `nix show-config` prints it: lists with spaces between, booleans as words. */
function printed(value: unknown): string {
  if (Array.isArray(value)) return value.map(printed).join(" ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Names what a program said last: Nix ends with its error. */
export function failure(code: string, ran: Outcome<Ran>): Reason {
  if (!ran.ok) return { code, params: { problem: ran.problem } };
  const said = ran.value.stderr.trim().split("\n").at(-1) ?? "";
  return { code, params: { status: ran.value.status, said: said.slice(0, 300) } };
}
