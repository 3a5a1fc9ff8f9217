import fc from "fast-check";
import { expect, test } from "vitest";
import { fieldMoment, fieldText, readMoment } from "./moment.ts";

const MINUTE = 60_000;
const ZONES = [
  "UTC",
  "Europe/Berlin",
  "Australia/Adelaide",
  "Asia/Kathmandu",
  "Pacific/Auckland",
  "America/St_Johns",
];

test("what the date field shows is the moment it means, to the minute, in every zone [UI-2]", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 20_000_000, max: 31_000_000 }).map((minutes) => minutes * MINUTE),
      fc.constantFrom(...ZONES),
      (ms, zone) => {
        const read = fieldMoment(fieldText(ms, zone), zone) ?? Number.NaN;
        // An hour that comes twice is the first of the two; everything else is itself.
        expect([0, 30 * MINUTE, 60 * MINUTE]).toContain(ms - read);
        expect(fieldText(read, zone)).toBe(fieldText(ms, zone));
      },
    ),
  );
});

test("the hour that comes twice in autumn is its first, the one that is jumped over in spring the one after [UI-2]", () => {
  expect(fieldMoment("2026-10-25T02:30", "Europe/Berlin")).toBe(Date.parse("2026-10-25T00:30:00Z"));
  expect(fieldMoment("2026-03-29T02:30", "Europe/Berlin")).toBe(Date.parse("2026-03-29T01:30:00Z"));
  expect(fieldMoment("2026-03-29", "Europe/Berlin")).toBeNull();
});

test("an address carries a moment or none, never a wrong one [UI-2]", () => {
  expect(readMoment("2026-10-01T12:00:00Z")).toBe(Date.parse("2026-10-01T12:00:00Z"));
  for (const raw of [
    "yesterday",
    "2026-10-01",
    "",
    undefined,
    "9999-99-99T00:00:00Z",
    "1969-01-01T00:00:00Z",
  ])
    expect(readMoment(raw)).toBeNull();
});
