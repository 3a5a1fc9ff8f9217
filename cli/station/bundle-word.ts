import type { Refreshed } from "#agent/trust/trust.ts";
import type { NamedScanner } from "#core/bundle/named-scanner.ts";
import { type Instruction, isPardon } from "#core/trust/instruction.ts";
import { scannerText } from "./scanner-list.ts";
import { StationError } from "./station-error.ts";

/**
 * The server's one word to a scanner, if it is what was asked for. @param release null: what was decided of a change that failed.
 * Throws StationError.
 */
export function needWord(looked: Refreshed, scanner: NamedScanner, release: string | null) {
  if (!looked.ok && "unreached" in looked)
    throw new StationError("unreachable", `${looked.unreached.name}: ${looked.unreached.detail}`);
  if (!looked.ok)
    throw new StationError(
      "refused",
      `The scanner would refuse this server (${looked.refusal.refused}): ${looked.refusal.detail}.`,
    );
  const { instruction, director, files } = looked;
  if (instruction === null)
    throw new StationError(
      "incomplete",
      `The server asks nothing of ${scannerText(scanner)} now. ${askFor(release)}, wait until it says "signed", and type this again.`,
    );
  const other = otherThan(instruction.instruction, release);
  if (other !== null)
    throw new StationError("refused", `The server asks ${scannerText(scanner)} for ${other}`);
  const { notAfterMs } = instruction.instruction;
  return { instruction, files, untilMs: Math.min(director.expiresAtMs, notAfterMs) };
}

function askFor(release: string | null): string {
  if (release === null) return "Decide it on the page of the change that failed";
  return `Ask for ${release} on its page in the portal`;
}

/** Null: it is what was asked for. */
function otherThan(said: Instruction, release: string | null): string | null {
  if (isPardon(said.action))
    return release === null
      ? null
      : `no release now: its word is the ${wordText(said)}. Carry that with --pardon, and ask for ${release} when the scanner has taken it.`;
  if (release === null) return `${said.release}, and says nothing of a change that failed.`;
  return said.release === release ? null : `${said.release} and not for ${release}.`;
}

/** For people: what, and whose decision it is. */
export function wordText(said: Instruction): string {
  const { action, release, failedChangeId, requestedBy } = said;
  if (!isPardon(action)) return `${action}, asked for by ${requestedBy}`;
  const what = action === "lift-block" ? "end of the block" : "end of the hold";
  return `${what} after change ${failedChangeId} (${release}), decided by ${requestedBy}`;
}

export function needLife(expiresMs: number | null, scanner: NamedScanner, untilMs: number): void {
  // Signed files name whole seconds.
  if (expiresMs === null || untilMs >= Math.floor(expiresMs / 1000) * 1000) return;
  const [until, wanted] = [untilMs, expiresMs].map((ms) => new Date(ms).toISOString());
  throw new StationError(
    "incomplete",
    `What the server signed for ${scannerText(scanner)} is good until ${until}, and not until ${wanted}. On the server's computer, --signer makes it last.`,
  );
}
