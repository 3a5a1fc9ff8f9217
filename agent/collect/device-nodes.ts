import { posix } from "node:path";
import type { FileInfo, System } from "#agent/system.ts";
import { MOST_NODES } from "#core/report/device-kinds.ts";
import { NODE_FOLDERS } from "#core/report/device-nodes.ts";
import type { Fact } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { deviceMoment, presentOrNull, Unreadable, whole } from "./hardware.ts";
import type { Probe, Source } from "./probe.ts";
import { notKnown, reasonOf } from "./reason.ts";

type Node = FactValue<"deviceNodes">[number];

/** SEE-4: the device nodes that matter, by their names alone. No node is ever opened (SEE-16). */
export const deviceNodesProbe: Probe<"deviceNodes"> = {
  owner: "none",
  while: "always",
  read: (source) => source.memo("device nodes", deviceMoment(source), () => readNodes(source)),
};

async function readNodes(source: Source): Promise<Fact<Node[]>> {
  const { system, note } = source;
  if (await isPrivate(system)) return notKnown("private-devices", { path: "/dev" });
  const folder = await system.list("/dev");
  if (!folder.ok) return reasonOf(folder, "/dev");
  const groups = await source.memo("groups", deviceMoment(source), () => groupNames(system));
  return whole(async () => {
    const paths = await pathsOf(system);
    if (paths.length > MOST_NODES) note("/dev", `${paths.length} nodes, ${MOST_NODES} reported`);
    const found: Node[] = [];
    for (const path of paths.slice(0, MOST_NODES)) {
      const node = await readNode(system, path, groups);
      if (node !== null) found.push(node);
    }
    return found;
  });
}

/**
 * A service manager may give the agent a /dev of its own with nothing in it (systemd.exec(5), PrivateDevices); what is missing there
 * says nothing of the machine. A container's /dev looks the same and is all that its programs have.
 */
async function isPrivate(system: System): Promise<boolean> {
  const mounts = await system.readText("/proc/mounts");
  if (!mounts.ok || !/^\S+ \/dev tmpfs /m.test(mounts.value)) return false;
  return !(await system.info("/run/systemd/container")).ok;
}

async function pathsOf(system: System): Promise<string[]> {
  const found = new Set<string>();
  for (const { folder, name } of NODE_FOLDERS) {
    const names = presentOrNull(await system.list(folder), folder) ?? [];
    for (const one of names) if (name.test(one)) found.add(posix.join(folder, one));
  }
  return [...found].sort();
}

async function readNode(system: System, path: string, groups: Map<number, string>): Promise<Node | null> {
  const info = presentOrNull(await system.info(path), path);
  if (info === null) return null;
  if (path.length > 256) throw new Unreadable(notKnown("malformed", { path, detail: "name too long" }));
  const target = info.kind === "link" ? presentOrNull(await system.readLink(path), path) : null;
  const { gid, mode } = info;
  return {
    path,
    kind: kindOf(info.kind),
    target: target === null ? null : posix.resolve(posix.dirname(path), target).slice(0, 256),
    group: gid === undefined ? null : (groups.get(gid) ?? String(gid)).slice(0, 64),
    mode: mode === undefined || info.kind === "link" ? null : mode.toString(8).padStart(4, "0"),
  };
}

function kindOf(kind: FileInfo["kind"]): Node["kind"] {
  return kind === "char" || kind === "block" || kind === "link" ? kind : "other";
}

/** group(5): `name:password:gid:members`. Without the file a group has only its number. */
async function groupNames(system: System): Promise<Map<number, string>> {
  const text = await system.readText("/etc/group");
  const found = new Map<number, string>();
  for (const line of text.ok ? text.value.split("\n") : []) {
    const [name, , gid] = line.split(":");
    if (name !== undefined && gid !== undefined && /^[0-9]+$/.test(gid)) found.set(Number(gid), name);
  }
  return found;
}
