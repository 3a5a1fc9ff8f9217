/** Why the scanner does not let a change begin now (`blocked.<word>` on screens), the most telling first. */
export const GATES = [
  "scanning",
  "energised",
  "safety",
  "hold",
  "window",
  "consent",
  "postponed",
  "busy",
  "disk-full",
  "boot-partition-full",
  "boot-partition-unseen",
] as const;
export type Gate = (typeof GATES)[number];
