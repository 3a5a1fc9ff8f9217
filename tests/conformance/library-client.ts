import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Updater } from "tuf-js";

/**
 * The same command line as client.ts over the library alone, `tuf-js`, without the scanner's own checks: what it passes of the
 * conformance suite is what the scanner's verifier is measured against (docs/conformance.md).
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "metadata-dir": { type: "string", default: "." },
    "metadata-url": { type: "string", default: "" },
    "target-name": { type: "string", multiple: true, default: [] },
    "target-base-url": { type: "string", default: "" },
    "target-dir": { type: "string", default: "." },
  },
});

/** The suite fakes the clock of some tests; the library asks the platform for the time, so the platform is told. */
function setClock(said: string): void {
  const then = Date.parse(`${said.replace(" ", "T")}`);
  globalThis.Date = class extends Date {
    constructor(...given: [] | [number | string]) {
      if (given.length === 0) super(then);
      else super(given[0]);
    }
    static override now(): number {
      return then;
    }
  } as DateConstructor;
}

function opened(): Updater {
  return new Updater({
    metadataDir: values["metadata-dir"],
    metadataBaseUrl: values["metadata-url"].replace(/\/$/, ""),
    targetDir: values["target-dir"],
    targetBaseUrl: values["target-base-url"].replace(/\/$/, ""),
    config: { fetchRetries: 0, fetchRetry: 0 },
  });
}

async function download(): Promise<void> {
  const updater = opened();
  await updater.refresh();
  for (const name of values["target-name"]) {
    const info = await updater.getTargetInfo(name);
    if (info === undefined) throw new Error(`${name} is not listed`);
    const place = join(values["target-dir"], encodeURIComponent(name));
    if ((await updater.findCachedTarget(info, place)) === undefined)
      await updater.downloadTarget(info, place);
  }
}

const [command, path] = positionals;
if (process.env.CONFORMANCE_NOW !== undefined) setClock(process.env.CONFORMANCE_NOW);
try {
  if (command === "init" && path !== undefined) {
    mkdirSync(values["metadata-dir"], { recursive: true });
    copyFileSync(path, join(values["metadata-dir"], "root.json"));
  } else if (command === "refresh") await opened().refresh();
  else if (command === "download") await download();
  else throw new Error("init TRUSTED_ROOT, refresh or download");
} catch (error) {
  process.stderr.write(`${error}\n`);
  process.exitCode = 1;
}
