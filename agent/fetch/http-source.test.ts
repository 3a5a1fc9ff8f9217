import { mkdtempSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { getWhole, type HttpSource, openSource, type SourceRoute } from "#agent/fetch/http-source.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { startConnectProxy } from "#tests/support/connect-proxy.ts";
import { makeCertificates } from "#tests/support/openssl.ts";

const certificates = makeCertificates(mkdtempSync(join(tmpdir(), "fiducial-tls-")));
const route = { proxy: { httpsProxy: null, noProxy: "" }, extraCa: null };
const never = new AbortController().signal;
let server: Server;
let source: HttpSource;
let reply: Parameters<typeof createServer>[1];

beforeEach(async () => {
  server = createServer((request, response) => reply?.(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  source = openSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`, route);
});
afterEach(async () => {
  vi.useRealTimers();
  source.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
const get = (maxBytes = 100) => getWhole(source, "release/timestamp.json", maxBytes, never);

test("files are asked for below the address, as they are", async () => {
  const asked: unknown[] = [];
  reply = (request, response) => {
    asked.push(request.method, request.url, request.headers["accept-encoding"]);
    response.end("{}");
  };
  expect(await get()).toEqual({ ok: true, bytes: Buffer.from("{}") });
  expect(asked).toEqual(["GET", "/base/release/timestamp.json", "identity"]);
});

test.each([
  [404, "absent"],
  [410, "absent"],
  [204, "unreached"],
  [206, "unreached"],
  [301, "unreached"],
  [403, "unreached"],
  [500, "unreached"],
])("status %i is %s", async (status, problem) => {
  reply = (_, response) => response.writeHead(status, { location: "/elsewhere" }).end();
  expect(await get()).toMatchObject({ ok: false, problem });
});

test("a busy server is asked again when it says, a few times and no more", async () => {
  let asked = 0;
  reply = (_, response) => {
    asked += 1;
    if (asked < 3) response.writeHead(429, { "retry-after": "0" }).end();
    else response.end("{}");
  };
  expect(await get()).toMatchObject({ ok: true });
  asked = -100;
  expect(await get()).toMatchObject({ ok: false, detail: "status 429" });
  expect(asked).toBe(-95);
});

test("what is said to be too large is not read, and what turns out to be is not read on [E-12]", async () => {
  reply = (_, response) => response.writeHead(200, { "content-length": 101 }).end("x".repeat(101));
  expect(await get()).toMatchObject({ problem: "too-large" });
  reply = (_, response) => {
    response.write("x".repeat(60));
    response.end("x".repeat(60));
  };
  expect(await get()).toMatchObject({ problem: "too-large" });
  expect(await get(120)).toMatchObject({ ok: true });
});

test("an answer that is cut short is no file", async () => {
  reply = (_, response) => {
    response.writeHead(200, { "content-length": 50 });
    response.write("half", () => response.destroy());
  };
  expect(await get()).toMatchObject({ ok: false, problem: "unreached" });
});

test("nobody there", async () => {
  const away = openSource("http://127.0.0.1:1", route);
  expect(await getWhole(away, "x", 10, never)).toMatchObject({
    problem: "unreached",
    detail: expect.stringContaining("refused"),
  });
  away.close();
});

describe("slow retrieval", () => {
  const asked = { maxBytes: 1_000_000, signal: never, begin: async () => undefined };

  /** Time goes on by itself as fast as the test likes; sockets keep their own pace. */
  async function passing<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const watched = work.finally(() => {
      done = true;
    });
    while (!done) {
      await vi.advanceTimersByTimeAsync(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return watched;
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    reply = (_, response) => {
      response.writeHead(200);
      response.write("x");
    };
  });

  test("one byte and then nothing ends with the deadline, told as slow and not as a broken line", async () => {
    expect(await passing(get())).toMatchObject({ problem: "too-slow" });
    const got = source.get("x", { ...asked, deadlineMs: 10_000, take: async () => undefined });
    expect(await passing(got)).toMatchObject({ problem: "too-slow", detail: "not complete after 10000 ms" });
  });

  test("a large file has no deadline, but has to come at some rate", async () => {
    const got = source.get("nar/x.nar", { ...asked, deadlineMs: null, take: async () => undefined });
    expect(await passing(got)).toMatchObject({
      problem: "too-slow",
      detail: expect.stringContaining("30000 ms"),
    });
  });

  test("a server that takes the request and says nothing", async () => {
    reply = () => undefined;
    const got = source.get("nar/x.nar", { ...asked, deadlineMs: null, take: async () => undefined });
    expect(await passing(got)).toMatchObject({ problem: "unreached", detail: "no answer in time" });
  });
});

test("what our own disk refuses is not blamed on the network", async () => {
  reply = (_, response) => response.end("{}");
  const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  const got = source.get("x", {
    maxBytes: 10,
    deadlineMs: 1_000,
    signal: never,
    begin: async () => undefined,
    take: () => Promise.reject(full),
  });
  await expect(got).rejects.toBe(full);
});

test("plain http to another machine is refused, as for reports", () => {
  expect(() => openSource("http://cache.example/", route)).toThrow(LinkError);
  expect(() =>
    openSource("https://cache.example/", { ...route, proxy: { httpsProxy: "ftp://x", noProxy: "" } }),
  ).toThrow(LinkError);
});

describe.skipIf(certificates === null)("https (skipped where there is no openssl)", () => {
  const ca = certificates?.ca ?? "";
  let secure: TlsServer;
  let address: string;

  beforeEach(async () => {
    secure = createTlsServer({ key: certificates?.key, cert: certificates?.cert }, (_, response) => {
      response.end("{}");
    });
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    address = `https://localhost:${(secure.address() as AddressInfo).port}/agent/v1/tuf`;
  });
  afterEach(async () => {
    secure.closeAllConnections();
    await new Promise((resolve) => secure.close(resolve));
  });

  async function got(from: string, way: SourceRoute) {
    const opened = openSource(from, way);
    const answer = await getWhole(opened, "release/timestamp.json", 100, never);
    opened.close();
    return answer;
  }

  test("the site's own authority is believed, an unknown one is not (M-03)", async () => {
    expect(await got(address, { ...route, extraCa: ca })).toMatchObject({ ok: true });
    expect(await got(address, route)).toMatchObject({
      problem: "unreached",
      detail: expect.stringContaining("tls-untrusted"),
    });
  });

  test("through the site's proxy, and told by name when that refuses", async () => {
    const proxy = await startConnectProxy({ credentials: "site:secret" });
    const through = (httpsProxy: string) => got(address, { extraCa: ca, proxy: { httpsProxy, noProxy: "" } });
    expect(await through(`http://site:secret@${proxy.host}`)).toMatchObject({ ok: true });
    expect(await through(`http://${proxy.host}`)).toMatchObject({
      problem: "unreached",
      detail: expect.stringContaining("proxy-auth"),
    });
    expect(proxy.asked).toEqual([new URL(address).host, new URL(address).host]);
    await proxy.close();
  });
});
