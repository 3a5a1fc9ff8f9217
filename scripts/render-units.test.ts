import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { changeSettingsSchema } from "#core/change/settings.ts";
import { manifestSchema } from "#core/manifest/item.ts";
import { PROBE_KINDS } from "#core/manifest/kinds.ts";
import { healthContractSchema } from "#core/release/release.ts";
import { committedUnits, evaluate, renderUnits, whyNotRendered } from "./render-units.mjs";

/** What nobody said anything about is as the options' defaults say. */
const BARE = "{ services.fiducial.enable = true; }";
const units = committedUnits();
const lines = (name: string) => (units[name] ?? "").split("\n");

/** The agent, the activator and the guard: a switch that stopped one of them would cut off what watches it or carries it out. */
const UNTOUCHED = ["fiducial-agent.service.in", "fiducial-activate.service.in", "fiducial-guard.service.in"];

describe("what the committed units promise", () => {
  test.each(UNTOUCHED)("a switch leaves %s alone [ACT-8]", (name) => {
    expect(lines(name)).toEqual(
      expect.arrayContaining(["X-RestartIfChanged=false", "X-StopIfChanged=false", "X-StopOnRemoval=false"]),
    );
  });

  test("whoever is root has no network, and whoever has the network is not root [ACT-9]", () => {
    for (const name of Object.keys(units).filter((one) => one.endsWith(".service.in"))) {
      const unprivileged = lines(name).includes("User=fiducial");
      const families = lines(name).filter((line) => line.startsWith("RestrictAddressFamilies="));
      expect({ name, families }).toEqual({
        name,
        families: [`RestrictAddressFamilies=AF_UNIX${unprivileged ? " AF_INET AF_INET6" : ""}`],
      });
      if (unprivileged)
        expect(lines(name)).toEqual(
          expect.arrayContaining(["CapabilityBoundingSet=", "NoNewPrivileges=true"]),
        );
    }
  });

  test("the activator's folder is closed, and only the agent's group may ask it [ACT-9, N-04]", () => {
    expect(lines("fiducial-activate.service.in")).toContain("StateDirectoryMode=0700");
    expect(lines("fiducial-activate.socket.in")).toEqual(
      expect.arrayContaining(["SocketMode=0660", "SocketUser=root", "SocketGroup=fiducial"]),
    );
  });
});

const why = whyNotRendered();
if (why !== null) console.log(`skipped: rendering the units: ${why}`);

describe.skipIf(why !== null)("nix/modules with the real lib.evalModules", () => {
  const SCANNER = `{
    boot.kernelModules = [ "motor-can" ];
    boot.loader.systemd-boot.enable = true;
    systemd.services.daq = { wantedBy = [ "multi-user.target" ]; serviceConfig.ExecStart = "/bin/daq"; };
    services.fiducial = {
      enable = true;
      server = "https://fiducial.example.org";
      changes = {
        enable = true;
        model = "FM-25";
        trust = { release = /etc/one.json; director = /etc/two.json; };
        neverBetween = [ { from = "07:00"; to = "19:00"; } ];
      };
    };
  }`;

  test("the committed units are the rendered ones, not one more and not one less", () => {
    expect(renderUnits()).toEqual(units);
  });

  test("changes are off unless somebody enables them [ACT-9]", () => {
    const etc = evaluate("etc", BARE) as Record<string, string>;
    expect(JSON.parse(etc["fiducial/changes.json"] ?? "")).toMatchObject({
      enable: false,
      consent: "needed",
    });
    expect(Object.keys(etc)).toEqual(["fiducial/agent.json", "fiducial/changes.json"]);
  });

  test("the scanner's own page is off unless somebody enables it, and then answers on the loopback alone [LOC-1]", () => {
    const bare = Object.keys(evaluate("units", BARE) as object);
    expect(bare.filter((name) => /page|local/.test(name))).toEqual([]);
    expect(units["fiducial-page.socket.in"]).toMatch(/^ListenStream=127\.0\.0\.1:7420$/m);
    expect(units["fiducial-page.service.in"]).toMatch(/^User=fiducial-page$/m);
    expect(units["fiducial-local.socket.in"]).toMatch(/^SocketGroup=fiducial-page\nSocketMode=0660$/m);
    const etc = evaluate("etc") as Record<string, string>;
    expect(JSON.parse(etc["fiducial/page.json"] ?? "")).toEqual({
      hosts: ["127.0.0.1:7420", "localhost:7420"],
    });
  });

  test("enabled, they name model, window, boot loader and both first roots", () => {
    const etc = evaluate("etc", SCANNER) as Record<string, string>;
    expect(changeSettingsSchema.parse(JSON.parse(etc["fiducial/changes.json"] ?? ""))).toMatchObject({
      enable: true,
      model: "FM-25",
      bootLoader: "systemd-boot",
      caches: ["https://fiducial.example.org/agent/v1/cache"],
      neverBetween: [{ from: "07:00", to: "19:00" }],
    });
    expect(etc["fiducial/trust/release.root.json"]).toBe("/etc/one.json");
    expect(etc["fiducial/trust/director.root.json"]).toBe("/etc/two.json");
  });

  test("the example configuration is one that this module takes", () => {
    // Options of NixOS that only the example sets are beside the point here.
    const example = `{ imports = [ ${join(import.meta.dirname, "../nix/examples/scanner.nix")} ]; _module.check = false; }`;
    const manifest = manifestSchema.parse(JSON.parse(evaluate("expected", example) as string));
    expect(manifest.items.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        "module.can_raw",
        "nix.require-sigs",
        "unit.daq.service",
        "unit.motors.service",
      ]),
    );
    const etc = evaluate("etc", example) as Record<string, string>;
    expect(JSON.parse(etc["fiducial/changes.json"] ?? "")).toMatchObject({
      enable: true,
      hardwareRevision: "C",
    });
  });

  test("enabled without roots or model, the configuration is refused", () => {
    const without = "{ services.fiducial = { enable = true; changes.enable = true; }; }";
    expect(() => evaluate("etc", without)).toThrow(/needs both first roots[\s\S]*does not know its model/);
    const wrong =
      '{ services.fiducial = { enable = true; changes.neverBetween = [ { from = "7"; to = "8"; } ]; }; }';
    expect(() => evaluate("etc", wrong)).toThrow(/neverBetween/);
  });

  test("the expected state and the health contract are what the release takes, from the same configuration [EXP-1, ACT-3]", () => {
    const manifest = manifestSchema.parse(JSON.parse(evaluate("expected", SCANNER) as string));
    const ids = manifest.items.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining([
        "module.motor_can",
        "unit.daq.service",
        "unit.fiducial-agent.service",
        "safety.link",
      ]),
    );
    expect(ids).not.toContain("unit.fiducial-facts.service");
    for (const { kind, args } of manifest.items) {
      const probe = PROBE_KINDS[kind as keyof typeof PROBE_KINDS];
      expect(probe.args.safeParse(args).success).toBe(true);
    }
    expect(healthContractSchema.parse(JSON.parse(evaluate("health", SCANNER) as string))).toMatchObject({
      safety: "required",
      modulesLoaded: ["motor_can"],
      budgets: { probationMs: 300_000 },
    });
    expect(evaluate("extraSystemBuilderCmds", SCANNER)).toContain("$out/fiducial/expected.json");
  });
});
