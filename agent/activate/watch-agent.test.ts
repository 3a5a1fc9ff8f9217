import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { watchAgent } from "#agent/activate/watch-agent.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import type { System } from "#agent/system.ts";

let run: string;
let uptimeMs: number;
let active: string;
let calls: string[];
let system: System;
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), "fiducial-watch-"));
  uptimeMs = 1_000_000;
  active = "active";
  calls = [];
  system = {
    ...linuxSystem(),
    monotonicMs: () => uptimeMs,
    run: async (program, args) => {
      calls.push(`${program} ${args.join(" ")}`);
      return { ok: true, value: { status: 0, stdout: `${active}\n`, stderr: "" } };
    },
  };
});
afterEach(() => rmSync(run, { recursive: true, force: true }));

let signs = 0;
function giveSign(): void {
  signs += 1;
  const at = new Date(1_700_000_000_000 + signs * 1000);
  writeFileSync(join(run, "agent.alive"), "");
  utimesSync(join(run, "agent.alive"), at, at);
}
const watch = () => watchAgent(system, { run }, () => {});
const later = (ms: number) => {
  uptimeMs += ms;
};
const RESTART = "systemctl restart --no-block fiducial-agent.service";

describe("an agent that hangs is started anew [ACT-3]", () => {
  test("no change of its sign for more than 120 s, and not a moment sooner", async () => {
    giveSign();
    expect(await watch()).toBe("alive");
    later(120_000);
    expect(await watch()).toBe("silent");
    expect(calls).not.toContain(RESTART);
    later(1);
    expect(await watch()).toBe("restarted");
    expect(calls.filter((call) => call === RESTART)).toHaveLength(1);
    // The new one has its own two minutes.
    expect(await watch()).toBe("alive");
    later(120_000);
    expect(await watch()).toBe("silent");
  });

  test("one that never gave a sign is silent, too", async () => {
    expect(await watch()).toBe("alive");
    later(120_001);
    expect(await watch()).toBe("restarted");
  });

  test("one that lives costs no program, whatever the wall clock says", async () => {
    for (let minute = 0; minute < 10; minute += 1) {
      giveSign();
      expect(await watch()).toBe("alive");
      later(3_600_000);
    }
    expect(calls).toEqual([]);
  });

  test("one that a person stopped stays stopped, and has its time when it is started", async () => {
    giveSign();
    await watch();
    active = "inactive";
    later(600_000);
    expect(await watch()).toBe("stopped");
    active = "active";
    later(60_000);
    expect(await watch()).toBe("alive");
    expect(calls).not.toContain(RESTART);
  });

  test("a note that is damaged begins anew", async () => {
    giveSign();
    writeFileSync(join(run, "watch.json"), "{");
    expect(await watch()).toBe("alive");
  });
});
