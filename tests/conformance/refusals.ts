import type { Answer } from "#tests/conformance/answer.ts";

type Refused = Extract<Answer, { answer: "refused" }>;
type Shape = { refused: Refused["refused"]; where: RegExp; detail: RegExp; why: string };

/**
 * The closed list of what TUF takes and a scanner refuses (docs/decisions/0027-narrower-than-tuf.md). A word such as `wrong-metadata`
 * stands for many things, so each reason also says in which file and at which field.
 */
export const REASONS = {
  delegation: {
    refused: "delegation",
    where: /^release (snapshot|targets)$/,
    detail: /^(names .+ beside targets\.json|targets hand their authority on)$/,
    why: "nobody may hand the authority over a scanner on",
  },
  "other-key-type": {
    refused: "wrong-metadata",
    where: /^release root$/,
    detail: /^keys\.[0-9a-f]{64}\.keytype: /,
    why: "keys are Ed25519",
  },
  "key-with-further-fields": {
    refused: "wrong-metadata",
    where: /^release root$/,
    detail: /^keys\.[0-9a-f]{64}: Unrecognized key/,
    why: "a key has one spelling, so one key has one id",
  },
  "file-without-length": {
    refused: "wrong-metadata",
    where: /^release timestamp$/,
    detail: /^meta\.snapshot\.json\.(length|hashes): .+ received undefined$/,
    why: "a second file of the same version is told by its hash",
  },
  "target-without-sha256": {
    refused: "wrong-metadata",
    where: /^release targets$/,
    detail: /^targets\..+\.hashes\.sha256: .+ received undefined$/,
    why: "every file has the same kind of hash, and is named by it",
  },
  "threshold-above-keys": {
    refused: "wrong-metadata",
    where: /^release root$/,
    detail: /^role \w+ wants \d+ of \d+ keys$/,
    why: "a root under which a role could never sign again is refused itself",
  },
} as const satisfies Record<string, Shape>;
export type Reason = keyof typeof REASONS;

export function reasonOf(answer: Refused): Reason | null {
  const names = Object.keys(REASONS) as Reason[];
  const fits = ({ refused, where, detail }: Shape) =>
    refused === answer.refused && where.test(answer.where) && detail.test(answer.detail);
  return names.find((name) => fits(REASONS[name])) ?? null;
}
