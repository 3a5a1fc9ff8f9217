import { agentCost } from "#tests/bench/agent-cost.ts";
import type { Bench } from "#tests/bench/bench.ts";
import { closureDiffs } from "#tests/bench/closure-diff.ts";
import { comparisons } from "#tests/bench/comparisons.ts";
import { demoCost } from "#tests/bench/demo-cost.ts";
import { growth } from "#tests/bench/growth.ts";
import { heartbeats } from "#tests/bench/heartbeats.ts";
import { pageMemory } from "#tests/bench/page-memory.ts";
import { realtimeThread } from "#tests/bench/realtime-thread.ts";
import { recomparison } from "#tests/bench/recomparison.ts";
import { reports } from "#tests/bench/reports.ts";
import { rollback } from "#tests/bench/rollback.ts";
import { table } from "#tests/bench/table.ts";
import { upgrade } from "#tests/bench/upgrade.ts";
import { waysBack } from "#tests/bench/ways-back.ts";

/** In the order of the page. */
export const BENCHES: readonly Bench[] = [
  heartbeats,
  reports,
  comparisons,
  recomparison,
  closureDiffs,
  agentCost,
  realtimeThread,
  growth,
  table,
  pageMemory,
  demoCost,
  upgrade,
  rollback,
  waysBack,
];
