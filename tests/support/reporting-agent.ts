import { type AgentConfig, loadConfig } from "#agent/config.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { runAgent } from "#agent/run-agent.ts";
import { observed } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";

/**
 * The real agent as a process of its own, over a host that changes many times a second: only the collector is replaced. Started
 * by tests that kill it. Arguments: state folder, run folder.
 */
const [stateDir = "", runDir = ""] = process.argv.slice(2);
const config: AgentConfig = { ...loadConfig("by-hand", { stateDir, runDir }, {}) };
let restarts = 0;

function facts(): Facts {
  restarts += 1;
  return {
    units: observed({
      systemState: "running",
      units: [
        {
          name: "flapping.service",
          load: "loaded",
          active: "active",
          sub: "running",
          result: "success",
          enabled: "enabled",
          restarts,
          mainStatus: 0,
          sinceMs: null,
        },
      ],
      more: 0,
    }),
  };
}

await runAgent(config, linuxSystem(), (line) => process.stdout.write(`${line}\n`), {
  collectorFor: () => ({
    collect: async () => facts(),
    watch(changed) {
      const timer = setInterval(() => changed("test"), 20);
      return () => clearInterval(timer);
    },
    scanning: () => false,
  }),
});
