const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time as an address writes it, `90s`, `15m`, `2h`, `3d`, in milliseconds; null: it is none. */
export function spanMs(text: string): number | null {
  const found = /^([1-9]\d{0,3})([smhd])$/.exec(text);
  if (found === null) return null;
  return Number(found[1]) * UNITS[found[2] as keyof typeof UNITS];
}
