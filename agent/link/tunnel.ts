import { X509Certificate } from "node:crypto";
import { type ClientRequestArgs, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP, connect as netConnect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createSecureContext, rootCertificates, type SecureContext, connect as tlsConnect } from "node:tls";
import { bareHost, type HttpProxy } from "#agent/link/proxy.ts";

/** Failures between here and the server's own answer, with a code that `troubleOf` (trouble.ts) turns into a reason. */
class TunnelError extends Error {
  readonly code: "PROXY_UNREACHABLE" | "PROXY_AUTH" | "PROXY_REFUSED" | "PROXY_GARBAGE";

  constructor(code: TunnelError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "TunnelError";
    this.code = code;
  }
}

export type Route = {
  target: URL;
  proxy: HttpProxy | null;
  /** PEM of certificate authorities believed beside the built-in ones, never instead of them; null: built-in only. */
  extraCa: string | null;
  connectTimeoutMs: number;
};

const KEEP_ALIVE = { keepAlive: true, maxSockets: 1, maxFreeSockets: 1, scheduling: "lifo" } as const;
const MAX_PROXY_HEAD_BYTES = 8 * 1024;

/** The one HTTP agent of the program: direct or through CONNECT, one connection kept alive. */
export function agentFor(route: Route): HttpAgent {
  if (route.target.protocol === "http:") return new HttpAgent(KEEP_ALIVE);
  const secureContext = contextWith(route.extraCa);
  return new TunnelAgent(route, secureContext);
}

/**
 * Parsing the built-in roots again costs megabytes, so it happens only where a site has a CA of its own. Node passes over what
 * it cannot parse without a word, so each certificate is parsed here first; throws when one is none.
 */
function contextWith(extraCa: string | null): SecureContext | null {
  if (extraCa === null) return null;
  const certificates = extraCa.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) throw new TypeError("no certificate");
  for (const pem of certificates) new X509Certificate(pem);
  return createSecureContext({ ca: [...rootCertificates, ...certificates] });
}

class TunnelAgent extends HttpsAgent {
  readonly #route: Route;
  readonly #secureContext: SecureContext | null;

  constructor(route: Route, secureContext: SecureContext | null) {
    super(KEEP_ALIVE);
    this.#route = route;
    this.#secureContext = secureContext;
  }

  override createConnection(
    _options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | undefined {
    const { target, proxy } = this.#route;
    const host = bareHost(target);
    const secure = (socket: Socket | null) => {
      const tls = tlsConnect({
        ...(socket === null ? { host, port: portOf(target) } : { socket }),
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ...(this.#secureContext === null ? {} : { secureContext: this.#secureContext }),
        ALPNProtocols: ["http/1.1"],
        minVersion: "TLSv1.2",
      });
      return tls;
    };
    if (proxy === null) return secure(null);
    openTunnel(this.#route, proxy).then(
      (socket) => callback?.(null, secure(socket)),
      // Node's agent looks at the error first; the stream is never touched then.
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  }
}

function portOf(target: URL): number {
  return target.port === "" ? 443 : Number(target.port);
}

/** RFC 9110 §9.3.6: CONNECT host:port; any 2xx opens the tunnel, everything else is the proxy's own refusal. */
function openTunnel(route: Route, proxy: HttpProxy): Promise<Socket> {
  const { target } = route;
  const authority = `${target.hostname}:${portOf(target)}`;
  const socket = proxy.tls
    ? tlsConnect({
        host: proxy.host,
        port: proxy.port,
        ...(isIP(proxy.host) === 0 ? { servername: proxy.host } : {}),
      })
    : netConnect({ host: proxy.host, port: proxy.port });
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const fail = (error: TunnelError) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(route.connectTimeoutMs, () =>
      fail(new TunnelError("PROXY_UNREACHABLE", `the proxy ${proxy.shown} did not answer in time`)),
    );
    socket.once("error", (error) =>
      fail(
        new TunnelError("PROXY_UNREACHABLE", `the proxy ${proxy.shown} cannot be reached: ${error.message}`, {
          cause: error,
        }),
      ),
    );
    socket.once("close", () =>
      fail(new TunnelError("PROXY_REFUSED", `the proxy ${proxy.shown} closed the connection`)),
    );
    socket.once(proxy.tls ? "secureConnect" : "connect", () =>
      socket.write(connectRequest(authority, proxy)),
    );
    socket.on("data", function read(chunk: Buffer) {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0 && head.length < MAX_PROXY_HEAD_BYTES) return;
      const refusal = proxyRefusal(head.subarray(0, end < 0 ? 0 : end).toString("latin1"), proxy);
      if (refusal !== null) return fail(refusal);
      if (head.length > end + 4)
        return fail(new TunnelError("PROXY_GARBAGE", "the proxy spoke before the server could"));
      socket.removeAllListeners();
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

function connectRequest(authority: string, proxy: HttpProxy): string {
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
  if (proxy.authorization !== null) lines.push(`Proxy-Authorization: ${proxy.authorization}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

function proxyRefusal(head: string, proxy: HttpProxy): TunnelError | null {
  const [, status = ""] = /^HTTP\/1\.[01] (\d{3})/.exec(head) ?? [];
  if (status.startsWith("2")) return null;
  if (status === "")
    return new TunnelError("PROXY_GARBAGE", `${proxy.shown} does not answer like an HTTP proxy`);
  if (status === "407")
    return new TunnelError(
      "PROXY_AUTH",
      `the proxy ${proxy.shown} wants a user and password it accepts (407)`,
    );
  return new TunnelError(
    "PROXY_REFUSED",
    `the proxy ${proxy.shown} refused to connect to the server (${status})`,
  );
}
