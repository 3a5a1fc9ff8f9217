import { join } from "node:path";
import { isUnderWay } from "#agent/link/fetch-plan.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import { AttackedScanner } from "#demo/attack/attacked-scanner.ts";
import { Attacks, type Lent, type Rhythm, scriptOf } from "#demo/attack/attacks.ts";
import type { Script } from "#demo/attack/script.ts";
import { SCRIPTS } from "#demo/attack/scripts.ts";
import { readHeldRoot } from "#demo/ceremony/held-back.ts";
import { heldBackFolder } from "#demo/ceremony/hold-ceremony.ts";
import { confirmedBefore } from "#demo/change/confirmed-before.ts";
import { hasSafety } from "#demo/fault/fault.ts";
import type { Fleet, FleetMember } from "#demo/fleet/fleet.ts";
import { type FleetChanges, homeOf } from "#demo/fleet/fleet-changes.ts";
import type { FleetScanner } from "#demo/fleet/fleet-scanner.ts";
import type { Stage } from "#demo/host/stage.ts";
import { MODELS } from "#demo/model/model.ts";

export type AttackProblem = "unknown-scanner" | "not-now" | "not-possible" | "under-way" | "no-ceremony";

type Parts = {
  fleet: Fleet;
  stage: Stage;
  changes: FleetChanges | null;
  /** Of the installation, whose server is taken over. */
  data: string;
  plannedMs: number;
  rhythm: Rhythm;
  log: (line: string) => void;
};

/** A scanner of the fleet before the fleet's own server in somebody else's hands (RUN-5). */
export class FleetAttacks {
  readonly #parts: Parts;
  readonly attacks: Attacks;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.attacks = new Attacks(parts.rhythm, parts.log);
  }

  /** Scripts that mean something on this scanner; a spectrometer never scans with anything energised. */
  possible({ state }: FleetMember): string[] {
    const scans = hasSafety(MODELS[state.model]);
    const waits = (script: Script) => script.moves.some(({ before }) => before === "scan-begins");
    return SCRIPTS.filter((one) => scans || !waits(one)).map(({ id }) => id);
  }

  /** @param name serial or id; null: some scanner that is well */
  async begin(
    id: string | "all",
    name: string | null,
  ): Promise<{ serial: string; scannerId: string } | { problem: AttackProblem }> {
    const { changes, data, fleet } = this.#parts;
    if (changes === null || (await readHeldRoot(heldBackFolder(data))) === null)
      return { problem: "no-ceremony" };
    if (this.attacks.isUnderWay) return { problem: "under-way" };
    const member =
      name === null ? fleet.somebodyWell(({ model }) => hasSafety(MODELS[model])) : fleet.find(name);
    const scanner = member === null ? null : fleet.scannerOf(member.serial);
    if (member === null || scanner === null) return { problem: "unknown-scanner" };
    if (!isQuiet(scanner)) return { problem: "not-now" };
    const possible = this.possible(member);
    const scripts = id === "all" ? possible.flatMap((one) => scriptOf(one) ?? []) : [scriptOf(id)];
    const [first] = scripts;
    if (first === null || first === undefined || !possible.includes(first.id))
      return { problem: "not-possible" };
    const { serial, scannerId } = member;
    this.attacks.begin(
      scripts.flatMap((one) => one ?? []),
      this.#lend(member, scanner, changes),
    );
    return { serial, scannerId };
  }

  #lend(member: FleetMember, scanner: FleetScanner, changes: FleetChanges): Lent {
    const { data, stage, plannedMs, fleet, log } = this.#parts;
    const { host, folders } = scanner;
    const { serial, scannerId } = member;
    const { scan } = host.state;
    let letGo = () => {};
    return {
      ...{ serial, scannerId },
      open: () => {
        // Its own server's words wait: the activator of a scanner looks at one thing at a time.
        scanner.holdChanges(
          new Promise<void>((done) => {
            letGo = done;
          }),
        );
        return AttackedScanner.open({
          ...{ data, host, stage, plannedMs, log },
          folder: join(folders.stateDir, "..", "attacked"),
          home: homeOf(folders),
          firstRoots: changes.firstRoots,
          identity: folders.stateDir,
          scannerId: scannerId as ScannerId,
          otherScanner: fleet.neighbourOf(serial) as ScannerId,
          past: () => confirmedBefore(host.state, stage.systems),
        });
      },
      runs: () => host.picture.systems.running.release.name,
      handBack: () => {
        host.change((state) => ({ ...state, scan }));
        letGo();
      },
    };
  }
}

/** Alive, well and at rest: what is broken or moving has other things to say. */
function isQuiet({ running, host: { state } }: FleetScanner): boolean {
  return running && state.faults.length === 0 && !isUnderWay(state.change?.state ?? "none");
}
