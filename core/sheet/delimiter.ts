/** Spreadsheets write what their language separates by: the first line tells, since no column's name holds one of them. */
export function delimiterOf(text: string): string {
  const [head = ""] = text.split(/\r\n|\r|\n/, 1);
  const counts = [",", ";", "\t"].map((one) => ({ one, count: head.split(one).length }));
  return counts.reduce((most, next) => (next.count > most.count ? next : most)).one;
}
