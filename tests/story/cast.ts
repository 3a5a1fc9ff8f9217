import path from "node:path";
import type { ScannerId } from "#core/identity/identity.ts";
import { changeFileSchema } from "#core/report/change-kind.ts";
import { firstAdmin, type Portal, until } from "#tests/support/portal.ts";
import { type Product, startProduct } from "#tests/support/product.ts";
import { NixosHost, type SystemPlan } from "#tests/system/nixos-host.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
export const MODEL = "FM-25";
export const PEOPLE = ["anna", "ben", "clara"] as const;
export type Person = (typeof PEOPLE)[number];

/** How long a change may take here: budgets of seconds, on a machine that has other things to do. */
const PATIENCE_MS = 180_000;
const PASSPHRASE = "/shared/passphrase";

/** Who takes part: the server with its signer, the workshop where people build and sign, and the scanner. */
export class Cast {
  readonly product: Product;
  readonly portal: Portal;
  readonly workshop: NixosHost;
  readonly scanner: NixosHost;
  readonly built = new Map<string, string>();
  #scannerId: ScannerId | null = null;

  private constructor(product: Product, portal: Portal, workshop: NixosHost, scanner: NixosHost) {
    this.product = product;
    this.portal = portal;
    this.workshop = workshop;
    this.scanner = scanner;
  }

  /** `network`: whether the scanner shares this machine's; else it has nothing but its loopback (tests/system/cable.ts). */
  static async gather(how: { network: boolean } = { network: true }): Promise<Cast> {
    console.log("Starting the server, the workshop and the scanner …");
    const product = await startProduct();
    const portal = await firstAdmin(product.url);
    const station = `${path.join(ROOT, "dist/cli")}:/opt/station`;
    const workshop = await NixosHost.boot("trixie", [station]);
    const scanner = await NixosHost.boot("trixie", [], null, how);
    await workshop.host.write(PASSPHRASE, "correct horse battery staple\n", "0600");
    return new Cast(product, portal, workshop, scanner);
  }

  get scannerId(): ScannerId {
    if (this.#scannerId === null) throw new Error("the scanner is not enrolled yet");
    return this.#scannerId;
  }
  set scannerId(id: ScannerId) {
    this.#scannerId = id;
  }

  /** A person types a command of the release station; what it printed. Throws when it fails. */
  async types(person: Person, ...words: string[]): Promise<string> {
    const { status, said } = await this.tries(person, ...words);
    if (status !== 0) throw new Error(`fiducial ${words.join(" ")}: ${said}`);
    return said;
  }

  async tries(person: Person, ...words: string[]): Promise<{ status: number; said: string }> {
    const ran = await this.workshop.host.run("env", [
      `FIDUCIAL_PASSPHRASE_FILE=${PASSPHRASE}`,
      "node",
      "/opt/station/fiducial.mjs",
      ...words,
      "--folder",
      `/shared/${person}`,
    ]);
    return { status: ran.status, said: ran.stdout + ran.stderr };
  }

  /** Builds a system in the workshop. */
  async builds(name: string, plan: SystemPlan): Promise<string> {
    const toplevel = await this.workshop.build(plan);
    this.built.set(name, toplevel);
    return toplevel;
  }

  toplevel(name: string): string {
    const toplevel = this.built.get(name);
    if (toplevel === undefined) throw new Error(`${name} was not built`);
    return toplevel;
  }

  /** A person asks at the portal; the id of the change. @param who the first administrator, if nobody else is named */
  async asks(
    action: "activate" | "rollback",
    release: string,
    reason: string,
    who: Portal = this.portal,
  ): Promise<string> {
    const asked = { scannerIds: [this.scannerId], action, release };
    const { scanners } = await who.api.change.preflight.query(asked);
    const against = scanners.flatMap((one) => one.against.map(({ code }) => code));
    if (against.length > 0)
      throw new Error(`the preflight says that it cannot be asked: ${against.join(", ")}`);
    const { changes } = await who.api.change.request.mutate({
      ...asked,
      reason,
      requestKey: crypto.randomUUID(),
    });
    const [only] = changes;
    if (only === undefined) throw new Error("the server made no change");
    return only.changeId;
  }

  /** Waits until the server knows, from signed reports, that the change is in this state. */
  async serverSays(changeId: string, state: string) {
    let last = "nothing";
    return await until(`the server to say ${state} of the change`, PATIENCE_MS, async () => {
      const change = await this.portal.api.change.get.query({ changeId });
      last = `${change.state} ${change.stateReason?.code ?? ""}`;
      return change.state === state ? change : null;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it says ${last}`);
    });
  }

  /** What the scanner itself says of its change. */
  async scannerSays() {
    const read = await this.scanner.host.run("cat", ["/run/fiducial/change.json"]);
    return read.status === 0 ? changeFileSchema.parse(JSON.parse(read.stdout)) : null;
  }

  /** The ends of the logs, for when something did not happen. */
  async lastWords(): Promise<string> {
    const units = ["agent", "activate", "change", "switch", "guard", "deadline"];
    const named = units.flatMap((unit) => ["-u", `fiducial-${unit}.service`]);
    const journal = await this.scanner.host
      .run("journalctl", ["--no-pager", "-o", "cat", "-n", "60", ...named])
      .catch((error: Error) => ({ stdout: error.message }));
    const status = await this.scanner.host
      .run("node", ["/opt/fiducial/fiducial.mjs", "status"])
      .catch((error: Error) => ({ stdout: error.message }));
    // What people asked of the pages is beside the point.
    const server = this.product
      .log()
      .split("\n")
      .filter((line) => !line.includes('"GET"'));
    return `scanner:\n${journal.stdout}\n${status.stdout}\nserver:\n${server.slice(-40).join("\n")}`;
  }

  async leave(): Promise<void> {
    await this.scanner.remove();
    await this.workshop.remove();
    await this.product.stop();
  }
}
