import { runProgram } from "./program.ts";
import { SCANNER_VERBS } from "./scanner-verbs.ts";

/** Verbs of the release station. They sign, so they bring cryptography that a scanner has no use for. */
const STATION = ["init", "keys", "root", "release", "take", "freshen", "verify", "publish", "ship"];

const usage = (verbs: string) => `Usage: fiducial VERB [option...]

${verbs}

fiducial VERB --help explains one verb; fiducial --version names this build.
This is the scanner's build. The release station's (dist/cli/fiducial.mjs) has these verbs, too:
${STATION.join(", ")}.

Exit status: 0 done; 1 done, and something is not as it should be; 2 wrong use or settings; 3 not enrolled;
4 server not reached; 5 refused; 6 state folder not usable; 7 an agent is already running.
`;

/** The program `fiducial` on a scanner. */
process.exitCode = await runProgram(
  {
    verbs: SCANNER_VERBS,
    usage,
    elsewhere: (name) =>
      STATION.includes(name)
        ? `"${name}" is a verb of the release station: run dist/cli/fiducial.mjs of a Fiducial that was built (npm run build). This is the scanner's build, which signs nothing.`
        : null,
    exitOf: () => null,
  },
  process.argv.slice(2),
);
