import { createPrivateKey } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Fetcher } from "#agent/trust/fetched.ts";
import { fileMeta, type SealKey, sealKey, sealMetadata } from "#agent/trust/seal.ts";
import { openTrust, type Refreshed, type Trust } from "#agent/trust/trust.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { timestampBody } from "#core/trust/bodies.ts";
import { repositoryFolder } from "#core/trust/layout.ts";
import type { ScannerClient } from "#tests/integration/scanner-client.ts";
import { type SignedWorld, scannerAt, signedWorld } from "#tests/integration/signed-world.ts";
import { hasNixRooms, NixRoom } from "#tests/support/nix-room.ts";

const MODEL = "FM-25";
const scratch = mkdtempSync(join(tmpdir(), "fiducial-rotation-"));
const passphrase = join(scratch, "passphrase");

/** One story in order: the keys that sign by themselves are stolen and replaced, then a person goes and another comes. */
describe.skipIf(!hasNixRooms())("new roots, from the station to the scanner [SIG-3, SIG-7]", () => {
  let world: SignedWorld;
  let room: NixRoom;
  let program: string;
  let scanner: ScannerClient;
  let known: Trust;
  let thief: { timestamp: SealKey; director: SealKey };

  beforeAll(async () => {
    const { buildStation } = await import("../../scripts/build-station.mjs");
    program = await buildStation(scratch);
    writeFileSync(passphrase, "correct horse battery staple\n", { mode: 0o600 });
    world = await signedWorld();
    room = new NixRoom();
    await must(
      "mine",
      "init",
      "mine",
      "--solo",
      "--name",
      "anna",
      "--for",
      `model:${MODEL}`,
      "--online-keys",
      online(),
    );
    const firstRoots = join(world.server.dataFolder, "repository", "first-root");
    mkdirSync(firstRoots, { recursive: true });
    for (const name of ["release.root.json", "director.root.json"])
      copyFileSync(at("mine", "repository", "first-root", name), join(firstRoots, name));
    await must(
      "mine",
      "ship",
      await room.build([{ name: "nixos-system-nova-1" }]),
      "--to",
      world.server.url,
      "--yes",
    );
    scanner = await scannerAt(world, world.own, MODEL);
    known = trustOf(scanner, "known");
    expect(await known.refresh(fetchers())).toMatchObject({ ok: true, instruction: null });
  });
  afterAll(async () => {
    await world.close();
    room.remove();
    rmSync(scratch, { recursive: true, force: true });
  });

  const at = (...parts: string[]) => join(room.folder, ...parts);
  const online = () => join(world.server.dataFolder, "signer", "online-keys.json");
  const ran = (station: string, ...args: string[]) =>
    room.run(process.execPath, [program, ...args, "--folder", at(station)], {
      FIDUCIAL_PASSPHRASE_FILE: passphrase,
    });
  async function must(station: string, ...args: string[]): Promise<string> {
    const { status, stdout, stderr } = await ran(station, ...args);
    expect(status, `fiducial ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  }

  /** What a scanner believes that was built with the very first roots. */
  function trustOf({ scannerId }: ScannerClient, folder: string): Trust {
    const root = (name: string) => readFileSync(at("mine", "repository", "first-root", `${name}.root.json`));
    return openTrust({
      folder: join(scratch, folder),
      firstRoots: { release: root("release"), director: root("director") },
      scannerId: scannerIdSchema.parse(scannerId),
      nowMs: () => Date.now() + world.signer.aheadMs,
    });
  }

  /** The server's own answers; `instead`: files by repository and name that somebody on the way puts in their place. */
  function fetchers(instead: Record<string, Uint8Array> = {}): Parameters<Trust["refresh"]>[0] {
    const of = (repository: "release" | "director"): Fetcher => {
      const folder = repositoryFolder(repository, scannerIdSchema.parse(scanner.scannerId));
      return async (name) => {
        const other = instead[`${repository}/${name}`];
        if (other !== undefined) return { ok: true, bytes: Buffer.from(other) };
        const answer = await world.get(`tuf/${folder}/${name}`);
        if (answer.status !== 200) return { ok: false, problem: "absent", detail: `${answer.status}` };
        return { ok: true, bytes: Buffer.from(await answer.arrayBuffer()) };
      };
    };
    return { release: of("release"), director: of("director") };
  }
  const believed = async (trust: Trust, instead = {}): Promise<Refreshed> => trust.refresh(fetchers(instead));
  const served = async (name: string) => Buffer.from(await (await world.get(`tuf/${name}`)).arrayBuffer());

  /** Another list "just now", with a number that honest ones will not reach in a lifetime. */
  async function runAhead(): Promise<Uint8Array> {
    const snapshot = (
      JSON.parse((await served("release/timestamp.json")).toString()) as never as {
        signed: { meta: { "snapshot.json": { version: number } } };
      }
    ).signed.meta["snapshot.json"];
    const bytes = await served(`release/${snapshot.version}.snapshot.json`);
    const body = timestampBody({
      version: 2_000_000_000,
      expires: new Date(Date.now() + 20 * 60 * 60_000).toISOString().replace(/\.\d+Z$/, "Z"),
      snapshot: fileMeta(snapshot.version, bytes),
      signedAtMs: Date.now(),
    });
    return sealMetadata(body, [thief.timestamp]);
  }

  test("whoever has the online keys can drive the numbers up; new keys under a new root bring them down again [K-3]", async () => {
    const stolen = JSON.parse(
      readFileSync(join(world.server.dataFolder, "signer", "keys.json"), "utf8"),
    ) as Record<"timestamp" | "director", string>;
    const key = (pem: string) => sealKey(createPrivateKey(pem));
    thief = { timestamp: key(stolen.timestamp), director: key(stolen.director) };
    expect(await believed(known, { "release/timestamp.json": await runAhead() })).toMatchObject({ ok: true });
    expect(await believed(known)).toMatchObject({ ok: false, refusal: { refused: "metadata-rolled-back" } });

    await world.signer.stop();
    renameSync(join(world.server.dataFolder, "signer", "keys.json"), join(scratch, "stolen.json"));
    await world.signer.start();
    await must("mine", "root", "rotate", "--online-keys", online());
    await must("mine", "root", "sign", "--yes");
    expect(await must("mine", "publish", world.server.url)).toContain("Scanners see list 1");
    const after = await believed(known);
    expect(after, JSON.stringify(after)).toMatchObject({ ok: true });
    expect(await believed(trustOf(scanner, "new"))).toMatchObject({ ok: true });
  });

  test("what the thief signs from then on is refused", async () => {
    const forged = await runAhead();
    expect(await believed(known, { "release/timestamp.json": forged })).toMatchObject({
      ok: false,
      refusal: { refused: "bad-signature" },
    });
    expect(await believed(known)).toMatchObject({ ok: true });
  });

  test("the server's instructions are believed under the new keys", async () => {
    const asked = await world.admin.mutate("change.request", {
      ...{ scannerIds: [scanner.scannerId], action: "activate", release: "r1" },
      ...{ reason: "after the theft", requestKey: v7() },
    });
    expect(asked.refusal).toBeNull();
    await world.server.composed.changes.round();
    expect(await believed(known)).toMatchObject({
      ok: true,
      instruction: { instruction: { action: "activate" } },
    });
  });

  test("a person goes and another comes: what the one signs is taken no more, what the other signs is", async () => {
    await must("mine", "keys", "new", "dora");
    await must("mine", "keys", "export-public", "dora", at("dora.public.json"));
    cpSync(at("mine"), at("annas"), { recursive: true });
    await must("mine", "root", "rotate", "--people", at("dora.public.json"), "--remove", "anna");
    await must("mine", "root", "sign", "--as", "anna", "--yes");
    expect(await must("mine", "root", "sign", "--as", "dora", "--yes")).toContain("dora");
    await must("mine", "release", "renew");
    await must(
      "mine",
      "release",
      "sign",
      at("mine", "drafts", "renew.signing.json"),
      "--as",
      "dora",
      "--yes",
    );
    expect(await must("mine", "publish", world.server.url)).toContain("Scanners see list 2");
    expect(await believed(known)).toMatchObject({
      ok: true,
      releases: { versions: { root: 3, targets: 2 } },
    });
    expect(await believed(trustOf(scanner, "newest"))).toMatchObject({ ok: true });

    // Her copy does not know the root that ended her part: her list is well signed, by a key that counts no more.
    for (const _ of [2, 3]) {
      await must("annas", "release", "renew");
      await must(
        "annas",
        "release",
        "sign",
        at("annas", "drafts", "renew.signing.json"),
        "--as",
        "anna",
        "--yes",
      );
    }
    const late = await ran("annas", "publish", world.server.url);
    expect([late.status, late.stderr]).toEqual([5, expect.stringMatching(/bad-signature|threshold-missed/)]);
    expect(await believed(known)).toMatchObject({ ok: true, releases: { versions: { targets: 2 } } });
  });
});
