import { join } from "node:path";
import * as z from "zod";
import { durableWrite, readKept } from "#agent/link/durable.ts";
import { bootIdOf, type HostGeneration, type HostState, type SystemRef } from "#demo/host/host-state.ts";
import type { SimulatedHost } from "#demo/host/simulated-system.ts";
import type { Stage } from "#demo/host/stage.ts";
import type { HostSystem } from "#demo/host/systems.ts";

/** What a change leaves on a machine, and a program that is started again has to find. */
const systemRefSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("release"), name: z.string() }),
  z.strictObject({ kind: z.literal("untracked"), base: z.string(), builtAtMs: z.number() }),
]);
const keptSchema = z.strictObject({
  generations: z.array(z.strictObject({ number: z.int(), system: systemRefSchema, createdAtMs: z.number() })),
  links: z.strictObject({ running: z.int(), booted: z.int(), profile: z.int(), nextBoot: z.int() }),
  boot: z.strictObject({ id: z.string(), atMs: z.number() }),
  switchedAtMs: z.number(),
  boots: z.int(),
  oneShot: z.int().nullable(),
});
type Kept = z.infer<typeof keptSchema>;

const keptFile = (home: string) => join(home, "machine.json");

/** The state a machine was left in by changes of earlier runs of this program; where there were none, the one that is given. */
export async function keptState(home: string, planned: HostState): Promise<HostState> {
  const kept = await readKept(keptFile(home), keptSchema);
  if (kept.state !== "kept") return planned;
  const { generations, links, boot, switchedAtMs } = kept.value;
  return { ...planned, generations, links, boot, switchedAtMs };
}

/** Generations that a boot menu still lists. */
const MOST_GENERATIONS = 6;

/** Profile, boot loader and store of one simulated host, as somebody with root touches them. */
export class Machine {
  readonly host: SimulatedHost;
  readonly #stage: Stage;
  readonly #home: string;
  /** Store paths that came since and belong to no generation yet. */
  readonly #fetched = new Set<string>();
  #oneShot: number | null = null;
  #boots = 0;

  constructor(host: SimulatedHost, stage: Stage, home: string) {
    this.host = host;
    this.#stage = stage;
    this.#home = home;
  }

  async open(): Promise<void> {
    const kept = await readKept(keptFile(this.#home), keptSchema);
    if (kept.state !== "kept") return;
    this.#oneShot = kept.value.oneShot;
    this.#boots = kept.value.boots;
  }

  /** Of a release for this model, or of a generation on the disk; null: nobody ever built that for it. */
  find(toplevel: string): { ref: SystemRef; system: HostSystem } | null {
    const { model, generations } = this.host.state;
    const { systems } = this.#stage;
    const refs = [
      ...generations.map(({ system }) => system),
      ...systems.releases(model).map(({ name }): SystemRef => ({ kind: "release", name })),
    ];
    for (const ref of refs) {
      const system = systems.get(model, ref);
      if (system.toplevel === toplevel) return { ref, system };
    }
    return null;
  }

  missing<P extends { path: string }>(paths: readonly P[]): P[] {
    const { model, generations } = this.host.state;
    const held = new Set(this.#fetched);
    for (const { system } of generations)
      for (const { path } of this.#stage.systems.get(model, system).list().paths) held.add(path);
    return paths.filter(({ path }) => !held.has(path));
  }

  fetched(paths: readonly { path: string }[]): void {
    for (const { path } of paths) this.#fetched.add(path);
  }

  /** Whether all of a closure is there, and its digest. */
  holds(toplevel: string): { digest: string } | null {
    const found = this.find(toplevel);
    if (found === null || this.missing(found.system.list().paths).length > 0) return null;
    return { digest: found.system.digest };
  }

  setProfile(toplevel: string): Promise<boolean> {
    return this.#pointTo(toplevel, (state, profile) => ({ ...state, links: { ...state.links, profile } }));
  }

  setDefault(toplevel: string): Promise<boolean> {
    this.#oneShot = null;
    return this.#pointTo(toplevel, (state, nextBoot) => ({ ...state, links: { ...state.links, nextBoot } }));
  }

  setOneShot(toplevel: string): Promise<boolean> {
    return this.#pointTo(toplevel, (state, number) => {
      this.#oneShot = number;
      return state;
    });
  }

  /** The kernel starts anew with what the boot loader chooses. */
  async boot(): Promise<void> {
    const { serial, links } = this.host.state;
    const number = this.#oneShot ?? links.nextBoot;
    this.#oneShot = null;
    this.#boots += 1;
    const atMs = Math.round(this.#stage.clock.steadyMs());
    const boot = { id: bootIdOf(serial, `changed ${this.#boots} ${atMs}`), atMs };
    await this.#become((state) => ({
      ...state,
      boot,
      switchedAtMs: atMs,
      lastSelfTestAtMs: atMs,
      links: { ...state.links, running: number, booted: number },
    }));
  }

  async #pointTo(toplevel: string, next: (state: HostState, number: number) => HostState): Promise<boolean> {
    const found = this.find(toplevel);
    if (found === null) return false;
    const { generations } = this.host.state;
    const known = generations.find(({ system }) => isSame(system, found.ref));
    const number = known?.number ?? Math.max(...generations.map((one) => one.number)) + 1;
    const made: HostGeneration[] =
      known === undefined
        ? [{ number, system: found.ref, createdAtMs: Math.round(this.#stage.clock.nowMs()) }]
        : [];
    await this.#become((state) =>
      next({ ...state, generations: withoutOldest([...state.generations, ...made], state, number) }, number),
    );
    return true;
  }

  async #become(next: (state: HostState) => HostState): Promise<void> {
    this.host.change(next);
    const { generations, links, boot, switchedAtMs } = this.host.state;
    const kept: Kept = {
      generations: [...generations],
      ...{ links, boot, switchedAtMs, boots: this.#boots, oneShot: this.#oneShot },
    };
    await durableWrite(keptFile(this.#home), JSON.stringify(kept));
  }
}

function isSame(a: SystemRef, b: SystemRef): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What runs, what would boot and what is pointed to now is never collected. */
function withoutOldest(
  all: readonly HostGeneration[],
  { links }: HostState,
  number: number,
): HostGeneration[] {
  const needed = new Set([number, links.running, links.booted, links.profile, links.nextBoot]);
  const spare = [...all].sort((a, b) => b.number - a.number).filter((one) => !needed.has(one.number));
  const kept = new Set([
    ...needed,
    ...spare.slice(0, MOST_GENERATIONS - needed.size).map((one) => one.number),
  ]);
  return all.filter((one) => kept.has(one.number));
}
