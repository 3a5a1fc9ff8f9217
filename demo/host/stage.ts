import type { HostClock } from "#demo/host/clock.ts";
import { computerFiles, deviceFiles } from "#demo/host/computer-files.ts";
import { FileTree, type Layer } from "#demo/host/file-tree.ts";
import { ownFiles } from "#demo/host/own-files.ts";
import type { Picture } from "#demo/host/picture.ts";
import type { SafetyRounds } from "#demo/host/safety-daemon.ts";
import { kernelFiles, storeFiles } from "#demo/host/system-files.ts";
import type { HostSystem, Systems } from "#demo/host/systems.ts";

/** What hosts of one process share: clock, closures, the rounds of their safety daemons, and every file that is the same on many. */
export class Stage {
  readonly clock: HostClock;
  readonly systems: Systems;
  readonly rounds: SafetyRounds;
  readonly #layers = new Map<unknown, Layer>();

  constructor(parts: { clock: HostClock; systems: Systems; rounds: SafetyRounds }) {
    this.clock = parts.clock;
    this.systems = parts.systems;
    this.rounds = parts.rounds;
  }

  treeOf(picture: Picture, alteredMs: number): FileTree {
    const { model, state } = picture;
    const stores = new Set<HostSystem>();
    for (const { system } of state.generations) stores.add(this.systems.get(state.model, system));
    return new FileTree([
      ownFiles({ picture, systems: this.systems, clock: this.clock, alteredMs }),
      this.#devices(picture),
      this.#kernel(picture),
      this.#shared(model, () => computerFiles(model)),
      ...[...stores].map((system) => this.#shared(system, () => storeFiles(system, model))),
    ]);
  }

  #devices({ model, pci, usb, nodes }: Picture): Layer {
    const healthy = pci === model.pci && usb === model.usb && nodes === model.nodes;
    return healthy ? this.#shared(model.pci, () => deviceFiles(model)) : deviceFiles({ pci, usb, nodes });
  }

  #kernel({ model, modules, nvidia, systems: { booted } }: Picture): Layer {
    const make = () => kernelFiles({ modules, nvidia, booted });
    const healthy = modules === model.modules && nvidia.module === booted.release.nvidiaVersion;
    return healthy ? this.#shared(`kernel ${booted.toplevel}`, make) : make();
  }

  #shared(key: unknown, make: () => Layer): Layer {
    const known = this.#layers.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#layers.set(key, made);
    return made;
  }
}
