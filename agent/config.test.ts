import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { loadConfig, readCaFile } from "#agent/config.ts";

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "fiducial-config-")), "agent.json");
});

test("flags go before the environment, the environment before the file, the file before defaults", () => {
  writeFileSync(file, JSON.stringify({ stateDir: "/file", runDir: "/file-run", safetySocket: "/file.sock" }));
  const env = { FIDUCIAL_STATE: "/env", FIDUCIAL_RUN: "/env-run" };
  const config = loadConfig("service", { configFile: file, stateDir: "/flag" }, env);
  expect(config).toMatchObject({
    stateDir: "/flag",
    runDir: "/env-run",
    safetySocket: "/file.sock",
    changesEnabled: false,
  });
});

test("a service keeps its state where systemd says, a person in their own folder", () => {
  expect(loadConfig("service", {}, { STATE_DIRECTORY: "/var/lib/a:/var/lib/b" }).stateDir).toBe("/var/lib/a");
  expect(loadConfig("service", {}, {}).stateDir).toBe("/var/lib/fiducial");
  const own = loadConfig("by-hand", {}, { XDG_STATE_HOME: "/home/me/.state" }).stateDir;
  expect(own).toBe(process.getuid?.() === 0 ? "/var/lib/fiducial" : "/home/me/.state/fiducial");
});

test("a proxy of null in the file switches off what the environment says", () => {
  const env = { HTTPS_PROXY: "proxy.example:3128" };
  expect(loadConfig("service", {}, env).proxy.httpsProxy).toBe("proxy.example:3128");
  writeFileSync(file, JSON.stringify({ proxy: null }));
  expect(loadConfig("service", { configFile: file }, env).proxy.httpsProxy).toBeNull();
});

test.each([
  ["{", "cannot be used"],
  ['{"stateDir":"relative"}', '"stateDir" must be an absolute path'],
  ['{"statDir":"/x"}', "statDir"],
  ['{"outboxReports":1}', "outboxReports"],
  ['{"downloadBytesPerSecond":1000}', "downloadBytesPerSecond"],
])("a settings file of %s is refused by name: %s", (text, why) => {
  writeFileSync(file, text);
  expect(() => loadConfig("service", { configFile: file }, {})).toThrow(why);
});

test("a settings file that was asked for by name must be there, the default one need not", () => {
  expect(() => loadConfig("service", {}, { FIDUCIAL_CONFIG: file })).toThrow("ENOENT");
});

test("a CA file that cannot be read is one clear sentence", () => {
  expect(readCaFile(null)).toBeNull();
  expect(() => readCaFile("/no/such/ca.pem")).toThrow("/no/such/ca.pem cannot be read");
});
