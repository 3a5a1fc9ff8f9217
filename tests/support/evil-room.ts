import { generateKeyPairSync, sign } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { dirname, join } from "node:path";
import { consider } from "#agent/activate/consider.ts";
import type { Host } from "#agent/activate/host.ts";
import { readSignedPaths } from "#agent/activate/signed-list.ts";
import { layOutCache } from "#agent/activate/spool-cache.ts";
import { statusOf } from "#agent/activate/status.ts";
import { openTrust, type Trust } from "#agent/trust/trust.ts";
import { narFileName, narFingerprint, narinfoName, narinfoText } from "#core/closure/narinfo.ts";
import type { StorePath } from "#core/closure/store-path.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { type Instruction, instructionSchema } from "#core/trust/instruction.ts";
import { EvilServer } from "#demo/attack/evil-server.ts";
import { type Answer, askedIn, bytesBelow, lookByFetcher, lookBySpool } from "#demo/attack/look.ts";
import type { Move, Situation } from "#demo/attack/script.ts";
import { ActivatorRoom, change } from "#tests/support/activator-room.ts";
import { type FileServer, startFileServer } from "#tests/support/file-server.ts";
import type { ModelScanner } from "#tests/support/model-scanner.ts";
import { OTHER_SCANNER_ID, SCANNER_ID, storePath } from "#tests/support/signed-release.ts";
import { sha256, testKey } from "#tests/support/signed-repository.ts";

const scannerId = scannerIdSchema.parse(SCANNER_ID);

/** Who brings the files to the activator: the scanner's own fetcher over http, or whoever took that over, too. */
export type Half = "fetcher" | "spool";
/** Ends a wait that would last as long as the scan. */
class Waits extends Error {}

/**
 * A scanner that confirmed two releases of people, and the server it believes, which somebody else has now. Fetcher, verifier and
 * activator are the real ones; what stands in are systemd, Nix and the clock (tests/support/model-scanner.ts).
 */
export class EvilRoom {
  readonly room = new ActivatorRoom();
  readonly host: Host;
  readonly scanner: ModelScanner;
  #taken: { situation: Situation; evil: EvilServer } | null = null;
  readonly #server: FileServer;
  readonly #fetchers: Trust;
  readonly #cacheKey = generateKeyPairSync("ed25519").privateKey;

  static async open(options: { nextIsSick?: boolean } = {}): Promise<EvilRoom> {
    const server = await startFileServer({});
    const one = new EvilRoom(server, options.nextIsSick === true);
    one.#taken = { situation: await one.#prepare(), evil: one.#takeOver() };
    server.places["/agent/v1/tuf"] = one.room.installation.folder;
    server.places["/agent/v1/cache"] = join(one.room.installation.folder, "cache");
    server.instead = (path, response) => one.#endless(path, response);
    return one;
  }

  get evil(): EvilServer {
    if (this.#taken === null) throw new Error("the server is in honest hands still");
    return this.#taken.evil;
  }

  get situation(): Situation {
    if (this.#taken === null) throw new Error("people have not signed yet");
    return this.#taken.situation;
  }

  private constructor(server: FileServer, nextIsSick: boolean) {
    this.#server = server;
    const sick = nextIsSick ? [storePath("system-r3")] : [];
    const { host, scanner } = this.room.host({}, { sick });
    this.host = this.#withStore(host);
    this.scanner = scanner;
    this.#fetchers = openTrust({
      folder: join(this.room.folders.state, "..", "fetchers"),
      firstRoots: this.room.installation.firstRoots,
      scannerId,
      nowMs: () => host.clock.nowMs(),
    });
  }

