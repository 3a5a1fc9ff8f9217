import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Host } from "#agent/activate/host.ts";
import { setPasscode } from "#agent/local/check-passcode.ts";
import { localRecords } from "#agent/local/local-records.ts";
import { serveLocal } from "#agent/local/serve-local.ts";
import { askLocal } from "#agent/page/ask-local.ts";
import { pageServer } from "#agent/page/serve-page.ts";

type Answered = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
};
/** Longer than anything in a test takes between two questions. */
const IDLE_MS = 15_000;

type Sent = { method?: string; headers?: Record<string, string>; form?: Record<string, string> };

/** The scanner's own page over the real activator of a room: HTTP in front, the unix socket between, files and journal behind. */
export class PageRoom {
  readonly #server: ReturnType<typeof pageServer>;
  readonly #guard = { secret: Buffer.alloc(32, 7), hosts: [] as string[] };
  #cookie = "";
  #closed = false;

  private constructor(host: Host) {
    const where = join(host.folders.run, "local.sock");
    void this.#serve(host, where);
    this.#server = pageServer({ ask: askLocal(where), sessions: async () => [] }, this.#guard);
  }

  /** It ends by itself when nobody has asked for so long, and is started again, as systemd does. */
  async #serve(host: Host, path: string): Promise<void> {
    while (!this.#closed) await serveLocal(host, { where: { path }, idleMs: IDLE_MS });
  }

  static async open(host: Host): Promise<PageRoom> {
    const room = new PageRoom(host);
    await new Promise<void>((resolve) => room.#server.listen(0, "127.0.0.1", resolve));
    room.#guard.hosts.push(room.host);
    return room;
  }

  static async withPasscode(host: Host, passcode: string): Promise<PageRoom> {
    await setPasscode(localRecords(host), passcode, host.clock.nowMs());
    return PageRoom.open(host);
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  send(path: string, { method = "GET", headers = {}, form }: Sent = {}): Promise<Answered> {
    const body = form === undefined ? "" : new URLSearchParams(form).toString();
    return new Promise((resolve, reject) => {
      const asked = request(
        `http://${this.host}${path}`,
        { method, headers: { cookie: this.#cookie, "accept-language": "en", ...headers }, agent: false },
        (answer) => {
          const pieces: Buffer[] = [];
          answer.on("data", (piece: Buffer) => pieces.push(piece));
          answer.on("end", () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              body: Buffer.concat(pieces).toString("utf8"),
            }),
          );
        },
      );
      asked.on("error", reject);
      asked.end(body);
    });
  }

  /** As a browser does: opens the form, keeps its cookie, sends what it holds. */
  async fill(
    path: string,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    const opened = await this.send(path);
    const [cookie = ""] = opened.headers["set-cookie"] ?? [];
    if (cookie !== "") this.#cookie = cookie.split(";")[0] ?? "";
    const token = /name="token" value="([^"]+)"/.exec(opened.body)?.[1] ?? "";
    return await this.send(path.split("?")[0] ?? path, {
      method: "POST",
      headers: { origin: `http://${this.host}`, "sec-fetch-site": "same-origin", ...headers },
      form: { token, ...form },
    });
  }
}
