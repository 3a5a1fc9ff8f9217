import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SignedWorld, signedWorld } from "#tests/integration/signed-world.ts";
import { hasNixRooms, NixRoom, type Ran } from "#tests/support/nix-room.ts";

const ready = hasNixRooms();
const scratch = mkdtempSync(join(tmpdir(), "fiducial-list-"));

describe.skipIf(!ready)("a list of releases that changes without a new release [SIG-1, SIG-7]", () => {
  let world: SignedWorld;
  let room: NixRoom;
  let program = "";
  const passphrase = join(scratch, "passphrase");
  const at = (...parts: string[]) => join(room.folder, ...parts);
  const by = (who: string, ...args: string[]): Promise<Ran> =>
    room.run(process.execPath, [program, ...args, "--folder", at(who)], {
      FIDUCIAL_PASSPHRASE_FILE: passphrase,
    });
  const must = async (who: string, ...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await by(who, ...args);
    expect(status, `${who}: fiducial ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  };
  const draft = (who: string, name: string) => at(who, "drafts", `${name}.signing.json`);
  const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));

  /** Two people of whom both must sign, with two releases out. */
  beforeAll(async () => {
    const { buildStation } = await import("../../scripts/build-station.mjs");
    program = await buildStation(scratch);
    writeFileSync(passphrase, "correct horse battery staple\n", { mode: 0o600 });
    world = await signedWorld();
    room = new NixRoom();
    const people: string[] = [];
    for (const who of ["anna", "bob"]) {
      await must(who, "init");
      await must(who, "keys", "new", who);
      await must(who, "keys", "export-public", who, at(`${who}.public.json`));
      people.push("--people", at(`${who}.public.json`));
    }
    const online = join(world.server.dataFolder, "signer", "online-keys.json");
    await must("anna", "root", "init", ...people, "--threshold", "2", "--online-keys", online);
    copyFileSync(at("anna", "drafts", "roots.signing.json"), at("roots"));
    for (const who of ["anna", "bob"]) await must(who, "root", "sign", at("roots"), "--yes");
    await must("anna", "take", at("roots"));
    const first = join(world.server.dataFolder, "repository", "first-root");
    mkdirSync(first, { recursive: true });
    for (const name of ["release.root.json", "director.root.json"])
      copyFileSync(at("anna", "repository", "first-root", name), join(first, name));
    for (const version of ["1", "2"]) {
      const toplevel = await room.build([{ name: `nixos-system-nova-${version}` }]);
      await must("anna", "release", "create", toplevel, "--for", "model:FM-25");
      await bothSign(`r${version}`);
    }
    await must("anna", "publish", world.server.url);
  });
  afterAll(async () => {
    room.remove();
    await world.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  async function bothSign(name: string): Promise<void> {
    await must("anna", "release", "sign", name, "--yes");
    copyFileSync(draft("anna", name), at("travels"));
    await must("bob", "release", "sign", at("travels"), "--yes");
    await must("anna", "take", at("travels"));
  }

  const servedByName = async () => {
    const said = JSON.parse(await must("anna", "verify", world.server.url, "--json"));
    return {
      list: said.versions.targets,
      r2: said.releases.find((one: { name: string }) => one.name === "r2"),
    };
  };

  test("it is renewed by as many as sign a release, and by nobody else", async () => {
    const said = await must("anna", "release", "renew");
    expect(said).toContain("List 3, after list 2");
    expect(said).toContain("the same releases for longer");
    await must("anna", "release", "sign", "renew", "--yes");
    expect((await by("anna", "release", "list")).stdout).toContain(
      "waiting: the renewed list: signed by anna: 1 of 2",
    );
    expect(await by("anna", "release", "renew")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("waits for signatures and has some already"),
    });
    await must("anna", "publish", world.server.url);
    expect(await servedByName()).toMatchObject({ list: 2 });
    await bothSign("renew");
    await must("anna", "publish", world.server.url);
    expect(await servedByName()).toMatchObject({ list: 3, r2: { withdrawn: null } });
    const before = read(at("anna", "repository", "release", "2.targets.json")).signed;
    const after = read(at("anna", "repository", "release", "3.targets.json")).signed;
    expect(after).toEqual({ ...before, version: 3, expires: after.expires });
    expect(Date.parse(after.expires)).toBeGreaterThanOrEqual(Date.parse(before.expires));
  });

  test("what was changed on its way is signed by nobody", async () => {
    await must("anna", "release", "withdraw", "r1", "--reason", "made too early");
    const honest = read(draft("anna", "withdraw-r1"));
    const refused = async (change: (file: typeof honest) => void, why: RegExp) => {
      const file = structuredClone(honest);
      change(file);
      writeFileSync(at("changed"), JSON.stringify(file));
      const ran = await by("bob", "release", "sign", at("changed"), "--yes");
      expect([ran.status, ran.stderr]).toEqual([5, expect.stringMatching(why)]);
      expect(read(at("changed")).targets.signatures).toEqual([]);
    };
    const targets = (file: typeof honest) => file.targets.signed.targets;
    await refused((file) => (file.withdraws = "r2"), /does not withdraw r2/);
    await refused((file) => (file.withdraws = null), /changes more than its file says/);
    await refused((file) => (targets(file)["releases/r2/release.json"].custom.floor = 2), /changes more/);
    await refused(
      (file) => (targets(file)["releases/r2/release.json"].custom.withdrawn = "too"),
      /changes more/,
    );
    await refused((file) => delete targets(file)["releases/r2/release.json"], /changes more/);
    await refused((file) => (file.targets.signed.version += 1), /changes more/);
    await refused((file) => (file.targets.signed.expires = "2026-01-01T00:00:00Z"), /changes more/);
    await refused((file) => (file.previous.signatures = []), /0 of 2 signatures/);
    await refused((file) => (file.targets = { ...file.previous, signatures: [] }), /does not withdraw r1/);
    rmSync(draft("anna", "withdraw-r1"));
  });

  test("a withdrawn release is said to be so by the server and to whoever verifies, with the reason; for good", async () => {
    expect(await by("anna", "release", "withdraw", "r2")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("--reason TEXT"),
    });
    expect(await by("anna", "release", "withdraw", "r9", "--reason", "x")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("There is no release r9"),
    });
    const said = await must("anna", "release", "withdraw", "r2", "--reason", "gradients drift when warm");
    expect(said).toContain("withdraws r2: gradients drift when warm");
    await bothSign("withdraw-r2");
    await must("anna", "publish", world.server.url);
    expect(await servedByName()).toMatchObject({ list: 4, r2: { withdrawn: "gradients drift when warm" } });
    const rows = await world.server.owner(
      `select name, withdrawn from "Release" where origin = 'signed' order by name`,
    );
    expect(rows).toEqual([
      { name: "r1", withdrawn: null },
      { name: "r2", withdrawn: "gradients drift when warm" },
    ]);
    expect(await by("anna", "release", "withdraw", "r2", "--reason", "again")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("is withdrawn already"),
    });
    await must(
      "anna",
      "release",
      "create",
      await room.build([{ name: "nixos-system-nova-3" }]),
      "--for",
      "model:FM-25",
    );
    await bothSign("r3");
    await must("anna", "publish", world.server.url);
    expect(await servedByName()).toMatchObject({ list: 5, r2: { withdrawn: "gradients drift when warm" } });
  });
});
