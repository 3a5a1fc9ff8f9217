import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expressionOf, hasNixRooms, NixRoom, type Part, type Ran } from "#tests/support/nix-room.ts";

const programs = mkdtempSync(join(tmpdir(), "fiducial-station-"));
let program = "";
const ready = hasNixRooms();

const passphrase = join(programs, "passphrase");
/** Folders that tests begin with, made once: every key costs scrypt half a second. */
const begun = join(programs, "begun");

beforeAll(async () => {
  const { buildStation } = await import("../../scripts/build-station.mjs");
  program = await buildStation(programs);
  writeFileSync(passphrase, "correct horse battery staple\n", { mode: 0o600 });
  mkdirSync(begun);
});
afterAll(() => rmSync(programs, { recursive: true, force: true }));

/** A scanner's system: kernel, a unit, its program, and what is expected of a scanner that runs it. */
function system(version: string, { kernel = "6.6.30", host = "nova" } = {}): Part[] {
  const expected = {
    schema: "fiducial.expected/1",
    toplevel: null,
    closureDigest: null,
    items: [
      {
        id: "gantry.version",
        kind: "unit",
        args: { name: "gantry.service" },
        expect: { op: "eq", want: version },
        class: "function",
      },
    ],
  };
  return [
    { name: "zlib-1.2.13" },
    { name: `gantry-control-${version}`, needs: ["zlib-1.2.13"] },
    { name: "unit-gantry.service", needs: [`gantry-control-${version}`] },
    { name: `linux-${kernel}` },
    { name: `initrd-linux-${kernel}`, needs: [`linux-${kernel}`] },
    {
      name: `nixos-system-${host}-${version}`,
      needs: ["unit-gantry.service", `linux-${kernel}`, `initrd-linux-${kernel}`],
      files: { "fiducial/expected.json": JSON.stringify(expected) },
    },
  ];
}

