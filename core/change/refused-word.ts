import type { Facts } from "#core/report/report.ts";
import { REFUSAL_KINDS, type RefusalReason } from "#core/trust/attack.ts";

/** As fiducial-fetch ends (agent/fetch/main.ts): `refused: <reason>: <where>, <detail>`. */
const SAID = /^refused: ([a-z-]+)(?::|$)/;

/**
 * What a scanner says that it refused of what its server sent; null: nothing, as far as it says. Its network half tells of it among
 * the agent's problems for as long as it lasts, the half that decides as the state of its last change.
 */
export function refusedWord({ agent, change }: Pick<Facts, "agent" | "change">): RefusalReason | null {
  const problems = agent?.state === "observed" ? agent.value.problems : [];
  const fetching = problems.find(({ source }) => source === "changes");
  const told = change?.state === "observed" && change.value.state === "refused" ? change.value.reason : null;
  return [SAID.exec(fetching?.reason ?? "")?.[1], told].find(isReason) ?? null;
}

function isReason(word: string | null | undefined): word is RefusalReason {
  return typeof word === "string" && Object.hasOwn(REFUSAL_KINDS, word);
}
