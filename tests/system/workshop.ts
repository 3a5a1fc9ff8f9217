import { mkdirSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { SignedInstallation, type TestPath } from "#tests/support/signed-release.ts";
import { NixosHost, type SystemPlan } from "./nixos-host.ts";

export const MODEL = "FM-25";

/** `nix path-info --json` of Nix 2.26: a map of paths. */
const pathInfoSchema = z.record(
  z.string(),
  z.object({ narHash: z.string(), narSize: z.int(), references: z.array(z.string()) }),
);

const rewritesSchema = z.object({ rewrites: z.record(z.string(), z.string()) });

export type Built = { toplevel: string; paths: TestPath[] };

export type WorkshopSettings = { scannerId: string; changes?: object; agent?: object };

/**
 * Where systems are built and signed: a machine of its own with its own store, as in an installation. Its folder `repository` is laid out
 * like a server's, so that a scanner's spool, a server and a test have the same files.
 */
export class Workshop {
  readonly nixos: NixosHost;
  readonly installation: SignedInstallation;
  readonly repository: string;
  readonly cacheKey: string;

  private constructor(nixos: NixosHost, installation: SignedInstallation, cacheKey: string) {
    this.nixos = nixos;
    this.installation = installation;
    this.repository = installation.folder;
    this.cacheKey = cacheKey;
  }

  static async open(settings: WorkshopSettings): Promise<Workshop> {
    const nixos = await NixosHost.boot("trixie");
    // Nix would sync(2), which writes every disk of this machine, a scanner's whose power is about to be cut, too (cut-disk.ts).
    await nixos.host.must("sed", ["-i", "/^sync-before-registering/d", "/etc/nix/nix.conf"]);
    const repository = path.join(nixos.shared, "repository");
    mkdirSync(path.join(repository, "cache"), { recursive: true });
    const installation = new SignedInstallation(repository, { scannerId: settings.scannerId });
    await nixos.host.must("nix-store", [
      "--generate-binary-cache-key",
      "test-1",
      "/shared/cache.key",
      "/shared/cache.pub",
    ]);
    const cacheKey = (await nixos.host.must("cat", ["/shared/cache.pub"])).trim();
    const workshop = new Workshop(nixos, installation, cacheKey);
    workshop.set(settings);
    return workshop;
  }

  /** What `services.fiducial` puts below /etc of the systems built from now on. */
  set({ changes = {}, agent = {} }: Omit<WorkshopSettings, "scannerId">): void {
    const { firstRoots } = this.installation;
    const settings = {
      schema: "fiducial.changes/1",
      enable: true,
      model: MODEL,
      trustedKeys: [this.cacheKey],
      consent: "not-needed",
      bootLoader: "systemd-boot",
      espPath: "/boot",
      ...changes,
    };
    this.nixos.setEtc({
      "fiducial/changes.json": JSON.stringify(settings),
      "fiducial/agent.json": JSON.stringify({ changesEnabled: settings.enable, ...agent }),
      "fiducial/trust/release.root.json": firstRoots.release.toString("utf8"),
      "fiducial/trust/director.root.json": firstRoots.director.toString("utf8"),
    });
  }

  /** Builds a system and puts all it needs into the cache, signed by the cache's key. */
  async build(plan: SystemPlan): Promise<Built> {
    const toplevel = await this.nixos.build(plan);
    const cache = "file:///shared/repository/cache?compression=none&secret-key=/shared/cache.key";
    await this.nixos.host.must("nix", ["copy", "--to", cache, toplevel]);
    return { toplevel, paths: await this.listing(toplevel) };
  }

  /** Makes a content-addressed copy of a system and puts it into the cache, signed by nobody; its toplevel. */
  async contentAddressed(toplevel: string): Promise<string> {
    const { host } = this.nixos;
    const told = await host.must("nix", ["store", "make-content-addressed", "--json", toplevel]);
    const { rewrites } = rewritesSchema.parse(JSON.parse(told));
    const made = rewrites[toplevel];
    if (made === undefined) throw new Error(`nothing was made of ${toplevel}: ${told}`);
    await host.must("nix", ["copy", "--to", "file:///shared/repository/cache?compression=none", made]);
    return made;
  }

  async listing(toplevel: string): Promise<TestPath[]> {
    const told = await this.nixos.host.must("nix", ["path-info", "--json", "--recursive", toplevel]);
    return Object.entries(pathInfoSchema.parse(JSON.parse(told))).map(([storePath, info]) => ({
      path: storePath,
      narHash: Buffer.from(info.narHash.replace(/^sha256-/, ""), "base64").toString("hex"),
      narSize: info.narSize,
      references: info.references,
    }));
  }

  async close(): Promise<void> {
    await this.nixos.remove();
  }
}
