import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { type SealKey, sealKey } from "#agent/trust/seal.ts";
import type { FleetPlan } from "#demo/plan/plan.ts";

/** Who holds keys for the releases of the example fleet; two of them must sign. */
const HOLDERS = ["lindqvist", "okonkwo", "hartmann"] as const;
export const THRESHOLD = 2;

/** One person's keys, one for each purpose (docs/release-ceremony.md). */
export type Holder = Record<"releaseRoot" | "directorRoot" | "release", SealKey> & { name: string };

/** Fresh ones, whatever the seed: nobody can know the keys of somebody else's example. They sign once, and are not kept. */
export function makeHolders(plan: FleetPlan): [Holder, Holder, Holder] {
  const [first, second, third] = HOLDERS;
  return [holder(plan, first), holder(plan, second), holder(plan, third)];
}

function holder(plan: FleetPlan, key: string): Holder {
  const name = plan.people.find((one) => one.key === key)?.name ?? key;
  return { name, releaseRoot: freshKey(), directorRoot: freshKey(), release: freshKey() };
}

export function freshKey(): SealKey {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
  return sealKey(createPrivateKey(pem));
}
