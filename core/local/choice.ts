/** What a person at the scanner can say of a change that waits. Without a schema, because a program's options name them, too. */
export const CHOICES = ["now", "tonight", "not-today"] as const;
export type Choice = (typeof CHOICES)[number];
