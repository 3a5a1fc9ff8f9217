import { type Draft, draft, idPart, note } from "#core/manifest/draft.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

type Unit = FactValue<"units">["units"][number];

const PROPOSED_SUFFIX = /\.(service|socket|mount|timer|path)$/;

/**
 * Units that come and go by themselves: transient ones, sessions of people, anything instantiated per user, device or
 * coredump, and mounts of removable or per-user places (systemd-run(1), pam_systemd(8)).
 */
const TRANSIENT = [
  /^run-/,
  /^session-/,
  /^user(-runtime-dir)?@/,
  /^media-/,
  /^tmp-/,
  /^systemd-coredump@/,
  /^systemd-(fsck|backlight|rfkill|growfs|hibernate|suspend|tmpfiles-clean)/,
  // These exit when nobody has asked them for a while.
  /^systemd-(hostnamed|timedated|localed|importd|portabled|homed)\.service$/,
  /^proc-sys-fs-binfmt_misc\.mount$/,
  /^(getty|serial-getty|autovt)@/,
];

/** SEE-12: what is active now shall be active; what is failed now is shown and expected of nobody. */
export function proposeUnits(facts: Facts): Draft[] {
  if (facts.units?.state !== "observed") return [];
  const all = facts.units.value.units;
  const names = new Set(all.map((unit) => unit.name));
  const daemon = facts.safety?.state === "observed" ? facts.safety.value.daemon : null;
  return all.filter(isLasting).flatMap((unit) => proposeUnit(unit, names, daemon));
}

function isLasting({ name, load, enabled }: Unit): boolean {
  if (load !== "loaded" || enabled === "transient") return false;
  return PROPOSED_SUFFIX.test(name) && !TRANSIENT.some((pattern) => pattern.test(name));
}

function proposeUnit(unit: Unit, names: ReadonlySet<string>, daemon: string | null): Draft[] {
  const id = `unit.${idPart(unit.name)}`;
  const item = { id, kind: "unit", args: { name: unit.name, field: "active" }, expect: ACTIVE } as const;
  if (unit.active === "failed") return draft({ ...item, class: "info" }, note("failed-now"));
  // A oneshot that did its work and was not told to remain is inactive: then being active is chance, and no item. One that
  // remains is active (exited), and must still be.
  if (unit.active !== "active") return [];
  if (isSafetyDaemon(unit.name, daemon)) return draft({ ...item, class: "safety" });
  const trigger = triggerOf(unit, names);
  if (trigger !== null) return draft({ ...item, class: "info" }, note("triggered", { trigger }));
  return draft({ ...item, class: "config" });
}

const ACTIVE = { op: "eq", want: "active" } as const;

/** A service that only its socket, timer or path starts runs when it is needed; that it runs now is chance. */
function triggerOf({ name, enabled, sub }: Unit, names: ReadonlySet<string>): string | null {
  if (!name.endsWith(".service") || enabled.startsWith("enabled") || sub === "exited") return null;
  const base = name.slice(0, -".service".length);
  return [".socket", ".timer", ".path"].map((end) => base + end).find((one) => names.has(one)) ?? null;
}

/** The unit of the daemon that is heard, or one called as such daemons are; a person gives the class to any other. */
function isSafetyDaemon(name: string, daemon: string | null): boolean {
  if (!name.endsWith(".service")) return false;
  return (
    name === `${daemon}.service` || /(^|[-_.@])(safety|safetyd|interlock|surveillance)([-_.@]|$)/i.test(name)
  );
}
