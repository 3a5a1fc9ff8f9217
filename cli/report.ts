import { loadConfig } from "#agent/config.ts";
import { EXIT } from "./exit.ts";
import { knownKinds } from "./known.ts";
import { lookOnce } from "./once.ts";
import { FOLDER_OPTIONS, FOLDER_USAGE, folderFlags, type Verb } from "./verb.ts";

export const verb: Verb = {
  usage: `Usage: fiducial report [--json] [option...]

Looks at this machine once and prints the facts that a report would carry. Sends nothing, needs no enrolment.

  --json                 the facts as JSON, as they would be signed
${FOLDER_USAGE}`,
  options: { ...FOLDER_OPTIONS, json: { type: "boolean" } },
  async run(given) {
    const facts = await lookOnce(loadConfig("by-hand", folderFlags(given)));
    const text = given.values.json === true ? JSON.stringify(facts, null, 2) : knownKinds(facts).join("\n");
    process.stdout.write(`${text}\n`);
    return EXIT.ok;
  },
};
