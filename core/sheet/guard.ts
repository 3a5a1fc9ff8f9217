/**
 * A spreadsheet takes a cell that begins like this for a formula and runs it (CWE-1236); full-width signs count for it too. Such a
 * cell is written with an apostrophe in front, and so is one that begins with an apostrophe, so that reading takes away exactly what
 * writing put there.
 */
const BEGINS_LIKE_A_FORMULA = /^['=+\-@\t\r＝＋－＠]/;

export function guardCell(text: string): string {
  return BEGINS_LIKE_A_FORMULA.test(text) ? `'${text}` : text;
}

/** An apostrophe before anything else was typed by somebody and stays. */
export function unguardCell(cell: string): string {
  return cell.startsWith("'") && BEGINS_LIKE_A_FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
}
