import { describe, expect, test } from "vitest";
import { distanceText } from "./duration.ts";
import { absoluteText, isTimeZone, wall } from "./zone.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("a distance is said in two units", () => {
  test("a distance on the time axis keeps its second unit", () => {
    expect(distanceText(4 * MINUTE + 1_000, "en")).toBe("4 min 1 s");
    expect(distanceText(2 * MINUTE, "en")).toBe("2 min");
    expect(distanceText(25 * HOUR, "de")).toBe("1 Tag 1 h");
  });
});

describe("a wall clock names its zone and follows it through daylight saving", () => {
  const spring = Date.UTC(2026, 2, 29, 0, 59, 59);

  test("Berlin skips an hour on 2026-03-29", () => {
    expect(wall(spring, "Europe/Berlin", "en")).toMatchObject({ time: "01:59:59", zone: "CET" });
    expect(wall(spring + 1_000, "Europe/Berlin", "en")).toMatchObject({ time: "03:00:00", zone: "CEST" });
  });

  test.each([
    ["Asia/Kathmandu", "06:44", "GMT+5:45"],
    ["Australia/Adelaide", "11:29", "GMT+10:30"],
    ["UTC", "00:59", "UTC"],
  ])("%s", (zone, minute, name) => expect(wall(spring, zone, "en")).toMatchObject({ minute, zone: name }));

  test("the day is named as soon as it is not today there", () => {
    const now = Date.UTC(2026, 10, 12, 13, 7, 12);
    expect(absoluteText(now - 40_000, now, "Europe/Berlin", "en")).toBe("14:06:32 CET");
    expect(absoluteText(now - 26 * HOUR, now, "Europe/Berlin", "en")).toBe("Wed 11 Nov, 12:07:12 CET");
    expect(absoluteText(now - 26 * HOUR, now, "Europe/Berlin", "de")).toBe("Mi 11. Nov, 12:07:12 MEZ");
  });

  test("an invented zone is recognised as such", () => {
    expect(isTimeZone("Europe/Berlin")).toBe(true);
    expect(isTimeZone("Mars/Olympus")).toBe(false);
  });
});
