import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningServer, startServer } from "#tests/integration/running-server.ts";
import { ADMIN, firstAdmin, Visitor } from "#tests/integration/visitor.ts";

let ordinary: RunningServer;
let open: RunningServer;
let other: Server;
/** What reached the program behind the dock. */
const heard: {
  method: string | undefined;
  url: string | undefined;
  cookie: string | undefined;
  body: string;
}[] = [];

beforeAll(async () => {
  other = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    heard.push({ method: request.method, url: request.url, cookie: request.headers.cookie, body });
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.setHeader("set-cookie", "stolen=1");
    response.end("<p>tools");
  });
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  ordinary = await startServer();
  open = await startServer({
    signInOpen: true,
    bannerText: "A fleet to look at.",
    dockUrl: `http://127.0.0.1:${port}`,
  });
  await firstAdmin(ordinary);
  await firstAdmin(open);
});
afterAll(async () => {
  await ordinary.stop();
  await open.stop();
  await new Promise((resolve) => other.close(resolve));
});

type Front = { signInOpen: boolean; bannerText: string | null; people: { userId: string; name: string }[] };
const frontOf = async (visitor: Visitor) => (await visitor.query("session.front")).data as Front;

describe("signing in without a password", () => {
  test("exists nowhere by default, and no name is given away [B-01]", async () => {
    const visitor = new Visitor(ordinary);
    expect(await frontOf(visitor)).toMatchObject({ signInOpen: false, bannerText: null, people: [] });
    const [{ id } = { id: "" }] = await ordinary.owner<{ id: string }>('select id from "User"');
    const refused = await visitor.auth("/sign-in/open", { userId: id });
    expect(refused.status).toBe(404);
    expect(visitor.cookies.size).toBe(0);
  });

  test("where it is open, the picked person is signed in with their own rights, and the log says how", async () => {
    const visitor = new Visitor(open);
    const { people } = await frontOf(visitor);
    expect(people).toMatchObject([{ name: "Ada", membership: { role: "admin" } }]);
    expect((await visitor.auth("/sign-in/open", { userId: people[0]?.userId })).status).toBe(200);
    expect((await visitor.query("session.me")).data).toMatchObject({ email: ADMIN.email });
    expect(await frontOf(visitor)).toMatchObject({ people: [] });
    const actions = await open.owner<{ action: string }>("select action from audit.event order by at");
    expect(actions.map(({ action }) => action)).toContain("session.signed-in-without-proof");
  });

  test("nobody is no one, the deactivated stay out, and a foreign page picks for no visitor [B-07]", async () => {
    const visitor = new Visitor(open);
    expect((await visitor.auth("/sign-in/open", { userId: "nobody" })).status).toBe(404);
    expect((await visitor.auth("/sign-in/open", { userId: { $ne: "" } })).status).toBe(400);
    const [person] = (await frontOf(visitor)).people;
    const init = { method: "POST", body: JSON.stringify({ userId: person?.userId }) };
    const headers = { origin: "http://evil.example", "content-type": "application/json" };
    expect((await visitor.fetch("/api/auth/sign-in/open", { ...init, headers })).status).toBe(403);
    await open.owner('update "User" set "deactivatedAt" = now()');
    expect((await frontOf(visitor)).people).toEqual([]);
    expect((await visitor.auth("/sign-in/open", { userId: person?.userId })).status).toBe(401);
    await open.owner('update "User" set "deactivatedAt" = null');
    expect(visitor.cookies.size).toBe(0);
  });
});

describe("the dock", () => {
  test("is forwarded for signed-in people, without their cookie, and framed by our own pages only", async () => {
    const visitor = new Visitor(open);
    expect((await visitor.fetch("/dock/")).status).toBe(401);
    expect(heard).toEqual([]);
    const [person] = (await frontOf(visitor)).people;
    await visitor.auth("/sign-in/open", { userId: person?.userId });
    const page = await visitor.fetch("/dock/?theme=dark");
    expect(await page.text()).toBe("<p>tools");
    expect(page.headers.get("x-frame-options")).toBe("SAMEORIGIN");
    expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'self'");
    expect(page.headers.getSetCookie()).toEqual([]);
    const headers = { "content-type": "application/json" };
    await visitor.fetch("/dock/api/fire", { method: "POST", body: '{"a":1}', headers });
    expect(heard).toEqual([
      { method: "GET", url: "/?theme=dark", cookie: undefined, body: "" },
      { method: "POST", url: "/api/fire", cookie: undefined, body: '{"a":1}' },
    ]);
    const foreign = { ...headers, origin: "http://evil.example" };
    expect(
      (await visitor.fetch("/dock/api/fire", { method: "POST", body: "{}", headers: foreign })).status,
    ).toBe(403);
    expect((await visitor.fetch("/dock/", { method: "DELETE" })).status).toBe(400);
    expect((await visitor.fetch("/dock//evil.example/")).status).toBe(400);
    expect(heard).toHaveLength(2);
  });

  test("is not there where none is set", async () => {
    const visitor = new Visitor(ordinary);
    await visitor.signIn(ADMIN.email, ADMIN.password);
    expect((await visitor.fetch("/dock/")).status).toBe(404);
  });
});
