import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SignedWorld, signedWorld } from "#tests/integration/signed-world.ts";
import { hasNixRooms, NixRoom } from "#tests/support/nix-room.ts";
import { blocksOf } from "#tests/support/page-commands.ts";

const hasTerminals = spawnSync("script", ["--version"], { stdio: "ignore" }).status === 0;
if (!hasTerminals) console.log("skipped: no script(1)");
const ready = hasNixRooms() && hasTerminals;

/** As a person has it: a flake with one configuration; `version` is what they change. */
const FLAKE = `{
  outputs = { self }: {
    nixosConfigurations.nova.config.system.build.toplevel = derivation {
      name = "nixos-system-nova-\${builtins.readFile ./version}";
      system = "x86_64-linux";
      builder = "/bin/sh";
      PATH = "/usr/bin:/bin";
      trust = ./trust;
      args = [ "-euc" "mkdir $out; cp $trust/*.json $out/" ];
    };
  };
}
`;

describe.skipIf(!ready)("docs/solo.md, typed as it stands [SIG-1, SIG-8]", () => {
  let world: SignedWorld;
  let room: NixRoom;
  const clone = () => join(room.folder, "clone");
  const configuration = () => join(room.folder, "my-scanner-configuration");

  beforeAll(async () => {
    world = await signedWorld();
    room = new NixRoom();
    const { buildStation } = await import("../../scripts/build-station.mjs");
    await buildStation(join(clone(), "dist/cli"));
    symlinkSync(world.server.dataFolder, join(clone(), ".data"));
    mkdirSync(configuration());
    writeFileSync(join(configuration(), "flake.nix"), FLAKE);
    writeFileSync(join(room.folder, "passphrase"), "correct horse battery staple\n", { mode: 0o600 });
  });
  afterAll(async () => {
    room.remove();
    await world.close();
  });

  /** In one terminal that begins in the clone; the port is the only word that is not the page's. Every question is answered with yes. */
  async function type(commands: string): Promise<{ status: number; shown: string }> {
    const lines = [
      "shopt -s expand_aliases",
      "set -e",
      commands.replaceAll("http://127.0.0.1:3000", world.server.url),
    ];
    writeFileSync(join(room.folder, "typed.sh"), lines.join("\n"));
    const typed = `echo yes | script -qefc "bash ${room.folder}/typed.sh" /dev/null`;
    const env = { FIDUCIAL_PASSPHRASE_FILE: join(room.folder, "passphrase") };
    const { status, stdout, stderr } = await room.run("bash", ["-c", typed], env, clone());
    return { status, shown: stdout + stderr };
  }

  test("its commands lead from nothing to a release that the server serves and a scanner believes, and the next is one command", async () => {
    const [start = "", once = "", each = ""] = blocksOf("docs/solo.md", "sh");
    expect(start).toMatch(/^npm start -- --empty\b/);
    writeFileSync(join(configuration(), "version"), "1");
    const first = await type(once + each);
    expect(first.status, first.shown).toBe(0);
    expect(first.shown).toContain(`Scanners see list 1 at ${world.server.url}`);
    for (const name of ["release", "director"])
      expect(readFileSync(join(configuration(), "trust", `${name}.root.json`))).toEqual(
        readFileSync(join(world.server.dataFolder, "repository/first-root", `${name}.root.json`)),
      );

    writeFileSync(join(configuration(), "version"), "2");
    const [again = ""] = /^alias .*\nexport .*\n/m.exec(once) ?? [];
    const second = await type(`${again}${each}fiducial verify ${world.server.url}\n`);
    expect(second.status, second.shown).toBe(0);
    expect(second.shown).toContain("~ nixos-system-nova 1 -> 2");
    expect(second.shown).toMatch(
      /signed by anna \(1 needed\)\s+r2: counter 2, floor 0\s+r1: counter 1, floor 0\s+everything verifies/,
    );
  });
});
