const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far a zone's clocks are ahead of UTC at a moment, milliseconds; summer time as the zone has it on that day. */
export function offsetMs(timeZone: string, atMs: number): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset", hourCycle: "h23" });
    formats.set(timeZone, format);
  }
  const name = format.formatToParts(atMs).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign = "+", hours = "0", minutes = "0"] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}

/** The first moment after `afterMs` at which the zone's clocks show the time given in minutes after midnight. */
export function nextLocal(timeZone: string, afterMs: number, minuteOfDay: number): number {
  const offset = offsetMs(timeZone, afterMs);
  const midnight = Math.floor((afterMs + offset) / DAY_MS) * DAY_MS - offset;
  const today = midnight + minuteOfDay * MINUTE_MS;
  const wanted = today > afterMs ? today : today + DAY_MS;
  // Clocks may have been put forward or back in between.
  return wanted + offset - offsetMs(timeZone, wanted);
}
