import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { narFileName, narinfoName, narinfoText } from "#core/closure/narinfo.ts";
import { storePathSchema } from "#core/closure/store-path.ts";
import { type SignedInstallation, storePath, type TestPath } from "#tests/support/signed-release.ts";
import { sha256 } from "#tests/support/signed-repository.ts";

/** Archives of a made closure: bytes by store path. */
export function madeNars(name: string, sizes: readonly [number, number] = [70_000, 3_000_000]) {
  const [top, library] = [storePath(`system-${name}`), storePath(`lib-${name}`)];
  const bytesOf = (path: string, size: number) => Buffer.alloc(size, sha256(path));
  const nars = new Map([
    [top, bytesOf(top, sizes[0])],
    [library, bytesOf(library, sizes[1])],
  ]);
  const path = (one: string, references: string[]): TestPath => {
    const bytes = nars.get(one) ?? Buffer.alloc(0);
    return { path: one, narHash: sha256(bytes), narSize: bytes.length, references };
  };
  return { toplevel: top, nars, paths: [path(top, [top, library]), path(library, [])] };
}

/** A bundle as it has to be, written here and not by the program that writes them; tests then spoil it. */
export class CarriedBundle {
  readonly folder = mkdtempSync(join(tmpdir(), "fiducial-stick-"));

  constructor(installation: SignedInstallation, { nars, paths }: ReturnType<typeof madeNars>) {
    cpSync(installation.folder, this.folder, { recursive: true });
    const release = join(this.folder, "release");
    const lists = readdirSync(release).filter((name) => name.endsWith(".targets.json"));
    lists.sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10));
    renameSync(join(release, lists[0] ?? ""), join(release, "targets.json"));
    for (const name of readdirSync(release))
      if (/(snapshot|timestamp|[0-9]\.targets)\.json$/.test(name)) rmSync(join(release, name));
    mkdirSync(join(this.folder, "cache", "nar"), { recursive: true });
    for (const one of paths) {
      this.write(`cache/${narFileName(one.narHash)}`, nars.get(one.path) ?? "");
      const described = {
        ...one,
        path: storePathSchema.parse(one.path),
        references: one.references.map((path) => storePathSchema.parse(path)),
      };
      this.write(`cache/${narinfoName(one.path)}`, narinfoText({ ...described, signatures: [] }));
    }
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(this.path(name), content);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
