import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FOLDERS, type Folders } from "#agent/activate/folders.ts";
import type { Host } from "#agent/activate/host.ts";
import { folderRecords } from "#agent/activate/records.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { changeSettingsSchema } from "#core/change/settings.ts";
import { type ModelPlan, ModelScanner } from "#tests/support/model-scanner.ts";
import { SCANNER_ID, SignedInstallation, storePath } from "#tests/support/signed-release.ts";

const OLD = storePath("old");
const MODEL = "Vertex 3";

/** Id of a change by its number. */
export const change = (number: number) => `019a5b1e-0000-7000-8000-${String(number).padStart(12, "0")}`;

/** The folders of an activator, enrolled, with a signed installation beside them whose files can be brought into the spool. */
export class ActivatorRoom {
  readonly #folder = mkdtempSync(join(tmpdir(), "fiducial-activator-"));
  readonly folders: Folders;
  readonly installation: SignedInstallation;

  constructor() {
    const below = (name: string) => join(this.#folder, name);
    this.folders = {
      ...FOLDERS,
      state: below("state"),
      run: below("run"),
      spool: below("spool"),
      trust: below("trust"),
      gcRoots: below("roots"),
      identity: below("identity"),
    };
    const { state, run, spool, trust, identity } = this.folders;
    for (const one of [state, run, spool, trust, identity]) mkdirSync(one);
    this.installation = new SignedInstallation(below("server"));
    const { firstRoots } = this.installation;
    for (const repository of ["release", "director"] as const)
      writeFileSync(join(trust, `${repository}.root.json`), firstRoots[repository]);
    this.enrolAs(SCANNER_ID);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  enrolAs(scannerId: string): void {
    const identity = {
      format: "fiducial.identity/1",
      state: "enrolled",
      privateKey: "x",
      keyId: "a".repeat(64),
      bornAtMs: 0,
      scannerId,
      serial: "S1",
      serverUrl: "https://fiducial.example.org",
      serverPublicKey: "k".repeat(44),
      serverTrust: "fingerprint",
      enrolledAtMs: 0,
    };
    writeFileSync(join(this.folders.identity, "identity.json"), JSON.stringify(identity));
  }

  /** The activator over a model of a scanner: files, locks and verification are real. No unit can be started, so it goes on by itself. */
  host(words: object = {}, plan: Partial<ModelPlan> = {}): { host: Host; scanner: ModelScanner } {
    const scanner = new ModelScanner({ runs: OLD, ...plan });
    const settings = {
      ...{
        schema: "fiducial.changes/1",
        enable: true,
        model: MODEL,
        consent: "not-needed",
        liveSwitch: true,
      },
      ...words,
    };
    const host: Host = {
      ...scanner.port,
      settings: changeSettingsSchema.parse(settings),
      clock: { ...scanner.port.clock, nowMs: () => this.installation.nowMs + 1_000 },
      system: {
        ...linuxSystem(),
        run: async () => ({ ok: false, problem: "missing", detail: "no systemd here" }),
      },
      folders: this.folders,
      records: folderRecords(this.folders, () => {}),
      store: {
        ...scanner.port.store,
        missing: async () => [],
        copyEarly: async () => ({ ok: true }),
        dropEarly: async () => {},
      },
      bootId: "boot-1",
      command: [],
      close: () => {},
    };
    return { host, scanner };
  }

  /** As fiducial-fetch does. */
  fillSpool(without: RegExp = /^$/): void {
    const { spool } = this.folders;
    rmSync(spool, { recursive: true, force: true });
    cpSync(this.installation.folder, spool, { recursive: true, filter: (path) => !without.test(path) });
  }

  /** Signs a release with one system; its toplevel. */
  release(
    name: string,
    counter: number,
    words: Partial<Parameters<SignedInstallation["addRelease"]>[0]> = {},
  ): string {
    const healthy = (_: unknown, system: Record<string, unknown>) => {
      system.health = { budgets: {}, safety: "required", unitsActive: [], modulesLoaded: [] };
    };
    return this.installation.addRelease({ name, counter, change: healthy, ...words }).toplevel;
  }
}
