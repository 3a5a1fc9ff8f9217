import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FleetFile } from "#demo/plan/fleet-file.ts";
import { fleetSecretPath } from "#demo/plan/scanner-key.ts";
import { makeFleet } from "#demo/seed/make-fleet.ts";
import { begin, finish, lookAt } from "#demo/seed/seed-folder.ts";
import { createLog } from "#server/log.ts";

const FILE: FleetFile = {
  format: "fiducial.example-fleet/1",
  seed: "1",
  scanners: 40,
  nowMs: 1_794_000_000_000,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

test("a making that was interrupted is known as one, and keeps its secret", async () => {
  expect(await lookAt(folder)).toEqual({ kind: "empty" });
  const secret = await begin(folder, FILE);
  expect(secret).toHaveLength(32);
  expect((await stat(fleetSecretPath(folder))).mode & 0o077).toBe(0);
  await mkdir(join(folder, "database"));
  expect(await lookAt(folder)).toEqual({ kind: "begun", file: FILE });
  expect(await begin(folder, FILE)).toEqual(secret);
});

test("a fleet that was made is there, and is not made again", async () => {
  await begin(folder, FILE);
  await finish(folder);
  expect(await lookAt(folder)).toEqual({ kind: "made", file: FILE });
  const said: string[] = [];
  const kept = await make(folder, 300, said);
  expect(kept).toEqual(FILE);
  expect(said).toEqual([expect.stringContaining("40 scanners")]);
});

test("an installation of somebody is left alone", async () => {
  await mkdir(join(folder, "database"));
  await writeFile(join(folder, "database", "postgres.log"), "");
  await expect(make(folder, 40, [])).rejects.toMatchObject({ code: "data-folder" });
});

test("a database that others use takes no example fleet", async () => {
  await expect(make(folder, 40, [], "postgresql://db/fiducial")).rejects.toMatchObject({
    code: "wrong-setting",
  });
});

function make(dataFolder: string, scanners: number, said: string[], databaseUrl: string | null = null) {
  const env = {
    dataFolder,
    databaseUrl,
    appDatabaseUrl: null,
    postgres: { source: "any", searchPath: "" },
  } as const;
  const say = (line: string) => void said.push(line);
  return makeFleet({ seed: "1", scanners, nowMs: FILE.nowMs }, { env, log: createLog("error"), say });
}
