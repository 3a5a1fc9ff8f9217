import type { ScannerHost } from "./scanner-host.ts";

const WHERE = "http://127.0.0.1:7420";
const JAR = "/root/page-cookies";
/** What curl adds at the end of what it prints. */
const TAIL = "\n%{http_code} %header{location}";

type Shown = { status: number; location: string; body: string };

/** The scanner's own page as somebody in front of the scanner sees it: asked over the loopback of the host itself, by its own curl. */
export class OwnPage {
  readonly #host: ScannerHost;

  constructor(host: ScannerHost) {
    this.#host = host;
  }

  async open(path: string, ...options: string[]): Promise<Shown> {
    const asked = [
      "-sS",
      "--max-time",
      "90",
      "-b",
      JAR,
      "-c",
      JAR,
      "-w",
      TAIL,
      ...options,
      `${WHERE}${path}`,
    ];
    const said = await this.#host.must("curl", asked);
    const at = said.lastIndexOf("\n");
    const [status = "", location = ""] = said.slice(at + 1).split(" ");
    return { status: Number(status), location, body: said.slice(0, at) };
  }

  /** As a browser does: opens the form, keeps its cookie, sends what the form holds beside what was typed. */
  async fill(path: string, typed: Record<string, string>): Promise<Shown> {
    const { body } = await this.open(path);
    const token = /name="token" value="([^"]+)"/.exec(body)?.[1] ?? "";
    const fields = Object.entries({ token, ...typed }).flatMap(([name, value]) => [
      "--data-urlencode",
      `${name}=${value}`,
    ]);
    return await this.open(path.split("?")[0] ?? path, "-H", `Origin: ${WHERE}`, ...fields);
  }
}

/** What somebody reads: without tags, in one line. */
export function readable(body: string): string {
  return body
    .replace(/<style[\s\S]*?<\/style>|<[^>]+>/g, " ")
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ");
}
