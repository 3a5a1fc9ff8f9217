import { loadConfig, readCaFile } from "#agent/config.ts";
import { enrol } from "#agent/link/enrol.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { readBootId } from "#agent/run-agent.ts";
import { serialSchema } from "#core/identity/identity.ts";
import { EXIT } from "./exit.ts";
import { reasonText } from "./known.ts";
import { lookOnce } from "./once.ts";
import { FOLDER_OPTIONS, FOLDER_USAGE, folderFlags, type Given, textOf, type Verb } from "./verb.ts";

export const verb: Verb = {
  usage: `Usage: fiducial enroll --server URL --token TOKEN --fingerprint "xxxx xxxx ..." [option...]

Makes a key on this machine, shows it to the server with the one-time token, and from then on believes only this server.
Token and fingerprint stand side by side on the server's enrolment page.

  --server URL           https address of the server (plain http only on this machine)
  --token TOKEN          one-time token, good for 15 minutes
  --fingerprint DIGITS   fingerprint of the server's key, 32 hexadecimal digits
  --trust-on-first-use   instead of --fingerprint: believe whoever answers now; the scanner's page shows it
  --serial SERIAL        what the type plate says, if the token does not name it
  --replace              make a new key although this machine is enrolled (after a board swap, or for another server)
${FOLDER_USAGE}`,
  options: {
    ...FOLDER_OPTIONS,
    server: { type: "string" },
    token: { type: "string" },
    fingerprint: { type: "string" },
    "trust-on-first-use": { type: "boolean" },
    serial: { type: "string" },
    replace: { type: "boolean" },
  },
  run: enroll,
};

async function enroll(given: Given): Promise<number> {
  const config = loadConfig("by-hand", folderFlags(given));
  const system = linuxSystem();
  const fingerprint = textOf(given, "fingerprint") ?? null;
  const trustFirstUse = given.values["trust-on-first-use"] === true;
  const asked = {
    serverUrl: required(given, "server"),
    token: required(given, "token"),
    serial: serialOf(given),
  };
  const result = await enrol({
    ...asked,
    stateDir: config.stateDir,
    fingerprint,
    trustFirstUse,
    replace: given.values.replace === true,
    hardwareFingerprint: await hardwareFingerprint(given),
    bootId: await readBootId(system),
    nowMs: system.nowMs(),
    proxy: config.proxy,
    extraCa: readCaFile(config.caFile),
    outbox: config.outbox,
  });
  const { identity } = result;
  const lines = [
    `Enrolled as ${identity.serial} with ${identity.serverUrl}.`,
    `  This scanner's key   ${result.scannerFingerprint}`,
    `  The server's key     ${result.serverFingerprint}${identity.serverTrust === "first-use" ? "  (believed as it came, compared with nothing)" : ""}`,
  ];
  if (result.givenUp > 0)
    lines.push(
      `  ${result.givenUp} waiting report(s) of the earlier identity were given up and are counted.`,
    );
  lines.push(
    result.state === "pending"
      ? "It waits for approval: compare this scanner's key with the one on the server's enrolment page, then approve it there."
      : "It is approved.",
    'Start the service fiducial-agent, or "fiducial run" to try it by hand.',
  );
  process.stdout.write(`${lines.join("\n")}\n`);
  return EXIT.ok;
}

function required(given: Given, name: "server" | "token"): string {
  const value = textOf(given, name);
  if (value !== undefined && value !== "") return value;
  throw new LinkError(
    "bad-config",
    `--${name} is missing. Token, fingerprint and address stand on the server's enrolment page.`,
  );
}

function serialOf(given: Given): string | null {
  const text = textOf(given, "serial");
  if (text === undefined) return null;
  const parsed = serialSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new LinkError(
    "bad-config",
    `"${text}" is not a serial: letters, digits and . _ / - only, at most 64.`,
  );
}

/** The server notices a cloned disk by it (K-07), so an identity without one is not asked for. */
async function hardwareFingerprint(given: Given): Promise<string> {
  const { host } = await lookOnce(loadConfig("by-hand", folderFlags(given)));
  if (host?.state === "observed") return host.value.hardwareFingerprint;
  const why = host === undefined ? "not collected" : reasonText(host.reason);
  throw new LinkError("bad-config", `this machine's hardware cannot be told from another's: ${why}.`);
}
