import { dirname, join } from "node:path";
import { withRoom } from "#agent/activate/ballast.ts";
import type { Folders } from "#agent/activate/folders.ts";
import { makeLink } from "#agent/activate/nix-store.ts";
import type { Look } from "#agent/change/port.ts";
import { parseModules } from "#agent/collect/module-names.ts";
import type { System } from "#agent/system.ts";
import { SWITCH_PARTS, type SwitchFacts, switchInhibitorsSchema } from "#core/change/way.ts";

const BOOT_ID = "/proc/sys/kernel/random/boot_id";
const OWN_UNIT = "etc/systemd/system/fiducial-activate.service";
const OWN_PROGRAM = "/fiducial-activate.mjs";

/** Where the parts that decide about a live switch lie in a NixOS toplevel. */
const PLACES = {
  kernel: "kernel",
  initrd: "initrd",
  "kernel-modules": "kernel-modules",
  systemd: "systemd",
  "dbus-unit": "etc/systemd/system/dbus.service",
} as const satisfies Record<(typeof SWITCH_PARTS)[number], string>;

/** Links and files of the host, read and never asked of a program. */
export function lookAtHost(system: System, folders: Folders): Look {
  const resolve = async (path: string) => {
    const found = await system.resolve(path);
    return found.ok ? found.value : null;
  };
  let sign: { modifiedMs: number; sinceMs: number } | null = null;
  return {
    seen: async () => ({
      bootId: await readBootId(system),
      current: await resolve(join(folders.links, "current-system")),
      booted: await resolve(join(folders.links, "booted-system")),
      profile: await resolve(join(folders.profiles, "system")),
    }),
    switchFacts: (toplevel) => switchFacts(system, toplevel, resolve),
    modules: async () => {
      const text = await system.readText("/proc/modules", 1024 * 1024);
      return text.ok ? parseModules(text.value).map((one) => one.name) : [];
    },
    agentAgeMs: async () => {
      const info = await system.info(join(folders.run, "agent.alive"));
      if (!info.ok) return null;
      const { modifiedMs } = info.value;
      const nowMs = system.monotonicMs();
      // Only that it changed counts, by the clock that nobody sets: one that is set in a probation takes no sign away, and makes none (F7).
      if (sign?.modifiedMs !== modifiedMs)
        sign = { modifiedMs, sinceMs: sign === null ? Number.NEGATIVE_INFINITY : nowMs };
      return nowMs - sign.sinceMs;
    },
    moveGuard: (toplevel) => moveGuard(system, folders, toplevel),
  };
}

export async function readBootId(system: System): Promise<string> {
  const text = await system.readText(BOOT_ID, 4096);
  if (!text.ok) throw new Error(`${BOOT_ID}: ${text.detail}`);
  return text.value.trim();
}

async function switchFacts(
  system: System,
  toplevel: string,
  resolve: (path: string) => Promise<string | null>,
): Promise<SwitchFacts> {
  const entries = await Promise.all(
    SWITCH_PARTS.map(async (part) => [part, await resolve(join(toplevel, PLACES[part]))] as const),
  );
  const parts = Object.fromEntries(entries) as Record<(typeof SWITCH_PARTS)[number], string | null>;
  return { ...parts, toplevel, inhibitors: await readInhibitors(system, toplevel) };
}

/** Text that is no JSON map, as unstable revisions wrote it, is one inhibitor of its own: it differs when it differs. */
async function readInhibitors(system: System, toplevel: string): Promise<SwitchFacts["inhibitors"]> {
  const text = await system.readText(join(toplevel, "switch-inhibitors"), 256 * 1024);
  if (!text.ok) return null;
  try {
    const parsed = switchInhibitorsSchema.safeParse(JSON.parse(text.value));
    if (parsed.success) return parsed.data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { text: text.value.slice(0, 4096) };
}

/** The guard of the next boot is the one of the generation that was just confirmed; a closure without one leaves it as it is. */
async function moveGuard(system: System, folders: Folders, toplevel: string): Promise<void> {
  const unit = await system.readText(join(toplevel, OWN_UNIT), 64 * 1024);
  if (!unit.ok) return;
  const program = unit.value
    .split(/\s+/)
    .find((word) => word.startsWith(`${folders.store}/`) && word.endsWith(OWN_PROGRAM));
  if (program === undefined || !(await system.info(program)).ok) return;
  await withRoom(folders.state, () => makeLink(join(folders.gcRoots, "guard"), dirname(program)));
}
