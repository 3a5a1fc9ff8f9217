import { resolve } from "node:path";
import { checkSafetySocket } from "#agent/collect/check-safety-socket.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { EXIT } from "./exit.ts";

/** Long enough for three of the states that a daemon owes every second. */
const LISTEN_S = 4;

/** Says line by line how the daemon behind a socket keeps to docs/safety-socket.md; reads only, sends nothing. */
export async function checkSafety(path: string): Promise<number> {
  const findings = await checkSafetySocket(linuxSystem(), resolve(path), LISTEN_S);
  for (const { verdict, text } of findings) process.stdout.write(`  ${verdict.padEnd(6)} ${text}\n`);
  return findings.some((one) => one.verdict === "wrong") ? EXIT.problem : EXIT.ok;
}
