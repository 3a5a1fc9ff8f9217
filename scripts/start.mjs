// `npm start`: from a fresh clone to a running server in one command. Installs and builds only what changed, then runs the server in
// this process, so that a signal reaches it and nothing is left behind.
import { createServer } from "node:net";
import { parseArgs } from "node:util";
import { ensureInstalled } from "./install.mjs";
import { StepError } from "./step.mjs";

const USAGE = `npm start [-- options]

  --empty   a real installation without any data (so far the only kind, so this is also the default)
  --dev     development: the server restarts and pages reload when their source changes
  --help    this text

Settings, from the environment:
  PORT (3000), HOST (127.0.0.1)            where to listen
  FIDUCIAL_DATA (.data)                    folder for keys and the database
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

/** @param {{ help: boolean, dev: boolean, empty: boolean }} flags */
async function main(flags) {
  if (flags.help) return console.log(USAGE);
  await refuseTakenPort();
  await ensureInstalled();
  process.env.NEXT_TELEMETRY_DISABLED = "1";
  const { buildAll, buildForDevelopment } = await import("./build-steps.mjs");
  if (!flags.empty && !flags.dev)
    console.log(
      "There is no demonstration fleet yet: this is a real installation without data, as with --empty.",
    );
  if (flags.dev) {
    await buildForDevelopment();
    const { runWhileEditing } = await import("./development-server.mjs");
    return await runWhileEditing();
  }
  await buildAll();
  // @ts-expect-error NODE_ENV is declared read-only; React and Next read it when they load, just below.
  process.env.NODE_ENV = "production";
  process.setSourceMapsEnabled(true);
  const slow = setTimeout(() => console.log("Starting the server …"), 1000);
  // The server says itself where it is ready.
  await import("./run-server.mjs").finally(() => clearTimeout(slow));
}

function readFlags() {
  const flag = /** @type {const} */ ({ type: "boolean", default: false });
  try {
    const { values } = parseArgs({ options: { help: { ...flag, short: "h" }, dev: flag, empty: flag } });
    return values;
  } catch (error) {
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
