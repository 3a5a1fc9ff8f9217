import { readFile, stat } from "node:fs/promises";
import { messageOf } from "#agent/link/durable.ts";
import { type Given, textOf } from "../verb.ts";
import { StationError } from "./station-error.ts";

/** Guessing offline is the attack on a key file: scrypt makes each guess dear, length makes them many. */
const SHORTEST = 12;

/** Where passphrases come from: asked for at the terminal, or read from a file at a station without a person. */
export type Passphrases = {
  /** For a key that exists. @param wrong the one given before did not fit. */
  existing(keyName: string, wrong: boolean): Promise<string>;
  /** For new keys: long enough, and typed twice where it is typed. */
  fresh(what: string): Promise<string>;
};

export function passphrasesOf(given: Given): Passphrases {
  const file = textOf(given, "passphrase-file") ?? process.env.FIDUCIAL_PASSPHRASE_FILE;
  return file === undefined || file === "" ? asked() : fromFile(file);
}

function fromFile(path: string): Passphrases {
  return {
    async existing(keyName, wrong) {
      if (wrong)
        throw new StationError("refused", `The passphrase in ${path} does not open the key of ${keyName}.`);
      return readPassphrase(path);
    },
    fresh: async () => longEnough(await readPassphrase(path)),
  };
}

async function readPassphrase(path: string): Promise<string> {
  try {
    if (((await stat(path)).mode & 0o007) !== 0)
      throw new StationError("refused", `Everybody on this computer can read ${path}: chmod 600 it first.`);
    const [line = ""] = (await readFile(path, "utf8")).split("\n");
    return line;
  } catch (error) {
    if (error instanceof StationError) throw error;
    throw new StationError("folder", `The passphrase file cannot be read: ${messageOf(error)}`);
  }
}

function asked(): Passphrases {
  return {
    existing: (keyName, wrong) => askHidden(`${wrong ? "That was not it. " : ""}Passphrase of ${keyName}: `),
    async fresh(what) {
      const first = longEnough(
        await askHidden(`New passphrase for ${what} (${SHORTEST} characters or more): `),
      );
      if ((await askHidden("The same again: ")) !== first)
        throw new StationError("usage", "The two passphrases differ. Nothing was made.");
      return first;
    },
  };
}

function longEnough(passphrase: string): string {
  if (passphrase.length >= SHORTEST) return passphrase;
  throw new StationError(
    "usage",
    `A passphrase has ${SHORTEST} characters or more; this one has ${passphrase.length}. Nothing was made.`,
  );
}

const BACKSPACE = new Set(["\u007f", "\b"]);
const END = new Set(["\r", "\n", "\u0004"]);

/** Reads a line from the terminal without showing it. */
function askHidden(question: string): Promise<string> {
  const { stdin } = process;
  if (!stdin.isTTY)
    throw new StationError(
      "usage",
      "There is no terminal to ask for the passphrase: use --passphrase-file FILE or FIDUCIAL_PASSPHRASE_FILE.",
    );
  // Before the question: what is typed the moment it appears must not be shown either.
  stdin.setRawMode(true);
  process.stderr.write(question);
  return new Promise((resolve, reject) => {
    let typed = "";
    const finish = (end: () => void) => {
      stdin.off("data", heard);
      stdin.setRawMode(false);
      stdin.pause();
      process.stderr.write("\n");
      end();
    };
    const heard = (chunk: Buffer) => {
      for (const letter of chunk.toString("utf8")) {
        if (letter === "\u0003") return finish(() => reject(new StationError("usage", "Interrupted.")));
        if (END.has(letter)) return finish(() => resolve(typed));
        typed = BACKSPACE.has(letter) ? typed.slice(0, -1) : typed + letter;
      }
    };
    stdin.resume();
    stdin.on("data", heard);
  });
}
