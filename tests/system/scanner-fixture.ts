import { readFileSync } from "node:fs";
import path from "node:path";
import type { ScannerId } from "#core/identity/identity.ts";
import { approve, type Portal } from "#tests/support/portal.ts";
import type { Debian } from "./host-root.ts";
import { type ScannerHost, scannerHost } from "./scanner-host.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const SAFETY_CONTROL = "/run/safetyd.control";
export const LANGUAGES = {
  python: "/usr/bin/python3 /opt/safety/safetyd.py",
  perl: "/usr/bin/perl /opt/safety/safetyd.pl",
} as const;
export type Language = keyof typeof LANGUAGES;

/** A toplevel with one dependency, input-addressed, in the host's own store; the version makes two of them differ. */
const SYSTEM_NIX = `{ version }:
let
  sh = name: script: derivation { inherit name; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/usr/bin:/bin"; args = [ "-c" script ]; };
  motor = sh "motor-daemon-\${version}" "mkdir -p $out/bin; echo \${version} >$out/bin/motor; echo some bytes >$out/data";
in sh "nixos-system-scanner-\${version}" "mkdir -p $out; ln -s \${motor} $out/sw; echo \${version} >$out/nixos-version"`;

/**
 * A scanner as a whole: systemd, Nix with a system profile, a motor service, a safety daemon under a watchdog, and the agent with the
 * units that the project ships. What says "NixOS" in /etc/os-release is written by this fixture; everything else is real.
 */
export type ScannerFixture = {
  host: ScannerHost;
  serial: string;
  build(version: string): Promise<string>;
  switchTo(toplevel: string): Promise<void>;
  safety(command: string): Promise<void>;
  speak(language: Language): Promise<void>;
  enrol(portal: Portal): Promise<ScannerId>;
};

export async function scannerFixture(debian: Debian, serial: string): Promise<ScannerFixture> {
  const agent = `${path.join(ROOT, "dist/agent")}:/opt/fiducial`;
  const safety = `${path.join(ROOT, "tests/fixtures/safety-daemons")}:/opt/safety`;
  const host = await scannerHost(debian, { bind: [agent, safety] });
  await prepare(host);
  return {
    host,
    serial,
    build: async (version) => {
      await host.write("/root/system.nix", SYSTEM_NIX);
      const built = await host.must("nix-build", [
        "/root/system.nix",
        "--argstr",
        "version",
        version,
        "--no-out-link",
      ]);
      return built.trim();
    },
    switchTo: async (toplevel) => {
      await host.must("nix-env", ["-p", "/nix/var/nix/profiles/system", "--set", toplevel]);
      await host.must("ln", ["-sfn", toplevel, "/run/current-system"]);
    },
    safety: async (command) => {
      await host.must("timeout", ["5", "sh", "-c", `echo "$1" >${SAFETY_CONTROL}`, "sh", command]);
    },
    speak: (language) => speak(host, language),
    enrol: (portal) => enrol(host, serial, portal),
  };
}

async function prepare(host: ScannerHost): Promise<void> {
  await host.write(
    "/etc/os-release",
    'ID=nixos\nNAME=NixOS\nVERSION_ID="26.05"\nPRETTY_NAME="NixOS 26.05"\n',
  );
  await host.write("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
  const settings = [
    "build-users-group =",
    "sandbox = false",
    "substituters =",
    "experimental-features = nix-command",
  ];
  await host.write("/etc/nix/nix.conf", `${settings.join("\n")}\n`);
  await host.must("useradd", ["--system", "--user-group", "--no-create-home", "fiducial"]);
  await host.write("/etc/tmpfiles.d/fiducial.conf", unitText("fiducial.tmpfiles.in"));
  await host.must("systemd-tmpfiles", ["--create", "/etc/tmpfiles.d/fiducial.conf"]);
  for (const unit of [
    "fiducial-agent.service",
    "fiducial-facts.service",
    "fiducial-facts.path",
    "fiducial-verify.service",
  ]) {
    await host.write(`/etc/systemd/system/${unit}`, unitText(`${unit}.in`));
  }
  // systemd-nspawn mounts the host's own boot id over a file in /proc/sys; two of the unit's protections would show the machine's instead.
  await host.write(
    "/etc/systemd/system/fiducial-agent.service.d/boot-id.conf",
    "[Service]\nProtectKernelTunables=no\nProtectControlGroups=no\n",
  );
  await host.write(
    "/etc/systemd/system/motor.service",
    "[Unit]\nDescription=Motor controller\n[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n",
  );
  await host.must("systemctl", ["daemon-reload"]);
  await host.must("systemctl", ["enable", "--now", "motor.service"]);
}

function unitText(name: string): string {
  const text = readFileSync(path.join(ROOT, "nix/units", name), "utf8");
  return text.replaceAll("@node@", "/usr/local/bin/node").replaceAll("@agent@", "/opt/fiducial");
}

/** Starts the safety daemon written in this language as the unit safetyd.service, under systemd's watchdog. */
async function speak(host: ScannerHost, language: Language): Promise<void> {
  const command = `${LANGUAGES[language]} --socket /run/fiducial/safety.sock --control ${SAFETY_CONTROL} --group fiducial`;
  const service = ["Type=notify", "WatchdogSec=4", "Restart=always", "RestartSec=1", `ExecStart=${command}`];
  const unit = `[Unit]\nDescription=Safety daemon\nStartLimitIntervalSec=0\n[Service]\n${service.join("\n")}\n`;
  await host.write("/etc/systemd/system/safetyd.service", unit);
  await host.must("systemctl", ["daemon-reload"]);
  await host.must("systemctl", ["restart", "safetyd.service"]);
}

async function enrol(host: ScannerHost, serial: string, portal: Portal): Promise<ScannerId> {
  const [site] = await portal.api.site.list.query();
  if (site === undefined) throw new Error("the installation has no site");
  const { token, serverFingerprint } = await portal.api.enrolment.createToken.mutate({
    siteId: site.siteId,
    serial,
  });
  await host.must("install", ["-d", "-o", "fiducial", "-g", "fiducial", "-m", "0700", "/var/lib/fiducial"]);
  await host.must("runuser", [
    ...["-u", "fiducial", "--", "node", "/opt/fiducial/fiducial.mjs", "enroll", "--server", portal.url],
    ...["--token", token, "--fingerprint", serverFingerprint, "--state", "/var/lib/fiducial"],
  ]);
  await host.must("systemctl", ["start", "fiducial-facts.service"]);
  await host.must("systemctl", ["enable", "--now", "fiducial-facts.path", "fiducial-agent.service"]);
  return await approve(portal, serial);
}
