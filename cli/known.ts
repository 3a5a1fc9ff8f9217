import type { Reason } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";

/** One line per fact kind: known, or unknown and why. Nothing here says "ok"; knowing is not judging. */
export function knownKinds(facts: Facts): string[] {
  return Object.entries(facts).map(([kind, fact]) =>
    fact.state === "observed" ? `  known    ${kind}` : `  unknown  ${kind}: ${reasonText(fact.reason)}`,
  );
}

/** A reason as the agent gave it: its code in words, with its parameters. */
export function reasonText(reason: Reason): string {
  const params = Object.entries(reason.params ?? {}).map(([name, value]) => `${name} ${value}`);
  const words = reason.code.replaceAll("-", " ");
  return params.length === 0 ? words : `${words} (${params.join(", ")})`;
}

/** What an agent without root or without systemd cannot know, so that nobody takes less for everything (SEE-14). */
export function byHandLimits(user: number | undefined): string[] {
  const limits = [
    "Nothing restarts this agent when it dies, and nothing starts it at boot: run it as a service for that.",
    "Closure digests and the on-disk check come from fiducial-facts, which runs as root.",
  ];
  if (user !== 0)
    limits.push("Without root, files that only root may read stay unknown; each is named with its reason.");
  return limits;
}
