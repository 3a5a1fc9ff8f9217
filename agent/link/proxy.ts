/**
 * Which proxy a request goes through, from the variables every Unix program reads (curl(1), ENVIRONMENT): lower case wins,
 * `NO_PROXY` lists hosts that are reached directly.
 */
export type ProxySettings = { httpsProxy: string | null; noProxy: string };
export type HttpProxy = {
  host: string;
  port: number;
  tls: boolean;
  /** `Proxy-Authorization` header, or null. */
  authorization: string | null;
  /** Without the password: for people. */
  shown: string;
};
export type ProxyChoice = { ok: true; proxy: HttpProxy | null } | { ok: false; problem: string };

export function proxySettings(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const first = (...names: string[]) =>
    names.map((name) => env[name]).find((value) => value !== undefined && value !== "");
  return {
    httpsProxy:
      first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY") ?? null,
    noProxy: first("no_proxy", "NO_PROXY") ?? "",
  };
}

/** Plain http reaches loopback only (decisions.md), where a proxy has no business; https goes through the proxy unless excluded. */
export function chooseProxy(target: URL, settings: ProxySettings): ProxyChoice {
  if (target.protocol === "http:" || settings.httpsProxy === null) return { ok: true, proxy: null };
  if (excluded(target, settings.noProxy)) return { ok: true, proxy: null };
  return parseProxy(settings.httpsProxy);
}

function parseProxy(text: string): ProxyChoice {
  const url = parseUrl(text.includes("://") ? text : `http://${text}`);
  if (url === null || url.hostname === "") return { ok: false, problem: "the proxy address is not a URL" };
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return {
      ok: false,
      problem: `a ${url.protocol.slice(0, -1)} proxy is not supported, only http and https`,
    };
  const tls = url.protocol === "https:";
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  return {
    ok: true,
    proxy: {
      host: bareHost(url),
      port: url.port === "" ? (tls ? 443 : 80) : Number(url.port),
      tls,
      authorization:
        user === "" ? null : `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`,
      shown: `${url.protocol}//${user === "" ? "" : `${user}@`}${url.host}`,
    },
  };
}

export function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** Host of a URL as `net.connect` wants it: IPv6 without its brackets. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

function excluded(target: URL, noProxy: string): boolean {
  const host = bareHost(target).toLowerCase();
  const port = target.port === "" ? "443" : target.port;
  return noProxy
    .split(/[\s,]+/)
    .filter((one) => one !== "")
    .some((one) => matches(one.toLowerCase(), host, port));
}

function matches(pattern: string, host: string, port: string): boolean {
  if (pattern === "*") return true;
  const [, name = pattern, wantedPort] = /^(\[?[^\]]+\]?):(\d+)$/.exec(pattern) ?? [];
  // An IPv6 address has colons of its own and no port unless it is in brackets.
  const isIpv6 = pattern.split(":").length > 2 && !pattern.startsWith("[");
  if (!isIpv6 && wantedPort !== undefined && wantedPort !== port) return false;
  const bare = (isIpv6 ? pattern : name).replace(/^\[(.*)\]$/, "$1").replace(/^\*?\./, "");
  return host === bare || host.endsWith(`.${bare}`);
}
