import { describe, expect, test } from "vitest";
import { chooseProxy, proxySettings } from "#agent/link/proxy.ts";

const url = (text: string) => new URL(text);
const settings = (httpsProxy: string | null, noProxy = "") => ({ httpsProxy, noProxy });

test("https goes through the proxy with its credentials, which are never shown", () => {
  const chosen = chooseProxy(
    url("https://server.example"),
    settings("http://site%20user:p%40ss@proxy.example:3128"),
  );
  expect(chosen).toEqual({
    ok: true,
    proxy: {
      host: "proxy.example",
      port: 3128,
      tls: false,
      authorization: `Basic ${Buffer.from("site user:p@ss").toString("base64")}`,
      shown: "http://site user@proxy.example:3128",
    },
  });
});

test("plain http, which only reaches loopback, never goes through a proxy", () => {
  expect(chooseProxy(url("http://localhost:3000"), settings("http://proxy.example"))).toEqual({
    ok: true,
    proxy: null,
  });
});

describe("NO_PROXY", () => {
  test.each([
    ["server.example", "https://server.example", true],
    ["example", "https://server.example", true],
    [".example", "https://server.example", true],
    ["*.example", "https://server.example", true],
    ["ample", "https://server.example", false],
    ["other.example, server.example", "https://server.example", true],
    ["server.example:8443", "https://server.example", false],
    ["server.example:443", "https://server.example", true],
    ["*", "https://server.example", true],
    ["10.0.0.5", "https://10.0.0.5:8443", true],
    ["::1", "https://[::1]:8443", true],
    ["[::1]:8443", "https://[::1]:8443", true],
    ["", "https://server.example", false],
  ])("%j for %s: direct is %s", (noProxy, target, direct) => {
    const chosen = chooseProxy(url(target), settings("proxy.example:3128", noProxy));
    expect(chosen.ok && chosen.proxy === null).toBe(direct);
  });
});

test("a proxy that is no http proxy is refused with a reason, never ignored", () => {
  expect(chooseProxy(url("https://server.example"), settings("socks5://proxy.example"))).toMatchObject({
    ok: false,
  });
  expect(chooseProxy(url("https://server.example"), settings("http://"))).toMatchObject({ ok: false });
});

test("lower case wins over upper case, https over all over http", () => {
  expect(proxySettings({ HTTPS_PROXY: "a", https_proxy: "b" }).httpsProxy).toBe("b");
  expect(proxySettings({ http_proxy: "c", ALL_PROXY: "d" }).httpsProxy).toBe("d");
  expect(proxySettings({ http_proxy: "c" }).httpsProxy).toBe("c");
  expect(proxySettings({})).toEqual({ httpsProxy: null, noProxy: "" });
});
