import { rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import type { NixosHost } from "./nixos-host.ts";

const UNIT = "/usr/local/lib/systemd/system";
const NAME = "cable.sock";

/** Runs in the host: what is said to the server's port there goes into the cable, and nowhere while that is pulled out. */
const INSIDE = `import { connect, createServer } from "node:net";
const [, , port, cable] = process.argv;
createServer((near) => {
  const far = connect(cable);
  near.pipe(far).pipe(near);
  for (const [one, other] of [[near, far], [far, near]]) one.on("error", () => other.destroy()).on("close", () => other.destroy());
}).listen(Number(port), "127.0.0.1");
`;

/**
 * The network cable of a host that has nothing but its loopback: a socket in the shared folder, from the server's port inside to the
 * server outside. It can be pulled out without a reboot, and the host's hardware is the same before, meanwhile and after.
 */
export class Cable {
  readonly #socket: string;
  readonly #port: number;
  #server: Server | null = null;
  readonly #open = new Set<Socket>();

  private constructor(shared: string, port: number) {
    this.#socket = path.join(shared, NAME);
    this.#port = port;
  }

  static async lay({ host, shared }: NixosHost, url: string): Promise<Cable> {
    const cable = new Cable(shared, Number(new URL(url).port));
    await host.write("/usr/local/lib/cable.mjs", INSIDE);
    const command = `/usr/local/bin/node /usr/local/lib/cable.mjs ${cable.#port} /shared/${NAME}`;
    await host.write(`${UNIT}/cable.service`, `[Service]\nExecStart=${command}\n`);
    await host.must("mkdir", ["-p", `${UNIT}/multi-user.target.wants`]);
    await host.must("ln", ["-sf", "../cable.service", `${UNIT}/multi-user.target.wants/cable.service`]);
    await host.must("systemctl", ["daemon-reload"]);
    await host.must("systemctl", ["start", "cable.service"]);
    await cable.plug();
    return cable;
  }

  async plug(): Promise<void> {
    rmSync(this.#socket, { force: true });
    const server = createServer((near) => {
      const far = connect(this.#port, "127.0.0.1");
      near.pipe(far).pipe(near);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#open.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => {
          this.#open.delete(one);
          other.destroy();
        });
      }
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#socket, resolve));
  }

  /** What is on its way is cut off. */
  async unplug(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const one of this.#open) one.destroy();
    await closed;
  }
}
