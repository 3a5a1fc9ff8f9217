import { isIP } from "node:net";
import { resolve } from "node:path";
import * as z from "zod";
import { LOG_LEVELS, type LogLevel } from "#server/log.ts";
import { StartError } from "#server/start-error.ts";

const POSTGRES_SOURCES = ["any", "path", "npm"] as const;
/**
 * Which PostgreSQL is started when there is no DATABASE_URL: `path` the machine's own, `npm` the one from npm, `any` in this order.
 * `searchPath` is the PATH it is looked for in.
 */
export type PostgresChoice = { source: (typeof POSTGRES_SOURCES)[number]; searchPath: string };

/** Everything the server takes from outside before it opens a door; read once, then passed on. */
export type ServerEnv = {
  /** 0: any free port. */
  port: number;
  host: string;
  /** Absolute path: keys, secrets, the embedded database. */
  dataFolder: string;
  /** Connection string of the database's owner; null: PostgreSQL is started in the data folder. */
  databaseUrl: string | null;
  /** Connection string of fid_app, where its password is not ours to choose; null: made from the owner's. */
  appDatabaseUrl: string | null;
  postgres: PostgresChoice;
  tls: { certFile: string; keyFile: string; caFile: string | null } | null;
  /** Origin under which browsers and scanners reach this server, without a path; null: host and port. */
  publicUrl: string | null;
  /** Addresses whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  logLevel: LogLevel;
  development: boolean;
  front: FrontEnv;
};

/** How an installation that is shown rather than used greets people. None of it is on by default. */
export type FrontEnv = {
  /** People pick who they are, without a password; on loopback only. */
  signInOpen: boolean;
  /** One line over every page; null: none. */
  bannerText: string | null;
  /** Origin of a page that is shown along the bottom of every page, forwarded under /dock/; on loopback only. */
  dockUrl: string | null;
};

const emptyIsUnset = (value: unknown) => (value === "" ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(emptyIsUnset, schema.optional());

const postgresUrl = () =>
  z.string().refine((text) => URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol));

/** An origin: scheme, host, port, and nothing after them. */
const origin = () =>
  z
    .string()
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))
    .refine((text) => new URL(text).pathname === "/" && new URL(text).search === "")
    .transform((text) => new URL(text).origin);

const addresses = () =>
  z
    .string()
    .transform((text) => text.split(",").map((one) => one.trim()))
    .refine((list) => list.every((one) => isIP(one) !== 0));

const schema = z.object({
  PORT: optional(z.string().regex(/^\d+$/).transform(Number).pipe(z.int().max(65_535))),
  HOST: optional(z.string().regex(/^[A-Za-z0-9.:-]+$/)),
  FIDUCIAL_DATA: optional(z.string().refine((path) => !path.includes("\0"))),
  DATABASE_URL: optional(postgresUrl()),
  FIDUCIAL_APP_DATABASE_URL: optional(postgresUrl()),
  FIDUCIAL_POSTGRES: optional(z.enum(POSTGRES_SOURCES)),
  FIDUCIAL_TLS_CERT: optional(z.string()),
  FIDUCIAL_TLS_KEY: optional(z.string()),
  FIDUCIAL_TLS_CA: optional(z.string()),
  FIDUCIAL_PUBLIC_URL: optional(origin()),
  FIDUCIAL_TRUSTED_PROXIES: optional(addresses()),
  LOG_LEVEL: optional(z.enum(LOG_LEVELS)),
  FIDUCIAL_OPEN_SIGN_IN: optional(z.enum(["0", "1"])),
  FIDUCIAL_BANNER: optional(z.string().trim().min(1).max(200)),
  FIDUCIAL_DOCK_URL: optional(
    origin().refine((text) => text.startsWith("http:") && isLoopback(new URL(text).hostname)),
  ),
  NODE_ENV: optional(z.string()),
  PATH: optional(z.string()),
});
type Settings = z.infer<typeof schema>;
type SettingName = keyof Settings;

