import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { whyNoHost } from "./host-root.ts";
import { NixosHost, type SystemPlan } from "./nixos-host.ts";

const why = whyNoHost();
if (why !== null) console.log(`skipped: the stand-in of switch-to-configuration: ${why}`);

/** Each property is a row of docs/stand-in.md, which names the statement of switch-to-configuration-ng that it is taken from. */
describe.skipIf(why !== null)(
  "the stand-in of switch-to-configuration behaves as the real one where we rely on it",
  () => {
    let nixos: NixosHost;
    let first: string;
    let second: string;

    const build = (plan: SystemPlan) => nixos.build({ programs: "/shared/idle", ...plan });
    const script = (toplevel: string) => `${toplevel}/bin/switch-to-configuration`;
    const run = (toplevel: string, action: string) => nixos.host.run(script(toplevel), [action]);
    const setProfile = (toplevel: string) =>
      nixos.host.must("nix-env", ["-p", "/nix/var/nix/profiles/system", "--set", toplevel]);
    const property = async (unit: string, name: string) =>
      (await nixos.host.must("systemctl", ["show", "-p", name, "--value", unit])).trim();
    const loader = () => nixos.host.must("cat", ["/boot/loader/loader.conf"]);

    beforeAll(async () => {
      nixos = await NixosHost.boot("trixie");
      // This is about the stand-in: programs that do nothing cannot be what makes a switch fail.
      mkdirSync(path.join(nixos.shared, "idle"));
      writeFileSync(path.join(nixos.shared, "idle/fiducial-agent.mjs"), "setInterval(() => {}, 1 << 30);");
      for (const name of ["fiducial-facts", "fiducial-activate"])
        writeFileSync(path.join(nixos.shared, "idle", `${name}.mjs`), "");
      first = await build({ version: "1" });
      second = await build({ version: "2" });
      await nixos.install(first);
    });
    afterAll(async () => {
      await nixos?.remove();
    });

    test("a closure is a system: the loader's generation boots it, with its own units", async () => {
      expect(await nixos.seen()).toEqual({ current: first, booted: first, profile: first });
      expect(await property("motor.service", "ActiveState")).toBe("active");
      expect(await property("safetyd.service", "ActiveState")).toBe("active");
      expect(await property("fiducial-activate.socket", "ActiveState")).toBe("active");
      expect(await nixos.host.must("nix-store", ["-q", "--requisites", first])).toContain("motor-daemon-1");
    });

    test("check changes nothing, dry-activate says what would happen and changes nothing", async () => {
      expect((await run(second, "check")).status).toBe(0);
      const dry = await run(second, "dry-activate");
      expect({ status: dry.status, said: dry.stderr }).toEqual({
        status: 0,
        said: expect.stringMatching(/would stop the following units: motor\.service/),
      });
      expect((await nixos.seen()).current).toBe(first);
    });

    test("the profile is nobody's business here: without it the new system gets no entry and no default", async () => {
      const before = await loader();
      expect((await run(second, "boot")).status).toBe(0);
      expect(await loader()).toBe(before);
    });

    test("boot installs the entry, makes it the default and touches no unit", async () => {
      const motor = await property("motor.service", "MainPID");
      await setProfile(second);
      expect((await run(second, "boot")).status).toBe(0);
      expect(await loader()).toContain("default nixos-generation-2.conf");
      expect(await nixos.seen()).toEqual({ current: first, booted: first, profile: second });
      expect(await property("motor.service", "MainPID")).toBe(motor);
    });

    test("an unfinished loader.conf of a run that was cut off ends the next, as in newer versions of the builder", async () => {
      await nixos.host.must("touch", ["/boot/loader/loader.tmp"]);
      expect((await run(second, "boot")).status).toBe(1);
      await nixos.host.must("rm", ["/boot/loader/loader.tmp"]);
      expect((await run(second, "boot")).status).toBe(0);
    });

    test("the lock does not wait: a second one fails at once", async () => {
      const held = await nixos.host.run("flock", [
        "/run/nixos/switch-to-configuration.lock",
        script(second),
        "switch",
      ]);
      expect({ status: held.status, said: held.stderr.trim() }).toEqual({
        status: 11,
        said: "Could not acquire lock",
      });
      expect((await nixos.seen()).current).toBe(first);
    });

    test("switch flips current-system before it starts units, restarts what changed and leaves the agent alone [ACT-8]", async () => {
      const before = {
        agent: await property("fiducial-agent.service", "MainPID"),
        safety: await property("safetyd.service", "MainPID"),
      };
      const other = await build({ version: "2", agent: "2", motor: "late" });
      await setProfile(other);
      const told = await nixos.host.run("sh", ["-c", `${script(other)} switch 2>&1; echo status $?`]);
      expect(told.stdout).toContain("NOT restarting the following changed units: fiducial-agent.service");
      expect(told.stdout).toContain("status 0");
      expect((await nixos.seen()).current).toBe(other);
      expect(await property("fiducial-agent.service", "MainPID")).toBe(before.agent);
      expect(await property("safetyd.service", "MainPID")).toBe(before.safety);
      const lines = told.stdout.split("\n");
      expect(lines.findIndex((line) => line.startsWith("stopping"))).toBeLessThan(
        lines.findIndex((line) => line.startsWith("activating")),
      );
      expect((await nixos.host.must("cat", ["/run/motor-started-under"])).trim()).toBe(other);
      await setProfile(first);
      expect((await run(first, "switch")).status).toBe(0);
    });

    test("0 is not given while a unit fails: 4, with the new system running", async () => {
      const sick = await build({ version: "3", safety: "failing" });
      await setProfile(sick);
      const switched = await run(sick, "switch");
      expect({ status: switched.status, said: switched.stderr }).toEqual({
        status: 4,
        said: expect.stringContaining("safetyd.service"),
      });
      expect((await nixos.seen()).current).toBe(sick);
      await setProfile(first);
      expect((await run(first, "switch")).status).toBe(0);
      expect(await property("safetyd.service", "ActiveState")).toBe("active");
    });

    test.each([
      { what: "a pre-switch check that fails", plan: { fails: "check" as const }, status: 1 },
      {
        what: "an activation script that fails",
        plan: { fails: "activate" as const },
        status: 2,
      },
      { what: "another init interface", plan: { init: "3" }, status: 100 },
    ])("$what: exit status $status", async ({ plan, status }) => {
      const system = await build({ version: "4", ...plan });
      await setProfile(system);
      expect((await run(system, "switch")).status).toBe(status);
      expect((await nixos.seen()).current).toBe(first);
      await setProfile(first);
      expect((await run(first, "switch")).status).toBe(0);
    });

    test("a switch inhibitor refuses a live switch and not a boot entry", async () => {
      const withDbus = await build({ version: "5", inhibitors: '{"dbus":"1"}' });
      await setProfile(withDbus);
      expect((await run(withDbus, "switch")).status).toBe(0);
      const other = await build({ version: "6", inhibitors: '{"dbus":"2"}' });
      await setProfile(other);
      expect((await run(other, "switch")).status).toBe(1);
      expect((await run(other, "boot")).status).toBe(0);
      await setProfile(first);
      expect((await run(first, "switch")).status).toBe(0);
    });

    test("what failed before is forgotten by a switch, and what an interrupted one had to start is started by the next", async () => {
      await nixos.host.run("systemd-run", ["--unit=was-broken", "/bin/false"]);
      await nixos.host.must("sh", [
        "-c",
        "systemctl stop motor.service; echo motor.service >/run/nixos/start-list",
      ]);
      expect((await run(first, "switch")).status).toBe(0);
      expect(await property("motor.service", "ActiveState")).toBe("active");
      expect(await property("was-broken.service", "LoadState")).toBe("not-found");
    });

    test("a one-shot entry is booted once, then the default again; a cut between leaves the default", async () => {
      await setProfile(second);
      expect((await run(second, "boot")).status).toBe(0);
      const entries = (await nixos.host.must("ls", ["/boot/loader/entries"])).trim().split("\n");
      const entryOf = async (toplevel: string) => {
        for (const entry of entries.toReversed())
          if (
            (await nixos.host.must("cat", [`/boot/loader/entries/${entry}`])).includes(
              `init=${toplevel}/init`,
            )
          )
            return entry;
        throw new Error(`no entry for ${toplevel}`);
      };
      const old = await entryOf(first);
      const bootctl = `${first}/sw/bin/bootctl`;
      await nixos.host.must("sed", ["-i", `s/^default .*/default ${old}/`, "/boot/loader/loader.conf"]);
      await nixos.host.must(bootctl, ["set-oneshot", await entryOf(second)]);
      await nixos.host.must("systemctl", ["--no-block", "reboot"]);
      await nixos.untilRebooted(0);
      expect((await nixos.seen()).booted).toBe(second);
      await nixos.cutPower();
      expect((await nixos.seen()).booted).toBe(first);
    });
  },
);
