import { cpSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { type ActivateAnswer, activateAnswerSchema } from "#core/change/verbs.ts";
import { changeFileSchema, changeKind } from "#core/report/change-kind.ts";
import { until } from "#tests/support/portal.ts";
import { STUB_SCANNER_ID, type StubServer, startStubServer } from "#tests/support/stub-server.ts";
import type { Debian } from "./host-root.ts";
import { NixosHost, QUICK_HEALTH } from "./nixos-host.ts";
import type { HostDisk } from "./scanner-host.ts";
import { type Built, MODEL, type Workshop } from "./workshop.ts";

/** How long a whole change may take here: budgets of seconds, a minute after a scan, and a busy machine. */
const PATIENCE_MS = 200_000;

export type Told = ReturnType<typeof changeFileSchema.parse>;

/** No two changes have one id, also when a second scanner comes after the first. */
let changes = 0;

const ASK =
  'const s=require("net").connect("/run/fiducial/activate.sock",()=>s.write(process.argv[1]+"\\n"));s.pipe(process.stdout)';

/** Only where it is held and was not released since (ACT-6). */
const RELEASE_HOLD = `cd /var/lib/fiducial-activate 2>/dev/null || exit 0
[ -e held.json ] || exit 0
grep -qsF "$(grep -o '"changeId":"[^"]*"' held.json)" released.json && exit 0
exec node /run/current-system/fiducial/programs/fiducial-activate.mjs release-hold --reason 'looked at'`;

/** A scanner that changes: a host with a system, enrolled at a server of the agent protocol that also serves the workshop's repository. */
export class ChangeScanner {
  readonly nixos: NixosHost;
  readonly server: StubServer;
  readonly workshop: Workshop;

  private constructor(nixos: NixosHost, server: StubServer, workshop: Workshop) {
    this.nixos = nixos;
    this.server = server;
    this.workshop = workshop;
  }

  static async install(
    debian: Debian,
    workshop: Workshop,
    system: Built,
    ownDisk: HostDisk | null = null,
  ): Promise<ChangeScanner> {
    const server = await startStubServer();
    server.files = workshop.repository;
    const nixos = await NixosHost.boot(debian, [], ownDisk);
    const scanner = new ChangeScanner(nixos, server, workshop);
    const { host } = nixos;
    // As an installer brings a first system: from the cache, by hand, before anything is signed for this scanner.
    cpSync(path.join(workshop.repository, "cache"), path.join(nixos.shared, "cache"), { recursive: true });
    await host.must("nix", ["copy", "--no-check-sigs", "--from", "file:///shared/cache", system.toplevel]);
    await host.must("install", ["-d", "-o", "fiducial", "-g", "fiducial", "-m", "0700", "/var/lib/fiducial"]);
    await host.must("runuser", [
      ...["-u", "fiducial", "--", "node", "/opt/fiducial/fiducial.mjs", "enroll", "--server", server.url],
      ...[
        "--token",
        "fid1.abcdefghijklmnopqrstuvwxyz",
        "--fingerprint",
        server.fingerprint,
        "--state",
        "/var/lib/fiducial",
      ],
    ]);
    await nixos.install(system.toplevel);
    return scanner;
  }

  /** Signs a release of this system for the scanner's model. */
  release(name: string, counter: number, built: Built, health: object = QUICK_HEALTH): void {
    this.workshop.installation.addRelease({
      name,
      counter,
      toplevel: built.toplevel,
      paths: built.paths,
      for: [{ model: MODEL, hardwareRevisions: null }],
      change: (_, system) => {
        system.health = health;
      },
    });
  }

  /** The director's word; the id of the change. */
  instruct(release: string, built: Built, words: object = {}): string {
    changes += 1;
    // A sweep takes longer than an instruction is good for.
    this.workshop.installation.nowMs = Date.now();
    const changeId = `019a5b1e-0000-7000-8000-${String(changes).padStart(12, "0")}`;
    this.workshop.installation.instruct({ release, toplevel: built.toplevel, changeId, ...words });
    return changeId;
  }

  /** Brings everything into the spool at once, as a stick would. Whoever does it has looked at what failed before. */
  async fillSpool(): Promise<void> {
    const { host, shared } = this.nixos;
    await host.must("sh", ["-c", RELEASE_HOLD]);
    cpSync(this.workshop.repository, path.join(shared, "spool"), { recursive: true });
    // Linked into its place file by file: the agent may be reading, and a file that is half there would be refused.
    const beside = "/var/spool/.fiducial-stick";
    const script = `rm -rf ${beside} && cp -r /shared/spool ${beside} && chown -R fiducial:fiducial ${beside} && cp -rlf --preserve=ownership ${beside}/. /var/spool/fiducial/ && rm -rf ${beside}`;
    await host.must("sh", ["-c", script]);
  }

  async ask(request: { verb: string }): Promise<ActivateAnswer> {
    const said = await this.nixos.host.must("runuser", [
      ...["-u", "fiducial", "--", "node", "-e", ASK, JSON.stringify(request)],
    ]);
    return activateAnswerSchema.parse(JSON.parse(said));
  }

  /** What the scanner says of its change now; null: nothing yet. */
  async told(): Promise<Told | null> {
    const read = await this.nixos.host.run("cat", ["/run/fiducial/change.json"]);
    return read.status === 0 ? changeFileSchema.parse(JSON.parse(read.stdout)) : null;
  }

  /** Waits until the scanner says this word of this change. */
  untilTold(state: Told["state"], changeId: string): Promise<Told> {
    return this.#until(`${changeId} to be ${state}`, changeId, (told) => told.state === state);
  }

  /** Waits until this change has ended, one way or the other. */
  async untilOver(changeId: string): Promise<void> {
    await this.#until(
      `${changeId} to end`,
      changeId,
      ({ state }) => state === "confirmed" || state === "rolled-back",
    );
    await until("the journal to rest", 60_000, async () => {
      const status = await this.ask({ verb: "status" }).catch(() => null);
      return status?.answer === "status" && status.step === "rest" ? true : null;
    });
  }

  untilWaiting(reason: string, changeId: string): Promise<Told> {
    return this.#until(`${reason} to be the reason`, changeId, (told) => told.reason === reason);
  }

  async #until(what: string, changeId: string, holds: (told: Told) => boolean): Promise<Told> {
    let last: Told | null = null;
    return await until(what, PATIENCE_MS, async () => {
      // A scanner that goes down for a reboot answers nothing for a while.
      last = await this.told().catch(() => null);
      return last !== null && last.changeId === changeId && holds(last) ? last : null;
    }).catch(async (error: Error) => {
      throw new Error(`${error.message}; it says ${JSON.stringify(last)}\n${await this.journal()}`);
    });
  }

  /** Words that signed reports said of this change, in the order of their numbers. */
  changesReported(changeId: string): string[] {
    const schema = z.object({
      facts: z.object({ change: z.object({ value: z.unknown().optional() }).optional() }),
    });
    const words = this.server.reports().flatMap(({ json }) => {
      const told = changeKind.safeParse(schema.parse(json).facts.change?.value);
      return told.success && told.data.changeId === changeId ? [told.data.state] : [];
    });
    return words.filter((word, at) => word !== words[at - 1]);
  }

  /** The end of the host's log, of Fiducial's own units. */
  async journal(): Promise<string> {
    const units = [
      "fiducial-agent",
      "fiducial-activate",
      "fiducial-change",
      "fiducial-switch",
      "fiducial-guard",
      "fiducial-deadline",
    ];
    const named = units.flatMap((unit) => ["-u", `${unit}*.service`]);
    return (await this.nixos.host.run("journalctl", ["--no-pager", "-o", "cat", "-n", "60", ...named]))
      .stdout;
  }

  async remove(): Promise<void> {
    await this.nixos.remove();
    await this.server.close();
  }
}

export { STUB_SCANNER_ID };
