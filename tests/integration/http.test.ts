import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { BrowserToServer, ServerToBrowser } from "#core/protocol/events.ts";
import { withClient } from "#tests/integration/database.ts";
import { INPUTS } from "#tests/integration/procedure-inputs.ts";
import { type RunningServer, startServer } from "#tests/integration/running-server.ts";
import { Visitor } from "#tests/integration/visitor.ts";
import { makeWorld, personAt, type World } from "#tests/integration/world.ts";

let server: RunningServer;
let world: World;

beforeAll(async () => {
  server = await startServer();
  world = await makeWorld(server);
});
afterAll(() => server.stop());

/** Bytes as they are, for what no HTTP client would send; resolves with what came back until the connection closed. */
function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
      socket.end();
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

describe("another site's page changes nothing with our visitor's cookie [B-07]", () => {
  const sites = async () =>
    Number((await server.owner<{ n: string }>(`select count(*) n from "Site"`))[0]?.n);
  const input = JSON.stringify({ name: "Forged", timeZone: "UTC" });

  test.each([
    ["a foreign origin", { origin: "http://evil.example", "content-type": "application/json" }],
    ["the same host on another port", { origin: "http://127.0.0.1:1", "content-type": "application/json" }],
    ["a sandboxed frame", { origin: "null", "content-type": "application/json" }],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["plain text that is JSON", { "content-type": "text/plain" }],
    ["a multipart form", { "content-type": "multipart/form-data; boundary=x" }],
    ["no media type", {}],
  ])("%s", async (_what, headers) => {
    const before = await sites();
    const response = await world.admin.fetch("/api/trpc/site.create", {
      method: "POST",
      body: input,
      headers: headers as Record<string, string>,
    });
    expect([400, 403]).toContain(response.status);
    expect(await sites()).toBe(before);
  });

  test.each(["GET", "PUT", "PATCH", "DELETE"])("a mutation by %s", async (method) => {
    const before = await sites();
    const query = `?input=${encodeURIComponent(input)}`;
    const headers = { "x-http-method-override": "POST", "content-type": "application/json" };
    const response = await world.admin.fetch(`/api/trpc/site.create${query}`, { method, headers });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await sites()).toBe(before);
  });

  test("signing in from another site's page", async () => {
    const visitor = new Visitor(server);
    const headers = { origin: "http://evil.example", "content-type": "application/json" };
    const response = await visitor.fetch("/api/auth/sign-in/email", { method: "POST", headers, body: "{}" });
    expect(response.status).toBe(403);
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});

describe("what a request says of itself", () => {
  test.each([
    "http://evil.example/healthz",
    "//api//trpc/site.list",
    "/api/%2e%2e/healthz",
    "/api/trpc%2fsite.list",
  ])("a target that means two things is refused: %s [B-03, W-04]", async (target) => {
    const answer = await raw(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("an upgrade to anything but our socket is dropped without a word [W-04]", async () => {
    const upgrade =
      "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    expect(await raw(`GET /_next/hmr HTTP/1.1\r\nhost: x\r\n${upgrade}\r\n`)).toBe("");
    expect(await raw(`GET http://127.0.0.1/ws/ HTTP/1.1\r\nhost: x\r\n${upgrade}\r\n`)).toBe("");
  });

  test("two lengths, a line break in a header, a header without a host: 400 from the parser [Z-04]", async () => {
    const smuggled =
      "POST /api/trpc/site.create HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    for (const text of [
      smuggled,
      "GET /healthz HTTP/1.1\r\n\r\n",
      "GET /healthz HTTP/1.1\r\nhost: x\r\na b: c\r\n\r\n",
    ])
      expect(await raw(text)).toMatch(/^HTTP\/1\.1 400 /);
    expect((await new Visitor(server).fetch("/healthz")).status).toBe(200);
  });

  test("a body over the cap is refused", async () => {
    const answer = await world.admin.mutateRaw("site.create", JSON.stringify({ name: "x".repeat(300_000) }));
    expect(answer.status).toBe(413);
  });

  test("a batch counts as its length and is bounded [B-03]", async () => {
    // A server of its own: what this test uses up, the others would miss.
    const own = await startServer();
    try {
      const batch = (calls: number) => Array.from({ length: calls }, () => "setup.status").join(",");
      const ask = async (calls: number) =>
        (await fetch(`${own.url}/api/trpc/${batch(calls)}?batch=1&input={}`)).status;
      expect([await ask(41), await ask(40)]).toEqual([400, 200]);
      const statuses = await Promise.all(Array.from({ length: 45 }, () => ask(40)));
      expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    } finally {
      await own.stop();
    }
  });
});

describe("answers", () => {
  test("a page carries a policy with a nonce of its own, no inline script, nobody's frame [X-01, W-24]", async () => {
    const policies = await Promise.all(
      [1, 2].map(
        async () => (await new Visitor(server).fetch("/")).headers.get("content-security-policy") ?? "",
      ),
    );
    const [first = "", second = ""] = policies;
    expect(first).toContain("frame-ancestors 'none'");
    expect(first).toMatch(/script-src 'nonce-[A-Za-z0-9+/=]{24}' 'strict-dynamic'/);
    expect(first.replace("style-src-attr 'unsafe-inline'", "")).not.toContain("unsafe");
    expect(first).not.toBe(second);
  });

  test("every answer forbids sniffing and framing, and promises nothing about TLS it does not have", async () => {
    for (const path of [
      "/",
      "/healthz",
      "/api/trpc/setup.status",
      "/api/auth/get-session",
      "/agent/bundle/fiducial.mjs",
      "/api/none",
    ]) {
      const { headers } = await new Visitor(server).fetch(path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("strict-transport-security")).toBeNull();
      expect(headers.get("x-powered-by")).toBeNull();
    }
  });

  test("an unknown procedure and an unknown address are 404 and say nothing", async () => {
    const response = await world.admin.fetch("/api/trpc/person.deleteEverything");
    expect(response.status).toBe(404);
    expect(await response.text()).not.toMatch(/person\.deleteEverything|stack|node_modules/);
    expect((await world.admin.fetch("/api/none")).status).toBe(404);
    const climbing = "GET /agent/bundle/../../package.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    expect(await raw(climbing)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("one line per request, without the query and without the cookie", async () => {
    await world.admin.fetch("/api/trpc/setup.status?input=%22secret-in-query%22");
    expect(
      server.log.every((line) => !line.includes("secret-in-query") && !line.includes(world.admin.cookie)),
    ).toBe(true);
    // The line is written when the answer is out, which the client may know first.
    const lines = () => server.log.map((line) => JSON.parse(line)).filter(({ event }) => event === "request");
    const expected = { method: "GET", path: "/api/trpc/setup.status", status: 200 };
    await expect.poll(() => lines().at(-1)).toMatchObject(expected);
  });
});

describe("health", () => {
  test("says what serves, and 503 with the reason while the database is away, and recovers [V-02]", async () => {
    const visitor = new Visitor(server);
    const status = async () => (await visitor.fetch("/healthz")).status;
    expect(await (await visitor.fetch("/healthz")).json()).toMatchObject({
      status: "ok",
      database: "up",
      build: "test",
    });
    const { name } = server.database;
    const elsewhere = server.database.ownerUrl.replace(name, "postgres");
    try {
      await withClient(elsewhere, (client) => client.query(`alter database ${name} connection limit 0`));
      await withClient(elsewhere, (client) =>
        client.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]),
      );
      await expect.poll(status, { timeout: 15_000, interval: 500 }).toBe(503);
      expect(await (await visitor.fetch("/healthz")).json()).toMatchObject({
        status: "unavailable",
        reason: "database-away",
      });
      for (const who of [visitor, world.admin]) {
        const refused = await who.query("site.list");
        const anonymous = who === visitor;
        expect(refused.refusal?.code).toBe(anonymous ? "not-signed-in" : "database-away");
        expect(refused.status).toBe(anonymous ? 401 : 503);
      }
      expect((await visitor.query("setup.status")).status).toBe(503);
      expect((await visitor.signIn("a@example.org", "whatever it may be")).status).toBe(503);
    } finally {
      await withClient(elsewhere, (client) => client.query(`alter database ${name} connection limit -1`));
    }
    await expect.poll(status, { timeout: 15_000, interval: 500 }).toBe(200);
    expect((await world.admin.query("site.list")).status).toBe(200);
  });
});

