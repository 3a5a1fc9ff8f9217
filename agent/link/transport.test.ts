import { mkdtempSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generateKeyPem, signingKey } from "#agent/link/keys.ts";
import { createTransport, parseServerUrl, type TransportOptions } from "#agent/link/transport.ts";
import { answerBytes } from "#core/protocol/envelope.ts";
import { startConnectProxy } from "#tests/support/connect-proxy.ts";
import { makeCertificates } from "#tests/support/openssl.ts";
import { type StubServer, startStubServer } from "#tests/support/stub-server.ts";

const certificates = makeCertificates(mkdtempSync(join(tmpdir(), "fiducial-tls-")));
const DIRECT = { httpsProxy: null, noProxy: "" };
const key = signingKey(generateKeyPem());
const body = Buffer.from('{"seq":7}');
const closing: (() => unknown)[] = [];
let server: StubServer;

beforeEach(async () => {
  server = await startStubServer();
  server.learn(key.publicKey);
  closing.push(server.close);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function transport(change: Partial<TransportOptions> = {}) {
  const made = createTransport({
    serverUrl: server.url,
    key,
    serverKey: { pinned: server.publicKeyBase64 },
    proxy: DIRECT,
    extraCa: null,
    ...change,
  });
  closing.push(made.close);
  return made;
}

async function secureServer(): Promise<StubServer> {
  const secure = await startStubServer(certificates);
  secure.learn(key.publicKey);
  closing.push(secure.close);
  return secure;
}

test("a signed request gets a signed answer over one kept connection", async () => {
  const sending = transport();
  expect(await sending.send("report", body)).toMatchObject({ kind: "answered", body: { seq: 7 } });
  expect(await sending.send("heartbeat", body)).toMatchObject({ kind: "answered", body: { seq: null } });
  expect(server.heard.map((one) => one.endpoint)).toEqual(["report", "heartbeat"]);
});

describe("what is not the enrolled server's own word is never an acknowledgement", () => {
  const portal = {
    status: 200,
    headers: { "content-type": "text/html" },
    body: "<html>Welcome to the guest network",
  };
  const acknowledged = JSON.stringify({
    protocols: [1],
    seq: 7,
    needFull: false,
    needClosure: [],
    directorVersion: 0,
    auditHead: null,
    serverTimeMs: 1,
  });

  test("a captive portal's 200 text/html (M-04)", async () => {
    server.reply = () => ({ raw: portal });
    expect(await transport().send("report", body)).toMatchObject({
      kind: "trouble",
      trouble: {
        reason: "not-the-server",
        detail: expect.stringContaining("text/html, without the server's signature"),
      },
    });
  });

  test("a perfect acknowledgement without a signature", async () => {
    server.reply = () => ({
      raw: { status: 200, headers: { "content-type": "application/json" }, body: acknowledged },
    });
    expect(await transport().send("report", body)).toMatchObject({
      kind: "trouble",
      trouble: { reason: "not-the-server" },
    });
  });

  test("an answer signed by another key: the server's name leads elsewhere (K-04)", async () => {
    const other = await startStubServer();
    closing.push(other.close);
    const answer = await transport({ serverKey: { pinned: other.publicKeyBase64 } }).send("report", body);
    expect(answer).toMatchObject({
      kind: "trouble",
      trouble: { detail: expect.stringContaining("another key") },
    });
  });

  test("an answer that one byte was changed in (M-01)", async () => {
    server.reply = (heard) => {
      const signature = server.sign(answerBytes(heard.signature, Buffer.from(acknowledged)));
      const changed = acknowledged.replace('"seq":7', '"seq":8');
      return { raw: { status: 200, headers: { "fiducial-server-sig": signature }, body: changed } };
    };
    expect(await transport().send("report", body)).toMatchObject({
      kind: "trouble",
      trouble: { reason: "not-the-server" },
    });
  });

  test("a recorded acknowledgement of another report, replayed (M-01)", async () => {
    let recorded = "";
    server.reply = (heard) => {
      recorded ||= server.sign(answerBytes(heard.signature, Buffer.from(acknowledged)));
      return { raw: { status: 200, headers: { "fiducial-server-sig": recorded }, body: acknowledged } };
    };
    const sending = transport();
    expect(await sending.send("report", body)).toMatchObject({ kind: "answered" });
    expect(await sending.send("report", Buffer.from('{"seq":7,"other":1}'))).toMatchObject({
      kind: "trouble",
    });
  });

  test("a redirect, which is not followed (M-02)", async () => {
    server.reply = () => ({
      raw: { status: 301, headers: { location: "http://elsewhere.example/" }, body: "" },
    });
    expect(await transport().send("report", body)).toMatchObject({
      kind: "trouble",
      trouble: { reason: "not-the-server", detail: expect.stringContaining("elsewhere.example") },
    });
    expect(server.heard).toHaveLength(1);
  });

  test("a signed answer that is not JSON", async () => {
    server.reply = () => ({ raw: { status: 200, body: "<html>", signed: true } });
    expect(await transport().send("report", body)).toMatchObject({
      kind: "trouble",
      trouble: { reason: "wrong-answer" },
    });
  });

  test("an endless answer: read up to 64 kB, then cut off", async () => {
    server.reply = () => ({ raw: { status: 200, body: "x".repeat(65 * 1024), signed: true } });
    expect(await transport().send("report", body)).toMatchObject({
      kind: "trouble",
      trouble: { detail: "the answer is larger than 64 kB" },
    });
  });
});

test("a signed refusal is believed, with its wait", async () => {
  server.reply = () => ({ refuse: "busy", retryAfterS: 40 });
  expect(await transport().send("report", body)).toEqual({
    kind: "refused",
    code: "busy",
    message: "refused: busy",
    retryAfterMs: 40_000,
  });
});

test("an overloaded thing in between is told apart, and its Retry-After is read in seconds and as a date", async () => {
  const date = "Sun, 22 Nov 2026 12:00:00 GMT";
  server.reply = () => ({ raw: { status: 503, headers: { "retry-after": "17" }, body: "" } });
  const sending = transport();
  expect(await sending.send("report", body)).toMatchObject({
    trouble: { reason: "overloaded" },
    retryAfterMs: 17_000,
  });
  const later = "Sun, 22 Nov 2026 12:00:30 GMT";
  server.reply = () => ({ raw: { status: 503, headers: { date, "retry-after": later }, body: "" } });
  expect(await sending.send("report", body)).toMatchObject({ retryAfterMs: 30_000 });
  server.reply = () => ({ raw: { status: 503, headers: { "retry-after": "soon" }, body: "" } });
  expect(await sending.send("report", body)).toMatchObject({ retryAfterMs: null });
});

describe("every way not to be reached has its own name", () => {
  test("nothing listens", async () => {
    const sending = transport();
    await server.close();
    closing.length = 0;
    expect(await sending.send("report", body)).toMatchObject({ trouble: { reason: "refused" } });
  });

  test("the server accepts and never answers: the one deadline ends it (V-12)", async () => {
    server.reply = () => ({ silent: true });
    const sending = transport({ timeouts: { connectMs: 100, requestMs: 100 } });
    expect(await sending.send("report", body)).toMatchObject({ trouble: { reason: "timeout" } });
    server.reply = () => null;
    expect(await sending.send("report", body)).toMatchObject({ kind: "answered" });
  });

  test("the connection breaks in mid answer", async () => {
    const sockets: Socket[] = [];
    const breaking = createServer((socket) => {
      sockets.push(socket);
      socket.on("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"));
    });
    await new Promise<void>((resolve) => breaking.listen(0, "127.0.0.1", resolve));
    closing.push(() => breaking.close());
    const address = breaking.address();
    const port = typeof address === "object" ? address?.port : 0;
    const answer = await transport({ serverUrl: `http://127.0.0.1:${port}` }).send("report", body);
    expect(answer).toMatchObject({ kind: "trouble", trouble: { reason: "closed" } });
  });

  test("the request is given up when the agent stops", async () => {
    server.reply = () => ({ silent: true });
    const stopping = new AbortController();
    const sent = transport().send("report", body, stopping.signal);
    stopping.abort();
    expect(await sent).toMatchObject({ kind: "trouble" });
  });
});

test.each([
  ["http://192.0.2.1:3000", "plain http"],
  ["ftp://server.example", "not a server address"],
  ["server.example", "not a server address"],
  ["https://user:word@server.example", "only a host"],
])("%s is refused as a server address: %s", (address, why) => {
  expect(() => parseServerUrl(address)).toThrow(why);
});

test("a server below a path is asked there", async () => {
  await transport({ serverUrl: `${server.url}/fiducial/` }).send("report", body);
  expect(server.heard).toHaveLength(1);
});

describe.skipIf(certificates === null)("TLS and proxies (skipped where there is no openssl)", () => {
  const ca = certificates?.ca ?? "";

  test("a certificate of an unknown authority is refused, the same with the site's CA is not (M-03)", async () => {
    const secure = await secureServer();
    const at = { serverUrl: secure.url, serverKey: { pinned: secure.publicKeyBase64 } };
    expect(await transport(at).send("report", body)).toMatchObject({ trouble: { reason: "tls-untrusted" } });
    expect(await transport({ ...at, extraCa: ca }).send("report", body)).toMatchObject({ kind: "answered" });
  });

  test("a certificate for another name is refused", async () => {
    const secure = await secureServer();
    const serverUrl = secure.url.replace("localhost", "127.0.0.2");
    const answer = await transport({ serverUrl, extraCa: ca }).send("report", body);
    // The stub listens on 127.0.0.1 only where the kernel keeps loopback addresses apart.
    expect(["tls-name", "refused"]).toContain(answer.kind === "trouble" && answer.trouble.reason);
  });

  test("a CA file without a certificate is one clear sentence", () => {
    expect(() =>
      transport({ serverUrl: "https://localhost", extraCa: "-----BEGIN CERTIFICATE-----\nx\n" }),
    ).toThrow("PEM");
  });

  test("the way through a CONNECT proxy with user and password, end to end encrypted", async () => {
    const secure = await secureServer();
    const proxy = await startConnectProxy({ credentials: "site:secret" });
    closing.push(proxy.close);
    const through = (httpsProxy: string) =>
      transport({
        serverUrl: secure.url,
        serverKey: { pinned: secure.publicKeyBase64 },
        extraCa: ca,
        proxy: { httpsProxy, noProxy: "" },
      });
    const sending = through(`http://site:secret@${proxy.host}`);
    expect(await sending.send("report", body)).toMatchObject({ kind: "answered" });
    expect(await sending.send("heartbeat", body)).toMatchObject({ kind: "answered" });
    expect(proxy.asked).toEqual([new URL(secure.url).host]);
    expect(sending.proxy).toBe(`http://site@${proxy.host}`);
    const wrong = await through(`http://site:wrong@${proxy.host}`).send("report", body);
    expect(wrong).toMatchObject({ trouble: { reason: "proxy-auth" } });
  });

  test("NO_PROXY goes past the proxy", async () => {
    const secure = await secureServer();
    const proxy = await startConnectProxy();
    closing.push(proxy.close);
    const answer = await transport({
      serverUrl: secure.url,
      serverKey: { pinned: secure.publicKeyBase64 },
      extraCa: ca,
      proxy: { httpsProxy: proxy.host, noProxy: "localhost" },
    }).send("report", body);
    expect(answer).toMatchObject({ kind: "answered" });
    expect(proxy.asked).toEqual([]);
  });

  test("a proxy that refuses, is away or is no proxy is named as the cause", async () => {
    const refusing = await startConnectProxy({ refuse: 403 });
    closing.push(refusing.close);
    const noProxy = createServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n\r\n"));
    await new Promise<void>((resolve) => noProxy.listen(0, "127.0.0.1", resolve));
    closing.push(() => noProxy.close());
    const address = noProxy.address();
    const garbage = `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const away = await startConnectProxy();
    await away.close();
    const through = (httpsProxy: string) =>
      transport({ serverUrl: "https://localhost:1", proxy: { httpsProxy, noProxy: "" } }).send(
        "report",
        body,
      );
    expect(await through(refusing.host)).toMatchObject({ trouble: { reason: "proxy-refused" } });
    expect(await through(garbage)).toMatchObject({ trouble: { reason: "proxy-refused" } });
    expect(await through(away.host)).toMatchObject({ trouble: { reason: "proxy-unreachable" } });
  });
});
