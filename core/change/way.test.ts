import { expect, test } from "vitest";
import { NEW, OLD } from "#core/change/example-plan.ts";
import { judgeSwitch } from "#core/change/switch-exit.ts";
import { rebootReasons, type SwitchFacts, wayOf } from "#core/change/way.ts";

const facts = (toplevel: string, words: Partial<SwitchFacts> = {}): SwitchFacts => ({
  toplevel,
  kernel: "/nix/store/k/bzImage",
  initrd: "/nix/store/i/initrd",
  "kernel-modules": "/nix/store/m",
  systemd: "/nix/store/s",
  "dbus-unit": "/nix/store/d",
  inhibitors: null,
  ...words,
});

test("a scanner boots into a change unless it allows more and nothing speaks against it [ACT-1]", () => {
  const [target, running] = [facts(NEW), facts(OLD)];
  expect(wayOf({ target, running, booted: running }, false)).toBe("reboot");
  expect(wayOf({ target, running, booted: running }, true)).toBe("live");
  expect(wayOf({ target: running, running, booted: running }, false)).toBe("none");
  expect(wayOf({ target: facts(NEW, { kernel: "other" }), running, booted: running }, true)).toBe("reboot");
});

test("kernel parts are compared with what was booted, systemd and D-Bus with what runs", () => {
  const booted = facts(OLD);
  expect(rebootReasons(facts(NEW, { initrd: "x" }), facts(OLD, { initrd: "x" }), booted)).toEqual(["initrd"]);
  expect(rebootReasons(facts(NEW, { systemd: "x" }), facts(OLD, { systemd: "x" }), booted)).toEqual([]);
  expect(rebootReasons(facts(NEW, { "dbus-unit": null }), facts(OLD), booted)).toEqual(["dbus-unit"]);
});

test("switch inhibitors count where both have them and they differ", () => {
  const target = facts(NEW, { inhibitors: { gpu: "2", fresh: "1" } });
  const running = facts(OLD, { inhibitors: { gpu: "1", gone: "1" } });
  expect(rebootReasons(target, running, running)).toEqual(["inhibitor gpu"]);
  expect(rebootReasons(target, facts(OLD), facts(OLD))).toEqual([]);
});

test("each exit status of switch-to-configuration [F14]", () => {
  const judged = (status: number | null, newlyFailed: string[] = []) =>
    judgeSwitch({ status, newlyFailed }).kind;
  expect(judged(0)).toBe("switched");
  expect(judged(4)).toBe("switched");
  expect(judged(4, ["daq.service"])).toBe("failed");
  expect(judged(100)).toBe("needs-reboot");
  expect(judged(11)).toBe("locked");
  for (const status of [1, 2, 101, null]) expect(judged(status)).toBe("failed");
});
