// `npm start`: from a fresh clone to a living example fleet in one command. Installs and builds only what changed, then runs the
// server in this process, so that a signal reaches it and nothing is left behind.
import { createServer } from "node:net";
import { parseArgs } from "node:util";
import { EXAMPLE_USAGE, makeExampleFleet, readExampleOptions, runExampleFleet } from "./example-fleet.mjs";
import { ensureInstalled } from "./install.mjs";
import { chooseLanAddress, serveOnLan } from "./lan.mjs";
import { StepError } from "./step.mjs";

const USAGE = `npm start [-- options]

Without an option: an example fleet in its own data folder (.demo-data), without passwords, on this computer only.

${EXAMPLE_USAGE}

  --empty   a real installation without any data, in .data
  --lan     a real installation for the local network, over https with a certificate authority of its own
  --dev     development: an empty installation that restarts and reloads when its source changes
  --help    this text

npm run reset-demo forgets the example fleet.

Settings, from the environment:
  PORT (3000), HOST (127.0.0.1)            where to listen
  FIDUCIAL_DATA                            folder for keys and the database
  DATABASE_URL                             use this PostgreSQL (15 or newer) instead of starting one
  FIDUCIAL_TLS_CERT, FIDUCIAL_TLS_KEY      serve https; needed on any address but loopback
  FIDUCIAL_PUBLIC_URL, FIDUCIAL_TRUSTED_PROXIES   or name the https proxy in front
  LOG_LEVEL (info)                         debug, info, warn or error`;

try {
  await main(readFlags());
} catch (error) {
  if (!(error instanceof StepError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** @param {ReturnType<typeof readFlags>} flags */
async function main(flags) {
  if (flags.help) return console.log(USAGE);
  const example = flags.empty || flags.dev || flags.lan ? null : readExampleOptions(flags);
  if (flags.lan) chooseLanAddress();
  await refuseTakenPort();
  const installMs = await timed(ensureInstalled());
  process.env.NEXT_TELEMETRY_DISABLED = "1";
  if (flags.dev) return await develop();
  if (example === null) {
    const buildMs = await timed(build(false));
    if (flags.lan) await serveOnLan();
    await serve();
    return await tellFirstPage({ installing: installMs, building: buildMs });
  }
  await startExample(example, installMs);
}

async function develop() {
  const { buildForDevelopment } = await import("./build-steps.mjs");
  await buildForDevelopment();
  const { runWhileEditing } = await import("./development-server.mjs");
  return await runWhileEditing();
}

/**
 * @param {import("./example-fleet.mjs").ExampleOptions} options
 * @param {number} installMs
 */
async function startExample(options, installMs) {
  const buildMs = await timed(build(true));
  const begunMs = performance.now();
  const made = await makeExampleFleet(options);
  const fleetMs = performance.now() - begunMs;
  await serve();
  await tellFirstPage({ installing: installMs, building: buildMs, "making the example fleet": fleetMs });
  const url = `http://127.0.0.1:${process.env.PORT || 3000}`;
  runExampleFleet({ ...options, ...made, url });
}

/** @param {boolean} example */
async function build(example) {
  const { buildAll, buildExampleFleet } = await import("./build-steps.mjs");
  await buildAll();
  if (example) await buildExampleFleet();
}

async function serve() {
  // @ts-expect-error NODE_ENV is declared read-only; React and Next read it when they load, just below.
  process.env.NODE_ENV = "production";
  process.setSourceMapsEnabled(true);
  const slow = setTimeout(() => console.log("Starting the server …"), 1000);
  // The server says itself where it is ready.
  await import("./run-server.mjs").finally(() => clearTimeout(slow));
}

/**
 * What it took from the command to a page, and what that page is (only over plain http on this computer: elsewhere others measure).
 * @param {Record<string, number>} parts milliseconds of what took long
 */
async function tellFirstPage(parts) {
  const host = process.env.HOST || "127.0.0.1";
  if (process.exitCode !== undefined || process.env.FIDUCIAL_TLS_CERT || !host.startsWith("127.")) return;
  const { measureFirstPage } = await import("./first-page.mjs");
  const { bytes, files } = await measureFirstPage(`http://${host}:${process.env.PORT || 3000}/sign-in`);
  const seconds = (/** @type {number} */ ms) => (ms / 1000).toFixed(ms < 10_000 ? 1 : 0);
  const long = Object.entries(parts).filter(([, ms]) => ms >= 1000);
  const of =
    long.length === 0 ? "" : `, of it ${long.map(([what, ms]) => `${seconds(ms)} s ${what}`).join(", ")}`;
  console.log(
    `First page ${seconds(performance.now())} s after the command${of}; ` +
      `it is ${Math.round(bytes / 1000)} kB in ${files} files.`,
  );
}

/**
 * @param {Promise<unknown>} work
 * @returns {Promise<number>} milliseconds
 */
async function timed(work) {
  const begunMs = performance.now();
  await work;
  return performance.now() - begunMs;
}

function readFlags() {
  const flag = /** @type {const} */ ({ type: "boolean", default: false });
  const text = /** @type {const} */ ({ type: "string" });
  const options = {
    help: { ...flag, short: "h" },
    dev: flag,
    empty: flag,
    lan: flag,
    scanners: text,
    seed: text,
    fault: { ...text, multiple: /** @type {const} */ (true) },
  };
  try {
    const { values } = parseArgs({ options });
    const { scanners, seed, fault } = values;
    if (values.lan && values.dev) throw new StepError("--dev runs on this computer only; leave out --lan.");
    if ((values.empty || values.dev || values.lan) && (scanners ?? seed ?? fault) !== undefined)
      throw new StepError(
        "--scanners, --seed and --fault are about the example fleet; leave out --empty, --lan and --dev.",
      );
    return values;
  } catch (error) {
    if (error instanceof StepError) throw error;
    // Only the first sentence: the second explains how to pass such an argument on.
    const [first = ""] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw new StepError(`${first}. "npm start -- --help" lists the options.`);
  }
}

/** Told before anything is built; the server looks again, for the port may be taken in between. */
async function refuseTakenPort() {
  const port = Number(process.env.PORT || 3000);
  const host = process.env.HOST || "127.0.0.1";
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return;
  const code = await new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.code));
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
  if (code === "EADDRINUSE")
    throw new StepError(
      `Port ${port} on ${host} is taken: stop what listens there, or choose another with PORT.`,
    );
}
