import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readEnv } from "#server/env.ts";

test("without a setting the server listens on loopback and keeps its data beside the code", () => {
  expect(readEnv({})).toEqual({
    port: 3000,
    host: "127.0.0.1",
    dataFolder: resolve(".data"),
    databaseUrl: null,
    appDatabaseUrl: null,
    postgres: { source: "any", searchPath: "" },
    tls: null,
    publicUrl: null,
    trustedProxies: [],
    logLevel: "info",
    development: false,
    front: { signInOpen: false, bannerText: null, dockUrl: null },
  });
});

test("an empty setting is an unset one", () => {
  expect(readEnv({ PORT: "", HOST: "", DATABASE_URL: "", FIDUCIAL_TLS_CERT: "" })).toEqual(readEnv({}));
});

test.each([
  ["PORT", "70000"],
  ["PORT", "-1"],
  ["PORT", "80a"],
  ["HOST", "no host"],
  ["FIDUCIAL_DATA", "a\0b"],
  ["DATABASE_URL", "mysql://u:secret@h/d"],
  ["DATABASE_URL", "secret"],
  ["FIDUCIAL_APP_DATABASE_URL", "secret"],
  ["FIDUCIAL_POSTGRES", "sqlite"],
  ["FIDUCIAL_PUBLIC_URL", "https://example.org/path"],
  ["FIDUCIAL_PUBLIC_URL", "ftp://example.org"],
  ["FIDUCIAL_TRUSTED_PROXIES", "10.0.0.1,proxy"],
  ["LOG_LEVEL", "loud"],
  ["FIDUCIAL_OPEN_SIGN_IN", "yes"],
  ["FIDUCIAL_BANNER", "x".repeat(201)],
  ["FIDUCIAL_DOCK_URL", "http://192.168.1.5:3900"],
  ["FIDUCIAL_DOCK_URL", "https://127.0.0.1:3900"],
])("%s=%j is one sentence that names the setting and not its value", (name, value) => {
  const read = () => readEnv({ [name]: value });
  expect(read).toThrow(new RegExp(`^${name} must be [^\\n]+\\.$`));
  expect(read).not.toThrow(/secret/);
});

test.each(["0.0.0.0", "::", "192.168.1.5", "fiducial.example.org", "127.example.org"])(
  "plain http on %s is refused",
  (host) => {
    expect(() => readEnv({ HOST: host })).toThrow(/is not loopback, and plain http would send passwords/);
    expect(() => readEnv({ HOST: host, FIDUCIAL_PUBLIC_URL: "https://f.example.org" })).toThrow("plain http");
    const proxy = { HOST: host, FIDUCIAL_TRUSTED_PROXIES: "10.0.0.1" };
    expect(() => readEnv({ ...proxy, FIDUCIAL_PUBLIC_URL: "http://f.example.org" })).toThrow("plain http");
    expect(readEnv({ ...proxy, FIDUCIAL_PUBLIC_URL: "https://f.example.org/" }).publicUrl).toBe(
      "https://f.example.org",
    );
    expect(readEnv({ HOST: host, FIDUCIAL_TLS_CERT: "c", FIDUCIAL_TLS_KEY: "k" }).tls).toEqual({
      certFile: resolve("c"),
      keyFile: resolve("k"),
      caFile: null,
    });
  },
);

test.each(["127.0.0.1", "127.1.2.3", "::1", "localhost"])("plain http on %s is allowed", (host) => {
  expect(readEnv({ HOST: host }).host).toBe(host);
});

test("half a TLS setting and half a database setting are refused", () => {
  expect(() => readEnv({ FIDUCIAL_TLS_CERT: "c" })).toThrow("Set both");
  expect(() => readEnv({ FIDUCIAL_TLS_KEY: "k" })).toThrow("Set both");
  expect(() => readEnv({ FIDUCIAL_APP_DATABASE_URL: "postgresql://fid_app@h/d" })).toThrow(
    "DATABASE_URL must be set",
  );
});

test("signing in without a password is refused wherever somebody else could reach it", () => {
  const open = { FIDUCIAL_OPEN_SIGN_IN: "1" };
  expect(readEnv(open).front.signInOpen).toBe(true);
  expect(readEnv({ ...open, HOST: "localhost" }).front.signInOpen).toBe(true);
  for (const reachable of [
    { HOST: "192.168.1.5", FIDUCIAL_TLS_CERT: "c", FIDUCIAL_TLS_KEY: "k" },
    { HOST: "0.0.0.0", FIDUCIAL_TLS_CERT: "c", FIDUCIAL_TLS_KEY: "k" },
    { FIDUCIAL_PUBLIC_URL: "https://f.example.org" },
    { FIDUCIAL_TRUSTED_PROXIES: "127.0.0.1" },
  ])
    expect(() => readEnv({ ...open, ...reachable })).toThrow("works on loopback only");
});