  /** Files of a real spool, laid out for the copy by the activator's own code; a store that is a set of names. */
  #withStore(host: Host): Host {
    const present = new Set<string>();
    const { folders } = this.room;
    return {
      ...host,
      clock: {
        ...host.clock,
        sleep: async (ms) => {
          const { waiting } = { waiting: null, ...(await host.records.journal()) };
          if (waiting !== null) throw new Waits(waiting);
          await host.clock.sleep(ms);
        },
      },
      store: {
        ...host.store,
        missing: async (paths) => paths.filter((one) => !present.has(one.path)),
        copy: async () => {
          const paths = await readSignedPaths(folders.state);
          const missing = paths.filter((one) => !present.has(one.path)).map((one) => one.path);
          const laidOut = await layOutCache(folders, paths, new Set(missing));
          if (laidOut.ok) for (const path of missing) present.add(path);
          return laidOut;
        },
      },
    };
  }

  async #prepare(): Promise<Situation> {
    const earlier = await this.#confirm("r1", 1, 0);
    const last = await this.#confirm("r2", 2, 0);
    const next = this.#release("r3", 3, 2);
    const foreign = this.#release("r4", 4, 0, [{ model: "Other", hardwareRevisions: null }]);
    return {
      otherScanner: scannerIdSchema.parse(OTHER_SCANNER_ID),
      running: knownOf(last),
      belowFloor: knownOf(earlier),
      next,
      foreign,
      earlier,
      last,
    };
  }

  /** The honest time before: people sign, the director asks, the scanner proves itself. */
  async #confirm(release: string, counter: number, floor: number): Promise<Instruction> {
    const known = this.#release(release, counter, floor);
    this.room.installation.instruct({ ...known, changeId: change(counter) });
    this.room.fillSpool();
    await consider(this.host);
    const { told } = await statusOf(this.host);
    if (told.state !== "confirmed") throw new Error(`${release}: ${JSON.stringify(told)}`);
    return instructionSchema.parse(JSON.parse((await this.host.records.sequence())?.text ?? ""));
  }

  #release(name: string, counter: number, floor: number, audience?: unknown[]) {
    const library = this.#built(`lib-${name}`, []);
    const top = this.#built(`system-${name}`, [storePath(`system-${name}`), library.path]);
    const meant = audience === undefined ? {} : { for: audience };
    const toplevel = this.room.release(name, counter, { floor, paths: [top, library], ...meant });
    return { release: name, system: "scanner", toplevel };
  }

  /** A store path with bytes of its own in the server's cache, signed by the cache's key. */
  #built(name: string, references: string[]) {
    const path = storePath(name) as StorePath;
    const nar = Buffer.from(`the archive of ${name}`.repeat(40));
    const one = { path, narHash: sha256(nar), narSize: nar.length, references: references as StorePath[] };
    const cache = join(this.room.installation.folder, "cache");
    const put = (file: string, bytes: string | Buffer) => {
      mkdirSync(dirname(join(cache, file)), { recursive: true });
      writeFileSync(join(cache, file), bytes);
    };
    put(narFileName(one.narHash), nar);
    put(narinfoName(path), narinfoText({ ...one, signatures: [this.#signed(narFingerprint(one))] }));
    return one;
  }

  #signed(fingerprint: string): string {
    return `cache-1:${sign(null, Buffer.from(fingerprint), this.#cacheKey).toString("base64")}`;
  }

  #takeOver(): EvilServer {
    const { installation } = this.room;
    const key = (repository: "release" | "director", role: "targets" | "snapshot" | "timestamp") =>
      installation[repository].keys[role][0] ?? testKey();
    return new EvilServer({
      folder: installation.folder,
      scannerId,
      nowMs: installation.nowMs,
      keys: {
        director: {
          targets: key("director", "targets"),
          snapshot: key("director", "snapshot"),
          timestamp: key("director", "timestamp"),
        },
        release: { snapshot: key("release", "snapshot"), timestamp: key("release", "timestamp") },
        cache: (fingerprint) => this.#signed(fingerprint),
      },
    });
  }

  #endless(path: string, response: ServerResponse): boolean {
    const name = path.replace("/agent/v1/tuf/", "");
    if (!this.evil.endless.has(name)) return false;
    response.writeHead(200);
    response.write(this.evil.read(name).subarray(0, 8_192));
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384, " ")));
    };
    response.on("drain", more);
    more();
    return true;
  }

  /** One move of the attacker, and what the scanner says to it. */
  async play(move: Move, half: Half): Promise<Answer> {
    await this.#before(move);
    move.lay(this.evil, this.situation);
    return this.look(half);
  }

  /** The scanner looks at what is served. */
  async look(half: Half): Promise<Answer> {
    try {
      const { host, room } = this;
      if (half === "spool") return await lookBySpool(host, room.installation.folder);
      return await lookByFetcher(host, { scannerId, trust: this.#fetchers, url: this.#server.url });
    } catch (error) {
      if (!(error instanceof Waits)) throw error;
      return { kind: "waits", gate: error.message };
    }
  }

  async #before({ before }: Move): Promise<void> {
    const { installation } = this.room;
    if (before === "scan-begins") this.scanner.safety = { scanState: "running" };
    else if (before === "people-rotate") this.rotateDirector();
    else if (before === "next-fails") {
      installation.instruct({ ...this.situation.next, changeId: change(3) });
      this.room.fillSpool();
      await consider(this.host);
    } else if (before !== undefined) {
      installation.nowMs += before.waitMs;
      this.evil.nowMs = installation.nowMs;
    }
  }

  /** People sign a new root of the director with new online keys; the old ones are the attacker's still. */
  rotateDirector(): void {
    const { director } = this.room.installation;
    director.keys = { ...director.keys, targets: [testKey()], snapshot: [testKey()], timestamp: [testKey()] };
    director.publishRoot();
  }

  /** What must be as it was, whatever was tried. */
  async standing() {
    const { profile, current, booted, bootDefault, oneShot } = this.scanner;
    const { records, settings } = this.host;
    return {
      ...{ profile, current, booted, bootDefault, oneShot },
      confirmed: (await records.confirmed()).generations.map((one) => one.toplevel),
      sequence: await records.sequence(),
      settings: JSON.stringify(settings),
    };
  }

  /** Change that the attacker's last instruction names. */
  get asked(): string | null {
    return askedIn(join(this.room.installation.folder, "director", SCANNER_ID));
  }

  async told() {
    return (await statusOf(this.host)).told;
  }

  /** Everything the scanner's fetcher asked the server for. */
  get heard(): string[] {
    return this.#server.heard.map(({ path }) => path);
  }

  spooledBytes(): number {
    return bytesBelow(this.room.folders.spool);
  }

  async close(): Promise<void> {
    await this.#server.close();
    this.room.remove();
  }
}

function knownOf({ release, system, toplevel }: Instruction) {
  return { release, system, toplevel };
}
