import { isAbsolute, resolve } from "node:path";
import { createLog } from "#server/log.ts";
import { StartError } from "#server/start-error.ts";
import { openSigner } from "./open-signer.ts";

/**
 * The signing process: keys, numbers and a socket; no database, no network. It ends with whoever started it (its channel closes), or on
 * a signal when a service manager did.
 */
async function main(): Promise<void> {
  // biome-ignore lint/style/noProcessEnv: this is the edge at which the signer reads its environment
  const { FIDUCIAL_DATA = ".data", LOG_LEVEL } = process.env;
  const dataFolder = isAbsolute(FIDUCIAL_DATA) ? FIDUCIAL_DATA : resolve(FIDUCIAL_DATA);
  const log = createLog(LOG_LEVEL === "debug" ? "debug" : "info");
  const close = await openSigner(dataFolder, log, Date.now);
  const stop = () => {
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error("signer.stop-failed", { error });
        process.exit(1);
      },
    );
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  process.once("disconnect", stop);
  process.send?.("ready");
}

try {
  await main();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
  process.disconnect?.();
}
