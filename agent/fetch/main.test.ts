import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { bearKey, writeIdentity } from "#agent/link/identity.ts";
import { lockInstance } from "#agent/link/instance-lock.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { readBootId } from "#agent/run-agent.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { type FileServer, startFileServer } from "#tests/support/file-server.ts";
import { SCANNER_ID, SignedInstallation } from "#tests/support/signed-release.ts";
import { startStubActivator } from "#tests/support/stub-activator.ts";

/** The built program, as it lies on a scanner: one file and nothing beside it. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });
let program: string;
let base: string;
let signed: SignedInstallation;
let server: FileServer;

beforeAll(async () => {
  const { buildAgent } = await import("../../scripts/build-agent.mjs");
  const programs = mkdtempSync(join(tmpdir(), "fiducial-programs-"));
  await buildAgent(programs);
  program = join(programs, "fiducial-fetch.mjs");
});
afterEach(() => server.close());

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), "fiducial-fetch-main-"));
  signed = new SignedInstallation(join(base, "served"));
  server = await startFileServer({ "/agent/v1/tuf": signed.folder });
  for (const name of ["spool", "roots", "state"]) mkdirSync(join(base, name));
  writeFileSync(join(base, "roots", "release.root.json"), signed.release.firstRoot);
  writeFileSync(join(base, "roots", "director.root.json"), signed.director.firstRoot);
  const places = { stateDir: "state", spoolDir: "spool", firstRootsDir: "roots", activateSocket: "a.sock" };
  const config = Object.fromEntries(Object.entries(places).map(([key, name]) => [key, join(base, name)]));
  writeFileSync(join(base, "agent.json"), JSON.stringify({ ...config, changesEnabled: true }));
  const born = await bearKey(join(base, "state"), Date.now(), false);
  await writeIdentity(join(base, "state"), {
    ...born,
    state: "enrolled",
    scannerId: scannerIdSchema.parse(SCANNER_ID),
    serial: "FM26-0001",
    serverUrl: server.url,
    serverPublicKey: Buffer.alloc(32).toString("base64"),
    serverTrust: "fingerprint",
    enrolledAtMs: Date.now(),
  });
});

function fetchOnce(): Promise<{ status: number; last: string }> {
  const env = { ...process.env, FIDUCIAL_CONFIG: join(base, "agent.json") };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program], { env }, (_, stdout, stderr) =>
      resolve({
        status: child.exitCode ?? -1,
        last: `${stdout}${stderr}`.trimEnd().split("\n").at(-1) ?? "",
      }),
    );
  });
}

test("it verifies, fills the spool, asks the activator, and its exit status says how that ended [SIG-4]", async () => {
  const activator = await startStubActivator(join(base, "a.sock"), () => ({ answer: "nothing" }));
  expect(await fetchOnce()).toEqual({ status: 0, last: "done: nothing is asked" });
  expect(existsSync(join(base, "spool", "release", "1.targets.json"))).toBe(true);
  expect(existsSync(join(base, "spool", "director", SCANNER_ID, "timestamp.json"))).toBe(true);
  expect(activator.asked).toEqual([{ verb: "consider" }]);
  signed.director.publish({ signers: { targets: [] } });
  expect(await fetchOnce()).toEqual({
    status: 2,
    last: expect.stringContaining("refused: bad-signature: director targets"),
  });
  expect(activator.asked).toHaveLength(1);
  await activator.close();
  await server.close();
  expect(await fetchOnce()).toMatchObject({ status: 75, last: expect.stringContaining("later: director") });
});

test("two at once would mix what they keep: the second leaves the first alone", async () => {
  const folder = join(base, "state", "trust");
  mkdirSync(folder);
  const unlock = await lockInstance(folder, await readBootId(linuxSystem()));
  expect(await fetchOnce()).toMatchObject({ status: 75, last: expect.stringContaining("already running") });
  await unlock();
});

test("without a first root nothing is fetched, and the line says which file is missing", async () => {
  writeFileSync(
    join(base, "agent.json"),
    JSON.stringify({ stateDir: join(base, "state"), firstRootsDir: join(base, "none") }),
  );
  expect(await fetchOnce()).toEqual({
    status: 1,
    last: expect.stringContaining(`The first root ${join(base, "none", "release.root.json")} cannot be read`),
  });
  expect(server.heard).toEqual([]);
});
