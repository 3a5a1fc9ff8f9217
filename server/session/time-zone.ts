import * as z from "zod";

/** An IANA time zone this machine knows. */
export const timeZoneSchema = z.string().max(64).refine(isTimeZone);

function isTimeZone(name: string): boolean {
  try {
    // Offsets such as +02:00 are zones to Intl and not to people: they know no summer time.
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat("en", { timeZone: name }) !== null;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
