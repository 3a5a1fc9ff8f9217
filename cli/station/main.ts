import { runProgram } from "../program.ts";
import { SCANNER_VERBS } from "../scanner-verbs.ts";
import { exitOf } from "./station-error.ts";
import { STATION_VERBS } from "./station-verbs.ts";

const usage = (verbs: string) => `Usage: fiducial VERB [option...]

${verbs}

The last six are those of a scanner. fiducial VERB --help explains one verb; fiducial --version names this build.
This is the release station's build; the scanner's (fiducial.mjs of dist/agent) cannot sign.

Exit status: 0 done; 1 done, and something is missing or not as it should be; 2 wrong use or settings; 3 not enrolled;
4 server or Nix not reached; 5 refused; 6 folder not usable; 7 an agent is already running.
`;

/** The program `fiducial` where releases are made: on a computer of people, never on a scanner. */
process.exitCode = await runProgram(
  { verbs: { ...STATION_VERBS, ...SCANNER_VERBS }, usage, elsewhere: () => null, exitOf },
  process.argv.slice(2),
);
