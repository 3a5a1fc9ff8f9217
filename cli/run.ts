import { loadConfig } from "#agent/config.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { runAgent } from "#agent/run-agent.ts";
import { EXIT } from "./exit.ts";
import { byHandLimits } from "./known.ts";
import { FOLDER_OPTIONS, FOLDER_USAGE, folderFlags, type Verb } from "./verb.ts";

export const verb: Verb = {
  usage: `Usage: fiducial run [option...]

Runs the agent here until Ctrl-C: looks, reports, waits. Needs an enrolled machine, neither systemd nor root.

${FOLDER_USAGE}`,
  options: FOLDER_OPTIONS,
  async run(given) {
    const log = (line: string) => process.stdout.write(`${new Date().toISOString()} ${line}\n`);
    const agent = await runAgent(loadConfig("by-hand", folderFlags(given)), linuxSystem(), log);
    for (const line of byHandLimits(process.getuid?.())) process.stdout.write(`${line}\n`);
    const asked = new Promise<void>((resolve) => {
      for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
    });
    await Promise.race([agent.done, asked]);
    await agent.stop();
    return EXIT.ok;
  },
};
