import { createCollector } from "#agent/collect/collect.ts";
import type { AgentConfig } from "#agent/config.ts";
import { measureSelf } from "#agent/link/measure.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { VERSION } from "#agent/version.ts";
import type { Facts } from "#core/report/report.ts";

/** One look at this host as a report would show it; sends nothing, keeps nothing. */
export async function lookOnce(config: AgentConfig): Promise<Facts> {
  const system = linuxSystem();
  const startedAtMs = system.nowMs();
  const collector = createCollector(system, {
    runDir: config.runDir,
    safetySocket: config.safetySocket,
    profiles: config.profiles,
    mode: config.mode,
    agentFact: () => ({
      version: VERSION,
      node: process.version,
      mode: config.mode,
      user: process.getuid?.() === 0 ? "root" : "unprivileged",
      changesEnabled: config.changesEnabled,
      ...measureSelf(),
      startedAtMs,
      outboxReports: 0,
      droppedReports: 0,
      proxy: null,
      customCa: config.caFile !== null,
      problems: [],
    }),
  });
  return collector.collect();
}
