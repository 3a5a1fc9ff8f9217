import type { Outcome, System } from "#agent/system.ts";

/** Bytes of a string in a NAR: its length as 8 bytes, then itself padded to 8 (Nix manual, "Nix Archive format"). */
const field = (length: number) => 8 + Math.ceil(length / 8) * 8;
const text = (value: string) => field(Buffer.byteLength(value));

const NODE = text("(") + text("type") + text(")");

/** Size of the NAR that a path on disk would make now, from names and lengths alone: nothing is read but folders. */
export async function narSizeOnDisk(system: System, path: string): Promise<Outcome<number>> {
  const node = await nodeSize(system, path);
  return node.ok ? { ok: true, value: text("nix-archive-1") + node.value } : node;
}

async function nodeSize(system: System, path: string): Promise<Outcome<number>> {
  const info = await system.info(path);
  if (!info.ok) return info;
  if (info.value.kind === "file") {
    // Where the mode is not known the larger size counts, so that nothing whole is called truncated.
    const executable = ((info.value.mode ?? 0o100) & 0o100) === 0 ? 0 : text("executable") + text("");
    return {
      ok: true,
      value: NODE + text("regular") + executable + text("contents") + field(info.value.size),
    };
  }
  if (info.value.kind === "link") return linkSize(system, path);
  if (info.value.kind === "folder") return folderSize(system, path);
  return { ok: false, problem: "failed", detail: `${path} is no file, folder or link` };
}

async function linkSize(system: System, path: string): Promise<Outcome<number>> {
  const target = await system.readLink(path);
  return target.ok
    ? { ok: true, value: NODE + text("symlink") + text("target") + text(target.value) }
    : target;
}

async function folderSize(system: System, path: string): Promise<Outcome<number>> {
  const names = await system.list(path);
  if (!names.ok) return names;
  let size = NODE + text("directory");
  for (const name of names.value) {
    const node = await nodeSize(system, `${path}/${name}`);
    if (!node.ok) return node;
    size += text("entry") + text("(") + text("name") + text(name) + text("node") + node.value + text(")");
  }
  return { ok: true, value: size };
}
