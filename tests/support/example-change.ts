import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import type { HttpSource } from "#agent/fetch/http-source.ts";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import type { InstructionAction } from "#core/trust/instruction.ts";
import { firstRootsFolder, holdCeremony, type Signed, TARGETS_NAME } from "#demo/ceremony/hold-ceremony.ts";
import { confirmedBefore } from "#demo/change/confirmed-before.ts";
import { Machine } from "#demo/change/machine.ts";
import { ScannerChanges } from "#demo/change/scanner-changes.ts";
import { prepareFolders } from "#demo/fleet/state-folder.ts";
import { SafetyRounds } from "#demo/host/safety-daemon.ts";
import { createSimulatedHost } from "#demo/host/simulated-system.ts";
import { Stage } from "#demo/host/stage.ts";
import { Systems } from "#demo/host/systems.ts";
import { type PlannedScanner, planFleet } from "#demo/plan/plan.ts";
import { scannerKeyPem } from "#demo/plan/scanner-key.ts";
import { hostStateAt } from "#demo/seed/host-state-at.ts";
import { agentStartOf } from "#demo/seed/steps.ts";
import { repositoryFolders } from "#server/repository/folders.ts";
import { openKeys } from "#server/signer/keys.ts";
import { createSigner, type Signer } from "#server/signer/signer.ts";

/** The host's clock runs this many times as fast as the test's, and the change machine waits as much less. */
const FASTER = 40;
const NOW = Date.now();
const PLAN = planFleet({ seed: "1", scanners: 60, nowMs: NOW });
const SECRET = new Uint8Array(32).fill(7);

/** An example installation without server and browser: what was signed, its signer, and one simulated scanner that can be asked. */
export class ExampleChange {
  readonly data: string;
  readonly signed: Signed;
  readonly scanner: PlannedScanner;
  readonly machine: Machine;
  readonly changes: ScannerChanges;
  readonly told: string[] = [];
  readonly stage: Stage;
  readonly plannedMs = PLAN.nowMs;
  readonly #signer: Signer;
  readonly #rounds: SafetyRounds;

  private constructor(parts: Pick<ExampleChange, "data" | "signed" | "scanner"> & { signer: Signer }) {
    const { data, signed, scanner, signer } = parts;
    this.data = data;
    this.signed = signed;
    this.scanner = scanner;
    this.#signer = signer;
    const begun = performance.now();
    const nowMs = () => NOW + (performance.now() - begun) * FASTER;
    const clock = { nowMs, steadyMs: nowMs };
    this.#rounds = new SafetyRounds(clock);
    const systems = new Systems(PLAN.releases);
    const stage = new Stage({ clock, systems, rounds: this.#rounds });
    this.stage = stage;
    const host = createSimulatedHost(hostStateAt(PLAN, scanner, PLAN.nowMs), stage);
    const home = join(data, "agents", scanner.serial);
    this.machine = new Machine(host, stage, join(home, "change"));
    this.changes = new ScannerChanges({
      machine: this.machine,
      scannerId: scanner.scannerId,
      home: join(home, "change"),
      folders: { trust: firstRootsFolder(data), identity: join(home, "state") },
      metadata: folderSource(join(data, "repository")),
      pace: { download: 40, tick: 10, work: 5, boot: 5, wait: 1 / FASTER },
      past: () => confirmedBefore(host.state, systems),
      restartAgent: async () => undefined,
      agentAgeMs: async () => 0,
      reboot: (boot) => boot(),
      log: () => undefined,
    });
    const { change } = host;
    host.change = (next) => {
      change.call(host, next);
      const word = host.state.change?.state;
      if (word !== undefined && this.told.at(-1) !== word) this.told.push(word);
    };
  }

  /** @param choose which scanner of a small fleet */
  static async open(choose: (scanner: PlannedScanner) => boolean): Promise<ExampleChange> {
    const data = await mkdtemp(join(tmpdir(), "fiducial-example-"));
    const scanner = PLAN.scanners.find(choose);
    if (scanner === undefined) throw new Error("the small fleet has no such scanner");
    const signed = await holdCeremony(data, PLAN, NOW);
    await prepareFolders(
      join(data, "agents"),
      {
        scannerId: scanner.scannerId,
        serial: scanner.serial,
        enrolledAtMs: scanner.enrolledMs,
        privateKeyPem: scannerKeyPem(SECRET, scanner.serial),
        numbers: agentStartOf(PLAN, scanner, new Systems(PLAN.releases)),
      },
      { url: "http://127.0.0.1:1", publicKey: Buffer.alloc(32).toString("base64") },
    );
    const folders = repositoryFolders(data);
    for (const name of [TARGETS_NAME, ...signed.files.map(fileName)])
      await copyFile(join(data, "ceremony", name), join(data, "repository", name));
    const signer = createSigner({
      folder: join(data, "signer"),
      folders,
      keys: await openKeys(join(data, "signer")),
      firstRoot: async (repository) => signed.firstRoots[repository],
      nowMs: Date.now,
    });
    await signer.answer({ verb: "freshen", scannerId: null });
    return new ExampleChange({ data, signed, scanner, signer });
  }

  get fileOfNewest(): string {
    const newest = this.signed.files.at(-1);
    if (newest === undefined) throw new Error("nothing was signed");
    return join(this.data, "repository", fileName(newest));
  }

  /** As the server does after somebody asked; the scanner looks at once. */
  async ask(action: InstructionAction, release: string): Promise<void> {
    const system = this.signed.files
      .find((one) => one.release.name === release)
      ?.release.systems.find(({ name }) => name === this.scanner.model.toLowerCase().replace("-", ""));
    const answer = await this.#signer.answer({
      verb: "instruct",
      instruction: {
        ...{ scannerId: this.scanner.scannerId as ScannerId, changeId: uuidv7(), action, release },
        ...{ system: system?.name ?? "", toplevel: system?.toplevel ?? "", slots: [], requestedBy: "Test" },
        ...{ notBeforeMs: NOW, notAfterMs: NOW + 10 * 60_000 },
      },
    });
    if (!answer.ok || !("directorVersion" in answer)) throw new Error(JSON.stringify(answer));
    this.changes.see(answer.directorVersion);
  }

  async fetch(): Promise<{ status: number; last: string }> {
    return await this.changes.fetch().ended;
  }

  async close(): Promise<void> {
    await this.changes.settled();
    this.#rounds.stop();
    this.machine.host.end();
    await rm(this.data, { recursive: true, force: true });
  }
}

function fileName({ targetPath, sha256 }: Signed["files"][number]): string {
  const [, name] = targetPath.split("/");
  return `release/targets/releases/${name}/${sha256}.release.json`;
}

async function copyFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, await readFile(from));
}

/** What a server would answer, from its folder. */
function folderSource(folder: string): HttpSource {
  const fetcher = folderFetcher(folder);
  return {
    close: () => undefined,
    get: async (path, { maxBytes, begin, take }) => {
      const got = await fetcher(path, maxBytes);
      if (!got.ok) return got;
      await begin(0);
      await take(Buffer.from(got.bytes));
      return { ok: true };
    },
  };
}
