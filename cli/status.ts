import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type AgentConfig, loadConfig } from "#agent/config.ts";
import { errorCode, messageOf, readKept } from "#agent/link/durable.ts";
import { readIdentity } from "#agent/link/identity.ts";
import { publicKeyFromBase64 } from "#agent/link/keys.ts";
import { LINK_STATE_FILE, type LinkState, linkStateSchema } from "#agent/link/link-state.ts";
import { TROUBLES, type TroubleReason } from "#agent/link/trouble.ts";
import { fingerprintText } from "#core/protocol/envelope.ts";
import { LATE_AFTER_MS } from "#core/protocol/timing.ts";
import { EXIT } from "./exit.ts";
import { reasonText } from "./known.ts";
import { FOLDER_OPTIONS, FOLDER_USAGE, folderFlags, type Verb } from "./verb.ts";

export const verb: Verb = {
  usage: `Usage: fiducial status [--json] [option...]

Who this machine is, which server it believes, what the agent last heard, what waits, and what is unknown and why.
Sends nothing. Exit status 0: the server answered within the last ${LATE_AFTER_MS / 1000} s.

  --json                 the same as JSON
${FOLDER_USAGE}`,
  options: { ...FOLDER_OPTIONS, json: { type: "boolean" } },
  async run(given) {
    const status = await readStatus(loadConfig("by-hand", folderFlags(given)), Date.now());
    const text = given.values.json === true ? JSON.stringify(status, null, 2) : statusText(status).join("\n");
    process.stdout.write(`${text}\n`);
    return exitOf(status);
  },
};

type Enrolment =
  | {
      state: "enrolled";
      scannerId: string;
      serial: string;
      serverUrl: string;
      keyFingerprint: string;
      serverFingerprint: string;
      serverTrust: string;
    }
  | { state: "not-enrolled" | "key-born" | "damaged" | "not-readable"; detail: string };
type AgentHeard =
  | { state: "running"; ageMs: number; last: LinkState }
  | { state: "stale"; ageMs: number; last: LinkState }
  | { state: "never"; detail: string };
type Status = { stateDir: string; enrolment: Enrolment; agent: AgentHeard; outboxFiles: number | null };

/** A running agent writes at least every 15 s; three turns without are silence. */
const STALE_MS = LATE_AFTER_MS;

export async function readStatus(config: AgentConfig, nowMs: number): Promise<Status> {
  return {
    stateDir: config.stateDir,
    enrolment: await readEnrolment(config.stateDir),
    agent: await readAgent(config, nowMs),
    outboxFiles: await countOutbox(config.stateDir),
  };
}

async function readEnrolment(stateDir: string): Promise<Enrolment> {
  const kept = await readIdentity(stateDir);
  switch (kept.state) {
    case "missing":
      return { state: "not-enrolled", detail: `no identity in ${stateDir}; run "fiducial enroll --help"` };
    case "torn":
      return { state: "damaged", detail: `identity.json ${kept.detail}` };
    case "denied":
      return { state: "not-readable", detail: "only root and the agent's user may read the identity" };
    case "kept": {
      const { value } = kept;
      if (value.state === "born")
        return { state: "key-born", detail: 'no server has answered yet; run "fiducial enroll" again' };
      return {
        state: "enrolled",
        scannerId: value.scannerId,
        serial: value.serial,
        serverUrl: value.serverUrl,
        keyFingerprint: fingerprintText(value.keyId),
        serverFingerprint: fingerprintText(publicKeyFromBase64(value.serverPublicKey)?.keyId ?? ""),
        serverTrust: value.serverTrust,
      };
    }
  }
}

async function readAgent(config: AgentConfig, nowMs: number): Promise<AgentHeard> {
  const found: LinkState[] = [];
  const problems: string[] = [];
  for (const folder of [config.runDir, config.stateDir]) {
    const kept = await readKept(join(folder, LINK_STATE_FILE), linkStateSchema);
    if (kept.state === "kept") found.push(kept.value);
    else if (kept.state !== "missing") problems.push(`${join(folder, LINK_STATE_FILE)}: ${kept.detail}`);
  }
  const [last] = found.sort((a, b) => b.writtenAtMs - a.writtenAtMs);
  if (last === undefined)
    return { state: "never", detail: problems.join("; ") || "no agent has run here since boot" };
  const ageMs = Math.max(0, nowMs - last.writtenAtMs);
  return { state: ageMs > STALE_MS ? "stale" : "running", ageMs, last };
}

async function countOutbox(stateDir: string): Promise<number | null> {
  try {
    return (await readdir(join(stateDir, "outbox"))).filter((name) => name.endsWith(".json")).length;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES", "EPERM"].includes(errorCode(error))) return null;
    throw new Error(`the outbox cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function exitOf(status: Status): number {
  if (status.enrolment.state === "not-enrolled" || status.enrolment.state === "key-born")
    return EXIT.notEnrolled;
  if (status.enrolment.state === "damaged") return EXIT.state;
  const { agent } = status;
  return agent.state === "running" && agent.last.link.state === "acknowledged" ? EXIT.ok : EXIT.problem;
}

function statusText(status: Status): string[] {
  return [
    ...enrolmentText(status.enrolment),
    ...agentText(status.agent),
    `Reports waiting    ${status.outboxFiles ?? "not readable"}`,
  ];
}

function enrolmentText(enrolment: Enrolment): string[] {
  if (enrolment.state !== "enrolled")
    return [`Enrolment          ${enrolment.state.replace("-", " ")}: ${enrolment.detail}`];
  return [
    `Scanner            ${enrolment.serial} (${enrolment.scannerId})`,
    `Key                ${enrolment.keyFingerprint}`,
    `Server             ${enrolment.serverUrl}`,
    `Server's key       ${enrolment.serverFingerprint}${enrolment.serverTrust === "first-use" ? "  (trusted on first use)" : ""}`,
  ];
}

function agentText(agent: AgentHeard): string[] {
  if (agent.state === "never") return [`Agent              unknown: ${agent.detail}`];
  const { last } = agent;
  const age = `${Math.round(agent.ageMs / 1000)} s ago`;
  const head =
    agent.state === "running"
      ? `running (${age})`
      : `not heard of for ${Math.round(agent.ageMs / 1000)} s; below is what it last knew`;
  const lines = [
    `Agent              ${head}, version ${last.version}, process ${last.pid}`,
    `Link               ${linkText(last)}, since ${timeText(last.link.sinceMs)}`,
    `Last answer        ${last.lastAnswerMs === null ? "never" : timeText(last.lastAnswerMs)}`,
    `Last report taken  ${last.lastReportMs === null ? "never" : `number ${last.lastReportSeq} at ${timeText(last.lastReportMs)}`}`,
    `Reports given up   ${last.droppedReports}`,
  ];
  if (last.proxy !== null) lines.push(`Proxy              ${last.proxy}`);
  for (const { kind, reason } of last.unknown)
    lines.push(`Unknown            ${kind}: ${reasonText(reason)}`);
  for (const { source, reason } of last.problems) lines.push(`Problem            ${source}: ${reason}`);
  return lines;
}

function linkText({ link }: LinkState): string {
  if (link.state === "trouble" && link.code !== null && Object.hasOwn(TROUBLES, link.code))
    return `${TROUBLES[link.code as TroubleReason]} (${link.detail ?? link.code})`;
  if (link.state === "refused") return `refused: ${link.detail ?? ""} (${link.code ?? "no code"})`;
  return link.state;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
