import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { errorCode, messageOf } from "#agent/link/durable.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { type ProxySettings, proxySettings } from "#agent/link/proxy.ts";
import { SAFETY_SOCKET_PATH } from "#core/safety/socket.ts";

/** Where the agent reads, keeps and speaks: from flags, then the environment, then /etc/fiducial/agent.json, then defaults. */
export type AgentConfig = {
  mode: "service" | "by-hand";
  stateDir: string;
  runDir: string;
  safetySocket: string;
  profiles: string;
  /** PEM file of certificate authorities believed beside the built-in ones (an inspecting site proxy). */
  caFile: string | null;
  proxy: ProxySettings;
  changesEnabled: boolean;
  outbox: { reports: number; bytes: number };
} & ChangePlaces;

/** What fetching changes needs to know beside. */
export type ChangePlaces = {
  /** Where fetched files wait for the activator. */
  spoolDir: string;
  /** Where the first roots of both repositories lie: root's, from the configuration of the machine. */
  firstRootsDir: string;
  /** Null: the usual one (core/change/verbs.ts). */
  activateSocket: string | null;
  /** The program that fetches; null: the one beside the running program. */
  fetchProgram: string | null;
  /** Of all downloads of a release together; null: as fast as it goes. */
  downloadBytesPerSecond: number | null;
};
export const CHANGE_PLACES: ChangePlaces = {
  spoolDir: "/var/spool/fiducial",
  firstRootsDir: "/etc/fiducial/trust",
  activateSocket: null,
  fetchProgram: null,
  downloadBytesPerSecond: null,
};

export type Environment = Readonly<Record<string, string | undefined>>;
export type Flags = Partial<
  Pick<AgentConfig, "stateDir" | "runDir" | "safetySocket" | "profiles" | "caFile">
> & { configFile?: string };

const DEFAULT_CONFIG_FILE = "/etc/fiducial/agent.json";
const SERVICE_STATE_DIR = "/var/lib/fiducial";

/** Slower than this a download would be taken for a stalled one (agent/fetch/http-source.ts), and a release would take weeks. */
const LEAST_BYTES_PER_SECOND = 16 * 1024;

const absolute = z.string().max(4096).startsWith("/", "must be an absolute path");
const fileSchema = z.strictObject({
  stateDir: absolute.optional(),
  runDir: absolute.optional(),
  safetySocket: absolute.optional(),
  profiles: absolute.optional(),
  caFile: absolute.nullable().optional(),
  /** Address of an http(s) proxy; leaves out what the environment says. */
  proxy: z.string().max(1024).nullable().optional(),
  noProxy: z.string().max(4096).optional(),
  changesEnabled: z.boolean().optional(),
  spoolDir: absolute.optional(),
  firstRootsDir: absolute.optional(),
  activateSocket: absolute.optional(),
  fetchProgram: absolute.nullable().optional(),
  downloadBytesPerSecond: z.int().min(LEAST_BYTES_PER_SECOND).nullable().optional(),
  outboxReports: z.int().min(10).max(100_000).optional(),
  outboxMegabytes: z.int().min(1).max(10_000).optional(),
});
type FileConfig = z.infer<typeof fileSchema>;

const MEGABYTE = 1024 * 1024;

function environment(): Environment {
  // biome-ignore lint/style/noProcessEnv: this file is the one edge of the agent that reads the environment
  return process.env;
}

/** Throws LinkError that names the file and the key; a file that does not exist is only an error when it was asked for by name. */
export function loadConfig(mode: AgentConfig["mode"], flags: Flags, env = environment()): AgentConfig {
  const named = flags.configFile ?? env.FIDUCIAL_CONFIG;
  const file = readConfigFile(named ?? DEFAULT_CONFIG_FILE, named !== undefined);
  const fromEnv = proxySettings(env);
  return {
    mode,
    stateDir: flags.stateDir ?? env.FIDUCIAL_STATE ?? file.stateDir ?? defaultStateDir(mode, env),
    runDir: flags.runDir ?? env.FIDUCIAL_RUN ?? file.runDir ?? "/run/fiducial",
    safetySocket: flags.safetySocket ?? file.safetySocket ?? SAFETY_SOCKET_PATH,
    profiles: flags.profiles ?? file.profiles ?? "/nix/var/nix/profiles",
    caFile: flags.caFile ?? file.caFile ?? null,
    proxy: {
      httpsProxy: file.proxy === undefined ? fromEnv.httpsProxy : file.proxy,
      noProxy: file.noProxy ?? fromEnv.noProxy,
    },
    changesEnabled: file.changesEnabled ?? false,
    ...changePlaces(file),
    outbox: {
      reports: file.outboxReports ?? 2_000,
      bytes: (file.outboxMegabytes ?? 64) * MEGABYTE,
    },
  };
}

function changePlaces(file: FileConfig): ChangePlaces {
  return {
    spoolDir: file.spoolDir ?? CHANGE_PLACES.spoolDir,
    firstRootsDir: file.firstRootsDir ?? CHANGE_PLACES.firstRootsDir,
    activateSocket: file.activateSocket ?? CHANGE_PLACES.activateSocket,
    fetchProgram: file.fetchProgram ?? CHANGE_PLACES.fetchProgram,
    downloadBytesPerSecond: file.downloadBytesPerSecond ?? CHANGE_PLACES.downloadBytesPerSecond,
  };
}

/** As a service systemd names the folder; root by hand looks at the service's own; anybody else keeps theirs (XDG base directories). */
function defaultStateDir(mode: AgentConfig["mode"], env: Environment): string {
  if (mode === "service") return env.STATE_DIRECTORY?.split(":")[0] ?? SERVICE_STATE_DIR;
  if (process.getuid?.() === 0) return SERVICE_STATE_DIR;
  return join(env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "fiducial");
}

function readConfigFile(path: string, mustExist: boolean): FileConfig {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (errorCode(error) === "ENOENT" && !mustExist) return {};
    throw new LinkError("bad-config", `${path} cannot be used: ${messageOf(error)}.`, { cause: error });
  }
  const parsed = fileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  throw new LinkError(
    "bad-config",
    `${path}: ${where === "" ? "" : `"${where}" `}${issue?.message ?? "is wrong"}.`,
  );
}

/** Text of the CA file. Throws LinkError when it cannot be read: without it every connection would fail for a worse reason. */
export function readCaFile(path: string | null): string | null {
  if (path === null) return null;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new LinkError("bad-config", `The CA file ${path} cannot be read: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}
