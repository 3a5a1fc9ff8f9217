import { join } from "node:path";
import { statusOf } from "#agent/activate/status.ts";
import { readKept } from "#agent/link/durable.ts";
import { LINK_STATE_FILE, linkStateSchema } from "#agent/link/link-state.ts";
import type { Local } from "#agent/local/act.ts";
import { isHealthy } from "#core/change/gates.ts";
import type { Journal } from "#core/change/journal.ts";
import { waitMs } from "#core/local/attempts.ts";
import type { LocalStatus } from "#core/local/verbs.ts";

/** Everything that the page shows, from root's own files and from the host itself; of the agent only what it says of its link. */
export async function localStatus({ host, records }: Local): Promise<LocalStatus> {
  const nowMs = host.clock.nowMs();
  const journal = await host.records.journal();
  const { enabled, step, told, confirmed, held, blocked } = await statusOf(host);
  const { hold, chosen } = await host.records.wishes();
  const { current, booted, profile } = await host.look.seen();
  const plan = planTold(journal);
  return {
    ...{ answer: "status", nowMs, enabled, step, told, confirmed, held, blocked, plan, hold },
    consent: host.settings.consent,
    passcodeSet: (await records.passcode()) !== null,
    waitMs: Math.trunc(waitMs(await records.attempts(), nowMs)),
    chosen: chosen !== null && chosen.changeId === plan?.changeId ? chosen.choice : null,
    seen: { current, booted, profile },
    safety: safetyTold(host.safety.heard()),
    link: await linkTold(host.folders.run),
    entries: await records.entries(),
  };
}

function planTold(journal: Journal): LocalStatus["plan"] {
  if (journal.step === "rest") return null;
  const { changeId, action, origin, release, toplevel, requestedBy } = journal.plan;
  const waiting = journal.step === "staged" ? journal.waiting : null;
  return { changeId, action, origin, release, toplevel, requestedBy, waiting };
}

function safetyTold(heard: Parameters<typeof isHealthy>[0]): LocalStatus["safety"] {
  if (heard.last === null) return null;
  const { state, scanState, energised } = heard.last.state;
  const ageMs = Math.max(0, Math.trunc(heard.last.ageMs));
  return { state, scanState, energised, healthy: isHealthy(heard), ageMs };
}

/** The agent's own word, in a file that belongs to it: shown to people, and nothing follows from it. */
async function linkTold(folder: string): Promise<LocalStatus["link"]> {
  const kept = await readKept(join(folder, LINK_STATE_FILE), linkStateSchema);
  if (kept.state !== "kept") return null;
  const { link, lastAnswerMs, serial, serverUrl, outbox, unknown } = kept.value;
  return {
    ...{ state: link.state, sinceMs: link.sinceMs, lastAnswerMs },
    serial: serial.slice(0, 64),
    serverUrl: serverUrl.slice(0, 2048),
    waitingReports: outbox,
    unread: unknown.slice(0, 64).map(({ kind }) => kind.slice(0, 64)),
  };
}
