import type { ProcedureName } from "#core/access/permission.ts";
import type { RefusalView } from "#server/refusal.ts";
import type { RunningServer } from "#tests/integration/running-server.ts";

export type Answer = {
  status: number;
  /** Result of the call; undefined when it was refused. */
  data: unknown;
  refusal: RefusalView | null;
  body: string;
};

type Init = { method?: string; headers?: Record<string, string>; body?: string };

/** A browser without a screen: keeps cookies, sends the origin of the server's own pages. */
export class Visitor {
  readonly #server: RunningServer;
  readonly cookies = new Map<string, string>();

  constructor(server: RunningServer) {
    this.#server = server;
  }

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async fetch(path: string, init: Init = {}): Promise<Response> {
    const headers: Record<string, string> = { origin: this.#server.url, ...init.headers };
    if (this.cookies.size > 0) headers.cookie = this.cookie;
    const response = await fetch(this.#server.url + path, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  #keep(line: string): void {
    const [pair = ""] = line.split(";");
    const at = pair.indexOf("=");
    if (/max-age=0/i.test(line) || pair.length === at + 1) this.cookies.delete(pair.slice(0, at));
    else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }

  /** @param raw the input's JSON text, for inputs that JSON.stringify would not write */
  async query(name: ProcedureName, input?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const search = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
    return read(await this.fetch(`/api/trpc/${name}${search}`, { headers }));
  }

  async mutate(name: ProcedureName, input?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.mutateRaw(name, JSON.stringify(input ?? {}), headers);
  }

  async mutateRaw(name: ProcedureName, body: string, headers: Record<string, string> = {}): Promise<Answer> {
    const init = { method: "POST", body, headers: { "content-type": "application/json", ...headers } };
    return read(await this.fetch(`/api/trpc/${name}`, init));
  }

  async auth(path: string, body: unknown = {}): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return this.fetch(`/api/auth${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  }

  async signIn(email: string, password: string): Promise<Response> {
    return this.auth("/sign-in/email", { email, password });
  }
}

async function read(response: Response): Promise<Answer> {
  const body = await response.text();
  const json = JSON.parse(body) as {
    result?: { data: unknown };
    error?: { data?: { refusal?: RefusalView | null } };
    refusal?: RefusalView;
  };
  return {
    status: response.status,
    data: json.result?.data,
    refusal: json.error?.data?.refusal ?? json.refusal ?? null,
    body,
  };
}

export const ADMIN = { email: "admin@example.org", password: "correct horse battery" };

/** The first-run form, and the administrator it makes, signed in. */
export async function firstAdmin(server: RunningServer): Promise<Visitor> {
  const visitor = new Visitor(server);
  const made = await visitor.mutate("setup.createAdmin", {
    name: "Ada",
    ...ADMIN,
    organisationName: "Clinic",
    siteName: "Alpha",
    timeZone: "Europe/Berlin",
  });
  if (made.status !== 200) throw new Error(made.body);
  const signedIn = await visitor.signIn(ADMIN.email, ADMIN.password);
  if (signedIn.status !== 200) throw new Error(await signedIn.text());
  return visitor;
}
