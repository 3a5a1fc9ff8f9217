/** The text as it stands in a pattern of LIKE: what means something there means itself. */
export function likeText(text: string): string {
  return text.replace(/[\\%_]/g, (one) => `\\${one}`);
}

/** Matches whatever has the text somewhere. */
export function likeAnywhere(text: string): string {
  return `%${likeText(text)}%`;
}
