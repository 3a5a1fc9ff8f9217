/** How people file scanners: short words, compared without regard to case. */
export const MAX_TAGS = 20;
export const MAX_TAG_LENGTH = 32;

/** Letters and digits of any script, and the marks that stand inside names; no blanks, so that tags can be listed with blanks between. */
const TAG = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._:/-]*$/u;

/** The one spelling of a tag; null: what was typed is none. Blanks inside become hyphens. */
export function tagOf(typed: string): string | null {
  const tag = typed.normalize("NFC").trim().toLowerCase().replace(/\s+/g, "-");
  return tag.length <= MAX_TAG_LENGTH && TAG.test(tag) ? tag : null;
}

export type TagChange = { ok: true; tags: string[] } | { ok: false; refused: "too-many-tags" };

/** What a scanner's tags become; a tag that is both added and taken away is added. Sorted, each once. */
export function changeTags(
  has: readonly string[],
  change: { add: readonly string[]; remove: readonly string[] },
): TagChange {
  const kept = has.filter((tag) => !change.remove.includes(tag));
  const tags = [...new Set([...kept, ...change.add])].sort();
  return tags.length <= MAX_TAGS ? { ok: true, tags } : { ok: false, refused: "too-many-tags" };
}
