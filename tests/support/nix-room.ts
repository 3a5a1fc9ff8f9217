import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A derivation of a fixture system: a store name, what it refers to, and files by name. */
export type Part = {
  name: string;
  needs?: readonly string[];
  files?: Readonly<Record<string, string>>;
  /** Bytes of filling. */
  filling?: number;
};

export type Ran = { status: number; stdout: string; stderr: string };

/** True where Nix and mount namespaces are at hand; tests that need them are skipped with a printed reason, and counted, where not. */
export function hasNixRooms(): boolean {
  const nix = spawnSync("nix-build", ["--version"], { stdio: "ignore" }).status === 0;
  const rooms = spawnSync("unshare", [...UNSHARE, "true"], { stdio: "ignore" }).status === 0;
  if (!nix) console.log("skipped: no nix");
  if (nix && !rooms) console.log("skipped: no mount namespaces");
  return nix && rooms;
}

const UNSHARE = [
  "--mount",
  "--propagation",
  "private",
  ...(process.getuid?.() === 0 ? [] : ["--map-root-user"]),
];

/**
 * A computer with a `/nix/store` of its own: programs run in a mount namespace where a folder lies on `/nix`, so that store paths are real
 * ones (a release names nothing else), and nothing of the machine that runs the tests is touched. `/nix` has to exist.
 */
export class NixRoom {
  readonly folder = mkdtempSync(join(tmpdir(), "fiducial-room-"));

  constructor() {
    mkdirSync(join(this.folder, "nix"));
    mkdirSync(join(this.folder, "conf"));
    writeFileSync(
      join(this.folder, "conf", "nix.conf"),
      "build-users-group =\nsandbox = false\nsubstituters =\nrequire-sigs = true\n",
    );
  }

  /** @param env added to the room's own */
  run(
    program: string,
    args: readonly string[],
    env: Record<string, string> = {},
    cwd = this.folder,
  ): Promise<Ran> {
    const inside = 'mount --bind "$0" /nix && exec "$@"';
    return new Promise((resolve) => {
      execFile(
        "unshare",
        [...UNSHARE, "sh", "-c", inside, join(this.folder, "nix"), program, ...args],
        {
          cwd,
          maxBuffer: 64 * 1024 * 1024,
          env: {
            NODE_ENV: "test",
            PATH: process.env.PATH,
            HOME: this.folder,
            NIX_REMOTE: "",
            NIX_CONF_DIR: join(this.folder, "conf"),
            ...env,
          },
        },
        (error, stdout, stderr) =>
          resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  }

  async mustRun(program: string, args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run(program, args);
    if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}: ${stderr}`);
    return stdout.trim();
  }

  /** Writes a Nix file whose value is the last part. Input-addressed derivations: no nixpkgs, no network, milliseconds. */
  write(file: string, parts: readonly Part[]): string {
    const path = join(this.folder, file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, expressionOf(parts));
    return path;
  }

  build(parts: readonly Part[]): Promise<string> {
    return this.mustRun("nix-build", [this.write("fixture.nix", parts), "--no-out-link"]);
  }

  remove(): void {
    spawnSync("chmod", ["-R", "u+w", this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function expressionOf(parts: readonly Part[]): string {
  const last = parts.at(-1);
  if (last === undefined) throw new Error("a system has at least one part");
  const bindings = parts.map(({ name, needs = [], files = {}, filling = 0 }) => {
    const references = needs.map((need) => `\${parts."${need}"}`).join(" ");
    const variables = Object.entries(files).map(
      ([, text], at) => `file${at} = ${JSON.stringify(text).replaceAll("${", "\\${")};`,
    );
    const writes = Object.keys(files).map(
      (file, at) => `mkdir -p "$out/$(dirname ${file})"; printf '%s' "$file${at}" > $out/${file};`,
    );
    return `"${name}" = derivation {
      name = "${name}";
      system = builtins.currentSystem or "x86_64-linux";
      builder = "/bin/sh";
      PATH = "/usr/bin:/bin";
      references = "${references}";
      ${variables.join("\n      ")}
      args = [ "-c" ''mkdir $out; echo "$name $references" > $out/references; head -c ${filling} /dev/zero > $out/filling; ${writes.join(" ")}'' ];
    };`;
  });
  return `let parts = {\n    ${bindings.join("\n    ")}\n  };\nin parts."${last.name}"\n`;
}
