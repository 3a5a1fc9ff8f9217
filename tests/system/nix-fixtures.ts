import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One derivation of a fixture closure: a store name, what it refers to, and the text its only file holds. */
export type FixturePath = { name: string; needs?: readonly string[]; content?: string };

/** True where this machine has Nix; tests that need it are skipped with a printed reason, and counted, where it has not. */
export function hasNix(): boolean {
  const there = spawnSync("nix-build", ["--version"], { stdio: "ignore" }).status === 0;
  if (!there) console.log("skipped: no nix");
  return there;
}

/** A Nix store of its own, with database and profiles (reliability.md §3.4). */
export class NixStore {
  readonly folder = mkdtempSync(join(tmpdir(), "fiducial-nix-"));
  readonly store = join(this.folder, "store");
  readonly state = join(this.folder, "state");
  readonly profiles = join(this.state, "profiles");
  /** Stands for `/run`: current-system and booted-system. */
  readonly links = join(this.folder, "run");
  readonly env: NodeJS.ProcessEnv & Record<string, string | undefined>;

  constructor() {
    const conf = join(this.folder, "conf");
    for (const one of [this.store, this.profiles, conf, this.links]) mkdirSync(one, { recursive: true });
    writeFileSync(join(conf, "nix.conf"), "build-users-group =\nsandbox = false\nsubstituters =\n");
    this.env = {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      HOME: this.folder,
      NIX_REMOTE: "",
      NIX_STORE_DIR: this.store,
      NIX_STATE_DIR: this.state,
      NIX_LOG_DIR: join(this.folder, "log"),
      NIX_CONF_DIR: conf,
    };
  }

  /**
   * Builds the last path with all it needs, as raw input-addressed derivations: no nixpkgs, no network, a few milliseconds.
   * What `perturb` left is no input of the build, so it gives a path of the same name other content.
   */
  build(paths: readonly FixturePath[]): string {
    const expression = join(this.folder, "fixture.nix");
    writeFileSync(expression, expressionOf(paths, this.folder));
    return this.run("nix-build", [expression, "--no-out-link"]).trim();
  }

  /** Text that builders add although no derivation knows it: an impure build, as a damaged or hostile builder makes. */
  perturb(text: string): void {
    writeFileSync(join(this.folder, "perturb"), text);
  }

  /** Makes the next generation of the system profile. */
  setProfile(path: string): void {
    this.run("nix-env", ["--profile", join(this.profiles, "system"), "--set", path]);
  }

  /** Makes a link, or points it elsewhere. */
  link(at: string, target: string): void {
    rmSync(at, { force: true });
    symlinkSync(target, at);
  }

  run(program: string, args: readonly string[]): string {
    return execFileSync(program, args, {
      env: this.env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  remove(): void {
    execFileSync("chmod", ["-R", "u+w", this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function expressionOf(paths: readonly FixturePath[], folder: string): string {
  const last = paths.at(-1);
  if (last === undefined) throw new Error("a closure has at least one path");
  const bindings = paths.map(({ name, needs = [], content = name }) => {
    const references = needs.map((need) => `\${paths."${need}"}`).join(" ");
    return `"${name}" = make "${name}" ''${content} ${references}'';`;
  });
  return `let
  make = name: content: derivation {
    inherit name content;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    PATH = "/usr/bin:/bin";
    args = [ "-c" "mkdir $out; printf '%s' \\"$content\\" > $out/content; cat ${folder}/perturb 2>/dev/null >> $out/content; printf run > $out/tool; chmod +x $out/tool; ln -s content $out/link" ];
  };
  paths = {
    ${bindings.join("\n    ")}
  };
in paths."${last.name}"
`;
}