describe.skipIf(!ready)("releases, with the Nix of this machine [SIG-1, SIG-6, SIG-8]", () => {
  let room: NixRoom;
  beforeEach(() => {
    room = new NixRoom();
  });
  afterEach(() => room.remove());

  const at = (...parts: string[]) => join(room.folder, ...parts);
  const fiducial = (...args: string[]): Promise<Ran> =>
    room.run(process.execPath, [program, ...args], { FIDUCIAL_PASSPHRASE_FILE: passphrase });
  const must = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await fiducial(...args);
    expect(status, `fiducial ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  };

  async function beginWith(name: string, make: () => Promise<void>): Promise<void> {
    const kept = join(begun, name);
    if (existsSync(kept)) return cpSync(kept, room.folder, { recursive: true });
    await make();
    cpSync(room.folder, kept, { recursive: true });
  }

  describe("one who signs alone", () => {
    const solo = (...args: string[]) => must(...args, "--folder", at("mine"));
    const ship = (what: string, ...args: string[]) =>
      solo("ship", what, "--to", at("stick"), "--yes", ...args);
    beforeEach(() =>
      beginWith("mine", async () => {
        await must(
          "init",
          "mine",
          "--solo",
          "--online-keys",
          "here",
          "--name",
          "anna",
          "--for",
          "model:FM-25",
        );
      }),
    );

    test("from nothing to a folder that scanners and Nix believe, in two commands; the next release in one", async () => {
      await room.build(system("1"));
      const first = await ship(at("fixture.nix"));
      expect(first).toContain("First release of this system");
      await room.build(system("2", { kernel: "6.6.52" }));
      const second = await ship(at("fixture.nix"));
      expect(second).toContain("~ gantry-control 1 -> 2");
      expect(second).toContain("~ gantry.service");
      expect(second).toContain('~ gantry.version: eq "1" -> eq "2"');
      expect(second).toMatch(
        /=> Restarts 1 unit, reboot needed, kernel 6\.6\.30 → 6\.6\.52, another initrd, 3 packages change, 1 expected item changes/,
      );
      expect(await solo("verify", at("stick"))).toContain("everything verifies");
      expect(JSON.parse(await solo("verify", at("stick"), "--json"))).toMatchObject({
        signers: ["anna"],
        threshold: 1,
        releases: [
          { name: "r2", counter: 2 },
          { name: "r1", counter: 1 },
        ],
        problems: [],
      });
      const toplevel = await room.mustRun("nix-build", [at("fixture.nix"), "--no-out-link"]);
      await nixTakesFrom(
        at("stick", "cache"),
        toplevel,
        readFileSync(at("mine", "keys", "cache.pub"), "utf8").trim(),
      );
    });

    /** L30: a cache whose signatures nobody tried is a cache without. */
    async function nixTakesFrom(cache: string, toplevel: string, key: string): Promise<void> {
      const other = new NixRoom();
      const copy = [
        "--extra-experimental-features",
        "nix-command",
        "copy",
        "--from",
        `file://${cache}`,
        toplevel,
      ];
      try {
        expect((await other.run("nix", copy)).stderr).toMatch(/lacks a (valid )?signature/);
        await other.mustRun("nix", [...copy, "--option", "trusted-public-keys", key]);
        await other.mustRun("nix-store", ["--verify-path", toplevel]);
      } finally {
        other.remove();
      }
    }

    test("several systems share their paths, each for its own scanners", async () => {
      const one = await room.build(system("1", { host: "nova" }));
      const two = await room.build(system("1", { host: "vega" }));
      const scanner = "019aa9c8-0b5c-7a70-8f6f-5d7ab5b5e3a1";
      const options = [
        "--system",
        `a=${one}`,
        "--for",
        "model:FM-26/b,c",
        "--system",
        `b=${two}`,
        "--for",
        `scanner:${scanner}`,
      ];
      await solo(
        "ship",
        ...options,
        "--name",
        "both",
        "--notes",
        "two of them",
        "--to",
        at("stick"),
        "--yes",
      );
      const release = JSON.parse(await solo("release", "show", "both", "--json"));
      expect(release).toMatchObject({
        name: "both",
        notes: "two of them",
        systems: [
          { name: "a", toplevel: one, for: [{ model: "FM-26", hardwareRevisions: ["b", "c"] }] },
          { name: "b", toplevel: two, for: [{ scannerId: scanner }] },
        ],
      });
      expect(release.paths).toHaveLength(7);
      expect(release.systems[0].paths).toHaveLength(6);
      expect(release.systems[0].expected).toMatchObject({
        toplevel: one,
        closureDigest: release.systems[0].closureDigest,
      });
      await solo("verify", at("stick"));
    });

    test("a flake's configuration is named as nixos-rebuild names it", async () => {
      const flake = at("flake");
      mkdirSync(flake);
      const configuration = `{ config.system.build.toplevel = ${expressionOf(system("3"))}; }`;
      writeFileSync(
        join(flake, "flake.nix"),
        `{ outputs = _: { nixosConfigurations.nova = ${configuration.replaceAll('builtins.currentSystem or "x86_64-linux"', '"x86_64-linux"')}; }; }`,
      );
      expect(await ship(flake)).toContain("nixos-system-nova-3");
      expect(await solo("release", "create", `${flake}#nova`, "--name", "again")).toContain(
        "Nothing changes.",
      );
    });

    test("a build is answered, not trusted: no store path, no audience, a floor that falls, a path that changed on disk", async () => {
      const toplevel = await room.build(system("1"));
      const says = async (status: number, text: RegExp, ...args: string[]) => {
        const ran = await fiducial("release", "create", ...args, "--folder", at("mine"));
        expect([ran.status, ran.stderr], ran.stdout).toEqual([status, expect.stringMatching(text)]);
      };
      await says(2, /no store path, no file and no installable/, "nowhere");
      await says(
        6,
        /is not in the store of this computer/,
        toplevel
          .replace("/nix/store/", "/nix/store/0")
          .slice(0, -1)
          .replace(/0(.{31})./, "$1a"),
      );
      await says(2, /does not say for whom/, toplevel, "--for", "everybody");
      await says(2, /--floor takes a number from 0 to 1/, toplevel, "--floor", "2");
      await ship(toplevel, "--floor", "1");
      await says(2, /--floor takes a number from 1 to 2/, toplevel, "--floor", "0");
      const damaged = await room.build(system("9"));
      const inRoom = at(damaged.slice(1), "references");
      await room.mustRun("sh", [
        "-c",
        `chmod u+w ${damaged} ${damaged}/references && echo changed > ${damaged}/references`,
      ]);
      expect(readFileSync(inRoom, "utf8")).toBe("changed\n");
      await says(5, /on this disk is not what Nix registered/, damaged);
      expect(readdirSync(at("mine", "drafts"))).not.toContain("r2.signing.json");
    });

    test("what does not verify is not published, and says why", async () => {
      await room.build(system("1"));
      await ship(at("fixture.nix"));
      const publish = () => fiducial("publish", at("elsewhere"), "--folder", at("mine"));
      const nars = at("mine", "repository", "cache", "nar");
      const nar = join(nars, readdirSync(nars)[0] ?? "");
      const good = readFileSync(nar);
      writeFileSync(nar, Buffer.concat([good.subarray(0, -1), Buffer.from("x")]));
      expect(await publish()).toMatchObject({
        status: 5,
        stderr: expect.stringContaining("other content in the cache than was signed"),
      });
      writeFileSync(nar, good);
      const list = at("mine", "repository", "release", "1.targets.json");
      const signed = readFileSync(list, "utf8");
      writeFileSync(list, signed.replace('"counter":1', '"counter":9'));
      expect(await publish()).toMatchObject({
        status: 5,
        stderr: expect.stringContaining("0 of 1 signatures"),
      });
      writeFileSync(list, signed);
      rmSync(list.replace("1.targets", "1.snapshot"));
      symlinkSync(at("mine", "keys", "anna.key.json"), list.replace("1.targets", "1.snapshot"));
      const linked = await publish();
      expect(linked.status).toBe(5);
      expect(readdirSync(room.folder)).not.toContain("elsewhere");
    });

    test("an interrupted copy goes on, and an older station does not overwrite a newer list", async () => {
      await room.build(system("1"));
      await ship(at("fixture.nix"));
      rmSync(at("stick", "release", "timestamp.json"));
      const nars = at("stick", "cache", "nar");
      const [torn = ""] = readdirSync(nars);
      writeFileSync(join(nars, torn), "half");
      expect(await solo("publish", at("stick"))).toContain("2 files written");
      await room.mustRun("cp", ["-r", at("mine"), at("old")]);
      await room.build(system("2"));
      await ship(at("fixture.nix"));
      expect(await fiducial("publish", at("stick"), "--folder", at("old"))).toMatchObject({
        status: 5,
        stderr: expect.stringContaining("has list 2 already"),
      });
    });
  });

  describe("three people, two of three, who only exchange files", () => {
    const people = ["anna", "bob", "carol"];
    const by = (person: string, ...args: string[]) => fiducial(...args, "--folder", at(person));
    const mustBy = (person: string, ...args: string[]) => must(...args, "--folder", at(person));
    const hand = (from: string, to: string) => copyFileSync(from, to);
    const online = {
      schema: "fiducial.online-keys/1",
      snapshot: "11".repeat(32),
      timestamp: "22".repeat(32),
      director: "33".repeat(32),
    };

    beforeEach(() =>
      beginWith("three", async () => {
        writeFileSync(at("online.json"), JSON.stringify(online));
        for (const person of people) {
          await must("init", person);
          await mustBy(person, "keys", "new", person);
          await mustBy(person, "keys", "export-public", person, at(`${person}.public.json`));
        }
        await mustBy(
          "anna",
          "root",
          "init",
          ...people.flatMap((person) => ["--people", at(`${person}.public.json`)]),
          "--threshold",
          "2",
          "--online-keys",
          at("online.json"),
        );
        hand(at("anna", "drafts", "roots.signing.json"), at("roots"));
        expect(await mustBy("anna", "root", "sign", at("roots"), "--yes")).toContain(
          "missing: 1 of bob, carol",
        );
        expect(await mustBy("carol", "root", "sign", at("roots"), "--yes")).toContain(
          "The roots are complete",
        );
        for (const person of ["anna", "bob"]) await mustBy(person, "take", at("roots"));
      }),
    );

    test("the release counts when two of three signed the same bytes", async () => {
      const toplevel = await room.build(system("1"));
      const created = await mustBy(
        "anna",
        "release",
        "create",
        toplevel,
        "--for",
        "model:FM-25",
        "--name",
        "spring",
      );
      const fingerprint = /Fingerprint[^:]*: ([0-9a-f ]{49})/.exec(created)?.[1];
      expect(fingerprint).toBeDefined();
      const first = await mustBy("anna", "release", "sign", "spring", "--yes");
      expect(first).toContain("signed by anna: 1 of 2, missing: 1 of bob, carol");
      expect(await by("anna", "release", "show", "spring")).toMatchObject({ status: 1 });
      const early = await by("anna", "publish", at("stick"));
      expect(early.status).toBe(1);
      expect(early.stderr).toContain("no release has enough signatures");
      expect(early.stderr).toContain("spring: signed by anna: 1 of 2, missing: 1 of bob, carol");
      // The same person again is no second person.
      expect(await mustBy("anna", "release", "sign", "spring", "--yes")).toContain("1 of 2");
      hand(at("anna", "drafts", "spring.signing.json"), at("to-bob"));
      const second = await mustBy("bob", "release", "sign", at("to-bob"), "--yes");
      expect(second).toContain(`Fingerprint, the same for everybody who signs this: ${fingerprint}`);
      expect(second).toContain("spring is complete");
      await mustBy("anna", "take", at("to-bob"));
      expect(JSON.parse(await mustBy("anna", "release", "list", "--json"))).toMatchObject({
        released: [{ name: "spring", counter: 1 }],
        waiting: [],
      });
      await mustBy("anna", "publish", at("stick"));
      // Carol, who saw none of it, compares the list with her own root.
      expect(await by("carol", "verify", at("stick"))).toMatchObject({
        status: 6,
        stderr: expect.stringContaining("server's signer"),
      });
      expect(await mustBy("carol", "take", at("to-bob"))).toContain("signed by anna, bob: 2 of 2, complete");
    });

    test("people may sign all at once, and a signer who was away catches up by the next release", async () => {
      await mustBy("anna", "release", "create", await room.build(system("1")), "--for", "model:FM-25");
      hand(at("anna", "drafts", "r1.signing.json"), at("r1-bob"));
      hand(at("anna", "drafts", "r1.signing.json"), at("r1-anna"));
      await mustBy("bob", "release", "sign", at("r1-bob"), "--yes");
      await mustBy("anna", "release", "sign", at("r1-anna"), "--yes");
      expect((await by("anna", "take", at("r1-bob"))).status).toBe(1);
      await mustBy("anna", "take", at("r1-anna"));
      await mustBy("anna", "release", "create", await room.build(system("2")), "--for", "model:FM-25");
      hand(at("anna", "drafts", "r2.signing.json"), at("r2"));
      const carol = await mustBy("carol", "release", "sign", at("r2"), "--yes");
      expect(carol).toContain("compared with r1");
      expect(carol).toContain("~ gantry-control 1 -> 2");
      expect(await mustBy("bob", "release", "sign", at("r2"), "--yes")).toContain("r2 is complete");
      expect(await mustBy("bob", "release", "list")).toMatch(/^r2 .*\nr1 /);
    });

    test("a file that was changed on its way is signed by nobody", async () => {
      await mustBy("anna", "release", "create", await room.build(system("1")), "--for", "model:FM-25");
      const draft = JSON.parse(readFileSync(at("anna", "drafts", "r1.signing.json"), "utf8"));
      const refused = async (change: (file: typeof draft) => void, why: RegExp) => {
        const file = structuredClone(draft);
        change(file);
        writeFileSync(at("changed"), JSON.stringify(file));
        const ran = await by("bob", "release", "sign", at("changed"), "--yes");
        expect([ran.status, ran.stderr]).toEqual([5, expect.stringMatching(why)]);
        expect(JSON.parse(readFileSync(at("changed"), "utf8")).targets.signatures).toEqual([]);
      };
      await refused((file) => (file.release = file.release.replace("FM-25", "FM-26")), /content-mismatch/);
      await refused((file) => (file.targets.signed.version = 2), /is said to follow list 0/);
      const path = "releases/r1/release.json";
      await refused(
        (file) =>
          (file.targets.signed.targets["releases/x/release.json"] = file.targets.signed.targets[path]),
        /Beside r1 this list changes/,
      );
      await refused((file) => (file.targets.signed.targets[path].custom.floor = 7), /releases-disagree/);
      await refused((file) => (file.targets.signed.delegations = {}), /delegation/);
    });

    test("what a station knows is never replaced by another list or another root", async () => {
      await mustBy(
        "anna",
        "release",
        "create",
        await room.build(system("1")),
        "--for",
        "model:FM-25",
        "--name",
        "one",
      );
      await mustBy(
        "anna",
        "release",
        "create",
        await room.build(system("2")),
        "--for",
        "model:FM-25",
        "--name",
        "two",
      );
      for (const name of ["one", "two"]) hand(at("anna", "drafts", `${name}.signing.json`), at(name));
      await mustBy("anna", "release", "sign", at("one"), "--yes");
      await mustBy("bob", "release", "sign", at("one"), "--yes");
      expect(await by("bob", "release", "sign", at("two"), "--yes")).toMatchObject({
        status: 5,
        stderr: expect.stringContaining("would be another list 1"),
      });
      await must("init", "other", "--solo", "--online-keys", "here", "--name", "mallory");
      hand(at("other", "repository", "first-root", "release.root.json"), at("other-root"));
      expect(
        await by(
          "bob",
          "root",
          "init",
          "--people",
          at("bob.public.json"),
          "--online-keys",
          at("online.json"),
        ),
      ).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("has its roots already"),
      });
    });

    test("no private key is in any file that travels, and key files are their owner's alone [K-10]", async () => {
      await mustBy("anna", "release", "create", await room.build(system("1")), "--for", "model:FM-25");
      const mine = JSON.parse(readFileSync(at("anna", "keys", "anna.key.json"), "utf8"));
      for (const name of readdirSync(at("anna", "keys")).filter((one) => !one.endsWith(".pub")))
        expect(statSync(at("anna", "keys", name)).mode & 0o777).toBe(0o600);
      for (const travels of [at("anna.public.json"), at("roots"), at("anna", "drafts", "r1.signing.json")]) {
        const text = readFileSync(travels, "utf8");
        expect(text).not.toContain(mine.sealed);
        expect(text).not.toMatch(/PRIVATE|sealed|scrypt/);
      }
    });
  });
});
