import { keySource } from "#server/agent-api/key-store.ts";
import { type KnownKeys, knownKeys } from "#server/agent-api/known-keys.ts";
import type { WithScope } from "#server/database/scoped.ts";

export function openKeys(withScope: WithScope, clock: () => number): KnownKeys {
  return knownKeys(keySource(withScope), clock);
}
