// `npm run reset-demo`: forgets the example fleet, so that the next `npm start` makes it anew. A real installation is never touched.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { exampleDataFolder } from "./example-fleet.mjs";

const MARKER = "fleet.json";

const { values } = parseArgs({ options: { help: { type: "boolean", short: "h", default: false } } });
if (values.help) {
  console.log(
    "npm run reset-demo\n\nDeletes the example fleet's data folder (.demo-data, or FIDUCIAL_DATA).",
  );
} else {
  process.exitCode = reset(exampleDataFolder());
}

/** @param {string} folder */
function reset(folder) {
  if (!existsSync(folder)) {
    console.log(`There is no example fleet in ${folder}.`);
    return 0;
  }
  if (!existsSync(join(folder, MARKER))) {
    console.error(`${folder} holds no example fleet (${MARKER} is missing), so nothing was deleted.`);
    return 1;
  }
  if (isServed(folder)) {
    console.error("The example fleet is running: stop it first (Ctrl-C where it was started).");
    return 1;
  }
  rmSync(folder, { recursive: true });
  console.log(`Deleted ${folder}. The next "npm start" makes the example fleet anew.`);
  return 0;
}

/** PostgreSQL names its process in the first line of postmaster.pid. @param {string} folder */
function isServed(folder) {
  for (const major of [15, 16, 17, 18, 19]) {
    const file = join(folder, "database", `pg${major}`, "postmaster.pid");
    if (!existsSync(file)) continue;
    const pid = Number(readFileSync(file, "utf8").split("\n", 1)[0]);
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      // ESRCH: it is gone and left its file; EPERM: it is there and somebody else's.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") return true;
    }
  }
  return false;
}
