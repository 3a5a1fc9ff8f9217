import { createHash } from "node:crypto";
import { closureDigestText } from "#core/closure/digest.ts";
import { closurePathList } from "#core/closure/path-list.ts";
import { type StorePath, storePathParts } from "#core/closure/store-path.ts";
import type { ClosurePathList } from "#core/closure/upload.ts";
import type { SystemRef } from "#demo/host/host-state.ts";
import type { ModelName } from "#demo/model/model.ts";
import type { DemoRelease } from "#demo/release/release.ts";
import { narHashFor, narSizeFor, storePathFor } from "#demo/release/store-name.ts";

/** One closure that a host may run, with what the host's files say of it. */
export type HostSystem = {
  /** The release, or the one that an untracked system was built from. */
  release: DemoRelease;
  tracked: boolean;
  toplevel: StorePath;
  digest: string;
  narHash: string;
  narSize: number;
  pathCount: number;
  list: () => ClosurePathList;
};

/** Closures by reference; every one is made once however many hosts have it. */
export class Systems {
  readonly #releases: Readonly<Record<ModelName, readonly DemoRelease[]>>;
  readonly #known = new Map<string, HostSystem>();
  readonly #refs: (readonly [ModelName, SystemRef])[] = [];

  constructor(releases: Readonly<Record<ModelName, readonly DemoRelease[]>>) {
    this.#releases = releases;
  }

  /** Oldest first. */
  releases(model: ModelName): readonly DemoRelease[] {
    return this.#releases[model];
  }

  get(model: ModelName, ref: SystemRef): HostSystem {
    const key = `${model} ${ref.kind === "release" ? ref.name : `${ref.base} ${ref.builtAtMs}`}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const release = this.#release(model, ref.kind === "release" ? ref.name : ref.base);
    const made = ref.kind === "release" ? released(release) : untracked(release, ref.builtAtMs);
    this.#known.set(key, made);
    this.#refs.push([model, ref]);
    return made;
  }

  /** Every closure that was asked for so far. */
  all(): Iterable<HostSystem> {
    return this.#known.values();
  }

  /** The same, as others may ask for them. */
  refs(): (readonly [ModelName, SystemRef])[] {
    return this.#refs;
  }

  #release(model: ModelName, name: string): DemoRelease {
    const found = this.#releases[model].find((one) => one.name === name);
    if (found === undefined) throw new Error(`${model} has no release ${name}`);
    return found;
  }
}

function released(release: DemoRelease): HostSystem {
  const { toplevel, digest, narHash, narSize, paths, boot } = release;
  const bare = () =>
    paths.map((one) => ({
      path: one.path,
      narHash: one.narHash,
      narSize: one.narSize,
      references: one.references,
    }));
  return {
    release,
    tracked: true,
    toplevel,
    digest,
    narHash,
    narSize,
    pathCount: paths.length,
    list: () => ({ toplevel, digest, paths: bare(), boot }),
  };
}

/** What `nixos-rebuild switch` on site makes of a release: one package more in the system path, and another toplevel (F14). */
function untracked(base: DemoRelease, builtAtMs: number): HostSystem {
  const added = storePathFor("tcpdump-4.99.5", [base.toplevel]);
  const name = `${storePathParts(base.toplevel).name}-local`;
  const toplevel = storePathFor(name, [base.toplevel, added, String(builtAtMs)]);
  const infos = base.paths.map(({ path, narHash, narSize, references }) => {
    const isTop = path === base.toplevel;
    const named = references.flatMap((at) => base.paths[at]?.path ?? []);
    return isTop
      ? { path: toplevel, narHash: narHashFor(toplevel), narSize, references: [...named, added] }
      : { path, narHash, narSize, references: named };
  });
  infos.push({ path: added, narHash: narHashFor(added), narSize: narSizeFor(added, 1_340), references: [] });
  const listed = closurePathList(toplevel, infos);
  if (!listed.ok) throw new Error(`${toplevel}: ${JSON.stringify(listed.problem)}`);
  const { paths } = listed;
  const digest = createHash("sha256").update(closureDigestText(paths)).digest("hex");
  return {
    release: base,
    tracked: false,
    toplevel,
    digest,
    narHash: narHashFor(toplevel),
    narSize: paths.reduce((sum, one) => sum + one.narSize, 0),
    pathCount: paths.length,
    list: () => ({ toplevel, digest, paths, boot: base.boot }),
  };
}
