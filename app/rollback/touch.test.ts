import { describe, expect, test } from "vitest";
import type { ScannerPage } from "#server/scanner/view.ts";
import { touchOf } from "./touch.ts";

function seen(
  link: string,
  safety: { link: string; last: { energised: boolean | null; scanState: string } | null } | null,
) {
  return {
    axes: { link: { value: link } },
    safety: safety === null ? null : { state: "observed", value: safety },
  } as unknown as ScannerPage;
}

const OFF = { energised: false, scanState: "idle" };

describe("whether a scanner may be touched is said only from what is heard now [SEE-14]", () => {
  test("a connected daemon on a live scanner speaks of the present", () => {
    expect(touchOf(seen("live", { link: "connected", last: OFF }))).toEqual({
      energised: false,
      scan: "idle",
    });
    expect(touchOf(seen("late", { link: "connected", last: { ...OFF, energised: true } }))).toEqual({
      energised: true,
      scan: "idle",
    });
  });

  test.each([
    ["an offline scanner", seen("offline", { link: "connected", last: OFF })],
    ["one that never reported", seen("never", null)],
    ["a silent daemon", seen("live", { link: "silent", last: OFF })],
    ["a daemon that said nothing yet", seen("live", { link: "connected", last: null })],
    ["one without a daemon", seen("live", null)],
  ])("of %s nothing is known", (_who, scanner) =>
    expect(touchOf(scanner)).toEqual({ energised: null, scan: null }),
  );

  test("what the daemon does not know stays unknown", () => {
    const last = { energised: null, scanState: "unknown" };
    expect(touchOf(seen("live", { link: "connected", last }))).toEqual({ energised: null, scan: null });
  });
});
