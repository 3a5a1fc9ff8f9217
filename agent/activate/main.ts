import { ActivateError } from "#agent/activate/activate-error.ts";
import { EXIT, readOptions, USAGE } from "#agent/activate/options.ts";
import { SEARCH_PATH } from "#agent/activate/search-path.ts";
import { messageOf } from "#agent/link/durable.ts";

/**
 * fiducial-activate: the one program of a scanner that can change it (ACT-9). Root, without a network; it believes signed files and
 * what root on this scanner says, and nobody else. A change starts it several times, one after the other: each start loads what its own
 * verb needs and no more (docs/performance.md, rollback).
 */
async function main(args: readonly string[]): Promise<number> {
  const read = readOptions(args);
  if (read.kind === "help") return say(process.stdout, USAGE, EXIT.ok);
  if (read.kind === "problem")
    return say(process.stderr, `fiducial-activate: ${read.problem}\n\n${USAGE}`, EXIT.usage);
  const { options } = read;
  const { verb, folders } = options;
  if (process.getuid?.() !== 0) throw new ActivateError("not-root", "Only root can change a scanner.");
  // biome-ignore lint/style/noProcessEnv: a person's shell finds other programs than the units do (ACT-4)
  process.env.PATH = SEARCH_PATH;
  if (verb === "watch") {
    const { watchAgent } = await import("#agent/activate/watch-agent.ts");
    const { linuxSystem } = await import("#agent/linux-system.ts");
    await watchAgent(linuxSystem(), folders, log);
    return EXIT.ok;
  }
  const { onHost } = await import("#agent/activate/on-host.ts");
  return onHost(verb, options, log);
}

function log(text: string): void {
  process.stderr.write(`fiducial-activate: ${text}\n`);
}

function say(stream: NodeJS.WritableStream, text: string, status: number): number {
  stream.write(text);
  return status;
}

const STATUS_OF: Readonly<Record<ActivateError["code"], number>> = {
  "bad-settings": EXIT.failed,
  "state-damaged": EXIT.failed,
  "not-root": EXIT.failed,
  "not-enrolled": EXIT.failed,
  refused: EXIT.refused,
  stopped: EXIT.otherwise,
  busy: EXIT.busy,
};

function fail(error: unknown): number {
  const status = error instanceof ActivateError ? STATUS_OF[error.code] : EXIT.failed;
  return say(process.stderr, `fiducial-activate: ${messageOf(error)}\n`, status);
}

process.exitCode = await main(process.argv.slice(2)).catch(fail);
