import { createInterface } from "node:readline/promises";
import type { Given, Verb } from "../verb.ts";
import { StationError } from "./station-error.ts";

export const CONFIRM_OPTIONS = { yes: { type: "boolean", short: "y" } } as const satisfies Verb["options"];
export const CONFIRM_LINE = `  --yes                  do not ask; for a station without a person
`;

/** Asks before something is signed or sent. Throws StationError when the answer is not yes. */
export async function confirm(given: Given, question: string): Promise<void> {
  if (given.values.yes === true) return;
  if (!process.stdin.isTTY)
    throw new StationError(
      "usage",
      `There is no terminal to ask: "${question}" Say --yes if it is to be done.`,
    );
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${question} Type yes: `);
    if (answer.trim().toLowerCase() !== "yes")
      throw new StationError("refused", "Not confirmed. Nothing was signed.");
  } finally {
    lines.close();
  }
}