/** What a setting must be; the sentence is "<name> must be <this>." */
const MUST_BE = {
  PORT: "a port number from 0 to 65535",
  HOST: "a host name or address to listen on, such as 127.0.0.1",
  FIDUCIAL_DATA: "the path of a folder",
  DATABASE_URL: "a connection string such as postgresql://owner:password@host:5432/fiducial",
  FIDUCIAL_APP_DATABASE_URL: "a connection string such as postgresql://fid_app:password@host:5432/fiducial",
  FIDUCIAL_POSTGRES: `one of ${POSTGRES_SOURCES.join(", ")}`,
  FIDUCIAL_TLS_CERT: "the path of a certificate file (PEM)",
  FIDUCIAL_TLS_KEY: "the path of a private key file (PEM)",
  FIDUCIAL_TLS_CA:
    "the path of the certificate (PEM) of an authority that browsers and scanners do not know by themselves",
  FIDUCIAL_PUBLIC_URL: "an origin such as https://fiducial.example.org, without a path",
  FIDUCIAL_TRUSTED_PROXIES: "IP addresses, separated by commas",
  LOG_LEVEL: `one of ${LOG_LEVELS.join(", ")}`,
  FIDUCIAL_OPEN_SIGN_IN: "0 or 1",
  FIDUCIAL_BANNER: "one line of at most 200 characters",
  FIDUCIAL_DOCK_URL: "an http origin on loopback, such as http://127.0.0.1:3900",
  NODE_ENV: "a word",
  PATH: "a list of folders",
} as const satisfies Record<SettingName, string>;

/** @throws StartError with one sentence that names the setting; its value is left out, it may hold a password. */
export function readEnv(source: Readonly<Record<string, string | undefined>>): ServerEnv {
  const parsed = schema.safeParse(source);
  if (!parsed.success) {
    const name = parsed.error.issues[0]?.path[0] as SettingName;
    throw new StartError("wrong-setting", `${name} must be ${MUST_BE[name]}.`);
  }
  const settings = parsed.data;
  const env: ServerEnv = {
    port: settings.PORT ?? 3000,
    host: settings.HOST ?? "127.0.0.1",
    dataFolder: resolve(settings.FIDUCIAL_DATA ?? ".data"),
    databaseUrl: settings.DATABASE_URL ?? null,
    appDatabaseUrl: settings.FIDUCIAL_APP_DATABASE_URL ?? null,
    postgres: { source: settings.FIDUCIAL_POSTGRES ?? "any", searchPath: settings.PATH ?? "" },
    tls: tlsOf(settings),
    publicUrl: settings.FIDUCIAL_PUBLIC_URL ?? null,
    trustedProxies: settings.FIDUCIAL_TRUSTED_PROXIES ?? [],
    logLevel: settings.LOG_LEVEL ?? "info",
    development: settings.NODE_ENV === "development",
    front: {
      signInOpen: settings.FIDUCIAL_OPEN_SIGN_IN === "1",
      bannerText: settings.FIDUCIAL_BANNER ?? null,
      dockUrl: settings.FIDUCIAL_DOCK_URL ?? null,
    },
  };
  refusePlainHttp(env);
  refuseOpenDoor(env);
  if (env.appDatabaseUrl !== null && env.databaseUrl === null)
    throw new StartError(
      "wrong-setting",
      "FIDUCIAL_APP_DATABASE_URL is set, so DATABASE_URL must be set too.",
    );
  return env;
}

function tlsOf(settings: Settings): ServerEnv["tls"] {
  const { FIDUCIAL_TLS_CERT: certFile, FIDUCIAL_TLS_KEY: keyFile, FIDUCIAL_TLS_CA: caFile } = settings;
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile === undefined || keyFile === undefined) {
    throw new StartError("wrong-setting", "Set both FIDUCIAL_TLS_CERT and FIDUCIAL_TLS_KEY, or neither.");
  }
  const ca = caFile === undefined ? null : resolve(caFile);
  return { certFile: resolve(certFile), keyFile: resolve(keyFile), caFile: ca };
}

/** Over a network plain http gives away passwords and sessions, and browsers refuse passkeys and Secure cookies on it. */
function refusePlainHttp({ host, tls, publicUrl, trustedProxies }: ServerEnv): void {
  const behindProxy = publicUrl?.startsWith("https:") === true && trustedProxies.length > 0;
  if (isLoopback(host) || tls !== null || behindProxy) return;
  throw new StartError(
    "plain-http",
    `HOST=${host} is not loopback, and plain http would send passwords over the network: set FIDUCIAL_TLS_CERT and ` +
      "FIDUCIAL_TLS_KEY, or name the https proxy in front with FIDUCIAL_PUBLIC_URL and FIDUCIAL_TRUSTED_PROXIES.",
  );
}

/** Whoever reaches such a server is whoever they say: that is for the person in front of it and for nobody on a network. */
function refuseOpenDoor({ host, publicUrl, trustedProxies, front }: ServerEnv): void {
  const near = isLoopback(host) && (publicUrl === null || isLoopback(new URL(publicUrl).hostname));
  if (!front.signInOpen || (near && trustedProxies.length === 0)) return;
  throw new StartError(
    "open-sign-in",
    "FIDUCIAL_OPEN_SIGN_IN lets anybody in without a password, so it works on loopback only: unset HOST, " +
      "FIDUCIAL_PUBLIC_URL and FIDUCIAL_TRUSTED_PROXIES, or leave it out.",
  );
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
