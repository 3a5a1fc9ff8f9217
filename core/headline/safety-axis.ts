import { wasSeen } from "#core/finding/compare.ts";
import type { Compared, Finding } from "#core/finding/finding.ts";
import type { Safety } from "#core/headline/axes.ts";
import { bypassNames } from "#core/manifest/read-safety.ts";
import { reason } from "#core/message/reason.ts";
import type { Reason } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

type Judged = { value: Safety; reason: Reason };

/** Worst first; the order inside Unsafe of status.md. A judgement is replaced only by a worse one. */
const SAFETY_ORDER = [
  "lost",
  "bypassed",
  "limit-exceeded",
  "config-mismatch",
  "unknown",
  "tripped",
  "warning",
  "ok",
  "none",
] as const satisfies readonly Safety[];

/** Safety items whose difference is itself a state of the axis (F11, F12). */
const AXIS_OF_KIND: Readonly<Record<string, Safety>> = {
  "safety-link": "lost",
  "safety-heartbeat-age": "lost",
  "safety-bypasses": "bypassed",
};

/** SEE-11. What protects the scanner now: the daemon's own word, and the safety items where they say worse. */
export function safetyOf(facts: Facts, compared: readonly Compared[]): Judged {
  const items = compared.filter(({ item }) => item.class === "safety");
  const said = daemonSays(facts, items);
  return items.reduce((worst, { item, finding }) => {
    const value = finding === null ? null : findingSays(finding, said.value);
    if (value === null || !isWorse(value, worst.value)) return worst;
    return { value, reason: reason("safety-item", { item: item.id }) };
  }, said);
}

/** The axis never says *ok* beside an open safety finding: not seen is unknown, any other difference a mismatch (F04, F13). */
function findingSays(finding: Finding, said: Safety): Safety | null {
  if (!wasSeen(finding)) return "unknown";
  if (said === "tripped" && isTripEvidence(finding)) return null;
  if (finding.kind === "safety-chain" && finding.actual === "bypassed") return "bypassed";
  return AXIS_OF_KIND[finding.kind] ?? "config-mismatch";
}

/** What a trip itself looks like item by item (F26): a cut chain, no permission, the word. It explains nothing beyond that. */
export function isTripEvidence({ kind, actual }: Pick<Finding, "kind" | "actual">): boolean {
  if (kind === "safety-chain") return actual === "open";
  if (kind === "safety-state") return actual === "tripped";
  return kind === "safety-permission" && actual === false;
}

function isWorse(a: Safety, b: Safety): boolean {
  return SAFETY_ORDER.indexOf(a) < SAFETY_ORDER.indexOf(b);
}

/**
 * A daemon that speaks is believed when it says something bad, whether anybody expected it or not; one that is not heard is lost
 * only where an item expects it. Items without a daemon speak when they differ; that they are equal protects nobody, so only a
 * daemon that is heard makes the axis *ok* (SEE-14).
 */
function daemonSays(facts: Facts, items: readonly Compared[]): Judged {
  const safety = facts.safety?.state === "observed" ? facts.safety.value : null;
  if (safety?.link === "connected") return heard(safety);
  const away = AWAY[safety?.link ?? "unknown"];
  if (away.broken || items.some(({ item }) => item.kind.startsWith("safety-"))) return away.judged;
  if (items.length === 0) return { value: "none", reason: reason("no-safety-items") };
  return { value: "none", reason: reason("no-safety-daemon", { count: items.length }) };
}

/** `broken`: there is a daemon, and it cannot be believed. */
const AWAY = {
  silent: { judged: { value: "lost", reason: reason("safety-silent") }, broken: true },
  garbage: { judged: { value: "lost", reason: reason("safety-garbage") }, broken: true },
  absent: { judged: { value: "lost", reason: reason("safety-absent") }, broken: false },
  unknown: { judged: { value: "unknown", reason: reason("safety-not-seen") }, broken: false },
} as const satisfies Record<
  Exclude<FactValue<"safety">["link"], "connected">,
  { judged: Judged; broken: boolean }
>;

function heard({ last }: FactValue<"safety">): Judged {
  if (last === null) return { value: "unknown", reason: reason("safety-not-seen") };
  // F11: a protection that is switched off is a bypass, whatever the daemon calls its state.
  const [bypass] = bypassNames(last);
  if (bypass !== undefined)
    return { value: "bypassed", reason: reason("safety-bypassed", { element: bypass }) };
  const open = last.chain.find((one) => one.state === "open");
  const element = open?.label ?? open?.id;
  return {
    value: last.state,
    reason: reason(WORD_REASON[last.state], element === undefined ? undefined : { element }),
  };
}

const WORD_REASON = {
  ok: "safety-ok",
  warning: "safety-warning",
  tripped: "safety-tripped",
  bypassed: "safety-bypassed",
  "limit-exceeded": "safety-limit",
  "config-mismatch": "safety-config",
  unknown: "safety-not-seen",
} as const satisfies Record<NonNullable<FactValue<"safety">["last"]>["state"], string>;
