import { type Bench, byEffort, type Context, type Outcome } from "#tests/bench/bench.ts";
import { atLeast, compared } from "#tests/bench/figure.ts";
import { CONNECTIONS, firstReports, lanes, onlySuccesses, startPortal } from "#tests/bench/ingress.ts";
import { inTurns } from "#tests/bench/pairs.ts";
import { openPostgres } from "#tests/bench/postgres.ts";
import { type Program, processorSeconds, startProgram } from "#tests/bench/program.ts";
import type { BareMode } from "#tests/bench/programs/bare-server.ts";
import type { LoadAnswer } from "#tests/bench/programs/load.ts";
import {
  addScanners,
  addSite,
  type BenchScanner,
  heartbeatMessage,
  signedRequest,
} from "#tests/bench/scanners.ts";

const SCANNERS = 256;

/** One way to answer heartbeats, and what it cost so far. */
type Contender = { port: number; pid: number; microseconds: number[] };

async function run(context: Context): Promise<Outcome> {
  const { main } = await openPostgres(context, ["main"]);
  const scanners = await addScanners(main, await addSite(main), SCANNERS);
  const load = await startProgram(context, "load");
  const bare = (mode: BareMode) => startBare(context, mode, scanners);
  const contenders = {
    fiducial: { ...(await startPortal(context, main.appUrl)), microseconds: [] },
    plain: await bare("plain"),
    verify: await bare("verify"),
    "verify-and-sign": await bare("verify-and-sign"),
  };
  const digest = await firstReports(load, contenders.fiducial.port, scanners);
  const beats = byEffort(context, { short: 8, usual: 32, long: 64 });
  let beat = 1;
  const round = (name: keyof typeof contenders) => async () => {
    const connections = lanes(scanners, beats, (scanner, turn) =>
      signedRequest(scanner, "heartbeat", heartbeatMessage(scanner, beat + turn, digest)),
    );
    beat += beats;
    return await rate(load, contenders[name], connections);
  };
  const rounds = byEffort(context, { short: 2, usual: 5, long: 12 });
  const rates = await inTurns(context, "heartbeats", rounds, {
    fiducial: round("fiducial"),
    plain: round("plain"),
    verify: round("verify"),
    "verify-and-sign": round("verify-and-sign"),
  });
  return { kind: "measured", figures: figures(rates, contenders), notes: [NOTE] };
}

const NOTE = `${SCANNERS} scanners over ${CONNECTIONS} kept connections, messages signed beforehand and sent from another process as fast as answers come; every answer was a 200.
A fleet of 10,000 scanners sends 667 heartbeats a second.`;

function figures(
  rates: Record<"fiducial" | BareMode, number[]>,
  contenders: Record<"fiducial" | BareMode, Contender>,
) {
  const about = { unit: "/s", what: "Signed heartbeats" } as const;
  const { fiducial } = rates;
  return [
    compared(
      {
        ...about,
        id: "heartbeats.verify",
        what: "Signed heartbeats, against bare HTTP that verifies",
        aim: atLeast("ratio", 0.5),
        limits:
          "one thread: the check of the message, the signature of the answer (neither can be left out), then parsing and headers",
      },
      fiducial,
      { what: "node:http and an Ed25519 verification", samples: rates.verify },
    ),
    compared(
      {
        ...about,
        id: "heartbeats.verify-and-sign",
        what: "The same, against bare HTTP that verifies and signs its answer",
        limits: "what is left between the two is parsing, order, freshness and headers",
      },
      fiducial,
      { what: "node:http, Ed25519 verification and signature", samples: rates["verify-and-sign"] },
    ),
    compared(
      {
        ...about,
        id: "heartbeats.plain",
        what: "The same, against HTTP that believes everybody",
        limits: "Ed25519 itself: see the two above",
      },
      fiducial,
      { what: "node:http that answers 200", samples: rates.plain },
    ),
    compared(
      {
        id: "heartbeats.processor",
        what: "Processor time of the server for one heartbeat",
        unit: "µs",
        limits: "the same, without the sender's share of the machine",
      },
      contenders.fiducial.microseconds,
      { what: "verification and signature alone", samples: contenders["verify-and-sign"].microseconds },
    ),
  ];
}

/** Without its warm-up round, as `inTurns` leaves it out. */
async function rate(load: Program, contender: Contender, connections: Buffer[][]): Promise<number> {
  const before = processorSeconds(contender.pid);
  const { port } = contender;
  const { tookMs, statuses } = await load.ask<LoadAnswer>({ port, connections, perSecond: null });
  const count = onlySuccesses(statuses);
  contender.microseconds.push(((processorSeconds(contender.pid) - before) / count) * 1e6);
  return (count / tookMs) * 1000;
}

async function startBare(
  context: Context,
  mode: BareMode,
  scanners: readonly BenchScanner[],
): Promise<Contender> {
  const program = await startProgram(context, "bare-server");
  const keys = scanners.map(({ keyId, publicKeyRaw }) => ({ keyId, publicKeyRaw }));
  return { port: await program.ask<number>({ mode, keys }), pid: program.pid, microseconds: [] };
}

export const heartbeats: Bench = { name: "heartbeats", about: "Signed heartbeats", run };
