type Line = { name: string; size: string; taint: string };

/** proc(5), /proc/modules: `name size refcount users state address (taint)`. */
export function parseModules(text: string): Line[] {
  const found: Line[] = [];
  for (const line of text.split("\n")) {
    const [name, size, , , , , taint] = line.split(" ");
    if (name === undefined || name === "" || size === undefined) continue;
    found.push({ name: name.slice(0, 64), size, taint: (taint ?? "").replace(/[()]/g, "").slice(0, 16) });
  }
  return found;
}

/**
 * modules.dep(5): `kernel/fs/ext4/ext4.ko.xz: …` says where the module ext4 lies, below the tree or from the root; the kernel writes
 * `_` where file names may have `-`.
 */
export function parseModuleDep(text: string): { name: string; path: string }[] {
  const found: { name: string; path: string }[] = [];
  for (const match of text.matchAll(/^((?:[^:\n]*\/)?([^/:\n]+?)\.ko(?:\.[a-z0-9]+)?):/gm)) {
    const [, path, name] = match;
    if (path !== undefined && name !== undefined) found.push({ path, name: name.replaceAll("-", "_") });
  }
  return found;
}