type Client = Socket<ServerToBrowser, BrowserToServer>;

describe("sockets", () => {
  const open: Client[] = [];
  afterEach(() => {
    for (const socket of open.splice(0)) socket.disconnect();
  });

  function dial(cookie: string, origin = server.url): Client {
    const socket: Client = io(server.url, {
      path: "/ws",
      transports: ["websocket"],
      reconnection: false,
      extraHeaders: { cookie, origin },
    });
    open.push(socket);
    return socket;
  }

  function settled(socket: Client): Promise<"connected" | "refused"> {
    return new Promise((resolve) => {
      socket.on("hello", () => resolve("connected"));
      socket.on("connect_error", () => resolve("refused"));
    });
  }

  test("a visitor is greeted; a stranger, and a foreign page with a visitor's cookie, are not [W-01]", async () => {
    expect(await settled(dial(world.admin.cookie))).toBe("connected");
    expect(await settled(dial(""))).toBe("refused");
    expect(await settled(dial("fiducial.session_token=invented.value"))).toBe("refused");
    expect(await settled(dial(world.admin.cookie, "http://evil.example"))).toBe("refused");
  });

  test("a nudge reaches whoever may see the site, and nobody else [P-06]", async () => {
    const [here, there] = [
      await personAt(world, "viewer", world.own),
      await personAt(world, "viewer", world.other),
    ];
    const heard: Record<string, string[]> = { here: [], there: [], all: [] };
    for (const [name, visitor] of Object.entries({ here, there, all: world.admin })) {
      const socket = dial(visitor.cookie);
      socket.on("scanners-changed", (ids) => heard[name]?.push(...ids));
      expect(await settled(socket)).toBe("connected");
    }
    const ask = (await INPUTS["scanner.rename"](world, world.own)) as { scannerId: string };
    expect((await world.admin.mutate("scanner.rename", ask)).status).toBe(200);
    await expect.poll(() => [heard.here, heard.all]).toEqual([[ask.scannerId], [ask.scannerId]]);
    expect(heard.there).toEqual([]);
  });

  test("a deactivated person's socket and a signed-out one are closed within five seconds [B-08]", async () => {
    const visitor = await personAt(world, "viewer", world.own);
    const leaver = dial(visitor.cookie);
    expect(await settled(leaver)).toBe("connected");
    const me = (await visitor.query("session.me")).data as { userId: string };
    await world.admin.mutate("person.deactivate", { userId: me.userId, reason: "left" });
    await expect.poll(() => leaver.connected, { timeout: 5_000 }).toBe(false);
    const other = await personAt(world, "viewer", world.own);
    const socket = dial(other.cookie);
    expect(await settled(socket)).toBe("connected");
    await other.auth("/sign-out");
    await expect.poll(() => socket.connected, { timeout: 5_000 }).toBe(false);
  });

  test("a role taken away is no longer nudged within five seconds [B-08]", async () => {
    const visitor = await personAt(world, "viewer", world.own);
    const socket = dial(visitor.cookie);
    const heard: string[] = [];
    socket.on("scanners-changed", (ids) => heard.push(...ids));
    expect(await settled(socket)).toBe("connected");
    const me = (await visitor.query("session.me")).data as { userId: string };
    await server.owner(`delete from "Membership" where "userId" = $1`, [me.userId]);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const ask = (await INPUTS["scanner.rename"](world, world.own)) as { scannerId: string };
    await world.admin.mutate("scanner.rename", ask);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(heard).toEqual([]);
  });

  test("no packet ends the process; whoever sends one is cut [Z-05]", async () => {
    const socket = dial(world.admin.cookie);
    expect(await settled(socket)).toBe("connected");
    (socket as unknown as { emit: (event: string, ...data: unknown[]) => void }).emit(
      "join",
      "site:everything",
    );
    await expect.poll(() => socket.connected).toBe(false);
    for (const packet of [
      "4",
      "42",
      '42["__proto__"]',
      "451-[",
      '459999-["x"]',
      "b",
      "6",
      "40{",
      `4${"x".repeat(5_000)}`,
    ]) {
      const one = dial(world.admin.cookie);
      expect(await settled(one)).toBe("connected");
      const transport = (one.io.engine as unknown as { transport: { ws: { send: (text: string) => void } } })
        .transport;
      transport.ws.send(packet);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await new Visitor(server).fetch("/healthz")).status).toBe(200);
    expect(await settled(dial(world.admin.cookie))).toBe("connected");
  });
});

test("a client that sends its headers a byte at a time is cut and holds nobody up [V-13]", async () => {
  const { hostname, port } = new URL(server.url);
  const slow = connect(Number(port), hostname);
  slow.on("error", () => undefined);
  const closed = new Promise<boolean>((resolve) => slow.on("close", () => resolve(true)));
  slow.write("GET /healthz HTTP/1.1\r\nhost: x\r\n");
  const drip = setInterval(() => slow.write("a"), 1_000);
  expect(await closed).toBe(true);
  clearInterval(drip);
});

test("a request to a host name that is not ours gets no link made from it [B-13]", async () => {
  const { hostname, port } = new URL(server.url);
  const body = JSON.stringify({ siteId: world.own.siteId });
  const answer = await new Promise<string>((resolve, reject) => {
    const headers = {
      host: "evil.example",
      cookie: world.admin.cookie,
      origin: server.url,
      "content-type": "application/json",
    };
    const request = httpRequest(
      { hostname, port, method: "POST", path: "/api/trpc/enrolment.createToken", headers },
      (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve(text));
      },
    );
    request.on("error", reject);
    request.end(body);
  });
  expect(answer).toContain(server.url);
  expect(answer).not.toContain("evil.example");
});
