import type { RepositoryRefreshed } from "#agent/trust/refresh-repository.ts";
import type { SignerAnswer, SignerRefusal } from "#core/trust/signer-verbs.ts";

/** The one error of the signer's edge: something is not signed, and the word says why. */
export class SignerRefused extends Error {
  readonly code: SignerRefusal;
  readonly waitMs: number | undefined;

  constructor(code: SignerRefusal, detail: string, waitMs?: number) {
    super(detail);
    this.name = "SignerRefused";
    this.code = code;
    this.waitMs = waitMs;
  }

  get answer(): SignerAnswer {
    const base = { ok: false, refused: this.code, detail: this.message.slice(0, 500) } as const;
    return this.waitMs === undefined ? base : { ...base, waitMs: this.waitMs };
  }
}

/** Why a look at a repository failed, as one line. */
export function whyNot(looked: Exclude<RepositoryRefreshed, { ok: true }>): string {
  if ("refusal" in looked) {
    const { refused, where, detail } = looked.refusal;
    return `${refused} (${where}): ${detail}`;
  }
  const { name, problem, detail } = looked.unreached;
  return `${name} ${problem}: ${detail}`;
}
