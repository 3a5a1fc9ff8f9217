import * as z from "zod";
import { LOCALES } from "#core/message/text.ts";
import { SCRIPTS } from "#demo/attack/scripts.ts";
import type { Fleet } from "#demo/fleet/fleet.ts";
import type { AttackProblem, FleetAttacks } from "#demo/fleet/fleet-attacks.ts";
import { attackView, scriptViews } from "#demo/tray/attack-view.ts";

/** The dock's questions about attacks. */
export const attackSchema = z.strictObject({
  script: z.enum(["all", ...SCRIPTS.map(({ id }) => id)]),
  scannerId: z.string().max(64).optional(),
});

export const ATTACK_PROBLEMS: Record<AttackProblem, string> = {
  "unknown-scanner": "There is no such scanner in this fleet, or it has not started yet.",
  "not-now": "This scanner is broken, silent or being changed: mend it or wait, then attack it.",
  "not-possible": "This model has nothing that this attack is about.",
  "under-way": "An attack is under way still.",
  "no-ceremony": "This fleet was made before there were attacks. npm run reset-demo makes it anew.",
};

export function attacksView(
  { fleet, attacks }: { fleet: Fleet; attacks: FleetAttacks },
  asked: URLSearchParams,
) {
  const locale = z.enum(LOCALES).catch("en").parse(asked.get("lang"));
  const name = asked.get("scanner");
  const target = name === null ? null : fleet.find(name);
  return {
    scripts: scriptViews(locale),
    target: target === null ? null : { serial: target.serial, possible: attacks.possible(target) },
    attacks: attacks.attacks.all.map((one) => attackView(one, locale)),
  };
}
