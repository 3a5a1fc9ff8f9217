import { mkdir } from "node:fs/promises";
import { follow } from "#agent/activate/follow.ts";
import { type Host, openHost } from "#agent/activate/host.ts";
import { passDeadline, recover, runMachine } from "#agent/activate/machine.ts";
import { EXIT, type Options, type Verb } from "#agent/activate/options.ts";
import { readSettings } from "#agent/activate/read-settings.ts";
import { type StatusAnswer, statusOf } from "#agent/activate/status.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import type { LocalVerb } from "#agent/local/by-hand.ts";
import type { Journal } from "#core/change/journal.ts";

/** Verbs that need the scanner as the change machine sees it. */
type HostVerb = Exclude<Verb, "watch">;

/** Carries one of them out; the exit status of the program. Throws ActivateError. */
export async function onHost(verb: HostVerb, options: Options, log: (text: string) => void): Promise<number> {
  const host = await open(options, log);
  try {
    return await VERB[verb](host, options);
  } finally {
    host.close();
  }
}

async function open({ folders }: Options, log: (text: string) => void): Promise<Host> {
  await mkdir(folders.state, { recursive: true, mode: 0o700 });
  await mkdir(folders.run, { recursive: true, mode: 0o775 });
  const flags = [
    `--state=${folders.state}`,
    `--run-dir=${folders.run}`,
    `--spool=${folders.spool}`,
    `--settings=${folders.settings}`,
  ];
  return openHost({
    system: linuxSystem(),
    folders,
    settings: await readSettings(folders.settings),
    command: [process.execPath, process.argv[1] ?? "", ...flags],
    log,
  });
}

/** What people do by hand needs much that a change does not, and is loaded for them alone. */
const byHand = (verb: LocalVerb) => async (host: Host, options: Options) => {
  const { LOCAL_VERBS } = await import("#agent/local/by-hand.ts");
  return LOCAL_VERBS[verb](host, options);
};

const VERB: Readonly<Record<HostVerb, (host: Host, options: Options) => Promise<number>>> = {
  serve: async (host) => {
    // What verifies is needed here alone, and takes longer to load than all the rest.
    const { serve } = await import("#agent/activate/serve.ts");
    await host.ballast.restore();
    await serve(host);
    return EXIT.ok;
  },
  "serve-local": async (host) => {
    const { serveLocal } = await import("#agent/local/serve-local.ts");
    await serveLocal(host);
    return EXIT.ok;
  },
  run: async (host) => {
    await runMachine(host);
    return EXIT.ok;
  },
  recover: async (host) => {
    await recover(host);
    await host.ballast.restore();
    // What people did here is told from /run, which is empty after a boot.
    const { localRecords } = await import("#agent/local/local-records.ts");
    await localRecords(host).tell();
    return EXIT.ok;
  },
  deadline: async (host) => {
    await passDeadline(host);
    return EXIT.ok;
  },
  status: async (host, { json }) => {
    const status = await statusOf(host);
    const { current } = await host.look.seen();
    const text = json ? `${JSON.stringify({ ...status, running: current })}\n` : statusText(status, current);
    return say(text, EXIT.ok);
  },
  rollback: async (host, options) => {
    const { enteredRollback } = await import("#agent/local/by-hand.ts");
    const begun = await enteredRollback(host, options);
    if (!options.wait) return say(endText(begun, options.json), EXIT.ok);
    const tell = (line: string) => options.json || process.stdout.write(`${line}\n`);
    const ended = await follow(host, tell);
    return say(endText(ended, options.json), isAsAsked(begun, ended) ? EXIT.ok : EXIT.otherwise);
  },
  consent: byHand("consent"),
  hold: byHand("hold"),
  "release-hold": byHand("release-hold"),
  report: byHand("report"),
  passcode: byHand("passcode"),
  unblock: byHand("unblock"),
  bundle: async (host, { bundle, wait }) => {
    if (bundle === null) return EXIT.usage;
    const { carryOutBundle } = await import("#agent/bundle/command.ts");
    const tell = (line: string) => process.stdout.write(`${line}\n`);
    const ended = await carryOutBundle(host, bundle, { wait, tell });
    return say(ended.say, EXIT[ended.how], ended.how === "refused" ? process.stderr : process.stdout);
  },
};

/** A way back is confirmed like any change; one that broke another off ends with that one rolled back. */
function isAsAsked(begun: Journal, ended: Journal): boolean {
  if (begun.step === "rest" || ended.step !== "rest" || ended.last === null) return false;
  const { state, changeId } = ended.last;
  return changeId === begun.plan.changeId && state === ("back" in begun ? "rolled-back" : "confirmed");
}

function endText(journal: Journal, json: boolean): string {
  if (json) return `${JSON.stringify(journal)}\n`;
  if (journal.step === "stuck") return `rollback failed, a person is needed: ${journal.back.detail}\n`;
  if (journal.step === "staged" && journal.waiting !== null)
    return `waiting (${journal.waiting}); it goes on by itself: see fiducial-activate status\n`;
  if (journal.step !== "rest") return `begun: see fiducial-activate status\n`;
  const { last } = journal;
  if (last === null) return "nothing was under way\n";
  const why = last.reason === null ? "" : ` (${last.reason}) ${last.detail}`;
  const what = last.state === "rolled-back" ? `back on ${last.from}, left ${last.to}` : (last.to ?? "");
  return `${last.state}: ${what}${why}\n`;
}

function statusText(
  { enabled, told, confirmed, held, blocked }: StatusAnswer,
  current: string | null,
): string {
  const reason = told.reason === null ? "" : ` (${told.reason})`;
  const lines = [
    `changes    ${enabled ? "on" : "off"}`,
    `running    ${current ?? "not to be read"}`,
    `change     ${told.state}${reason}${told.to === null ? "" : ` -> ${told.to}`}`,
    ...(held === null ? [] : [`held       since ${held.changeId} went back (${held.reason})`]),
    ...confirmed.map((one) => `confirmed  ${one.release ?? ""} ${one.toplevel}`),
    ...blocked.map((one) => `blocked    ${one.toplevel} (${one.reason})`),
  ];
  return `${lines.join("\n")}\n`;
}

function say(text: string, status: number, stream: NodeJS.WritableStream = process.stdout): number {
  stream.write(text);
  return status;
}
