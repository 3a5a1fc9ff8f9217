import { type ExecFileException, execFile, spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

/** The built program of the release station, and the scanner's beside it. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const folder = mkdtempSync(join(tmpdir(), "fiducial-station-cli-"));
let station: string;
let scanner: string;

beforeAll(async () => {
  const { buildStation } = await import("../../scripts/build-station.mjs");
  const { buildAgent } = await import("../../scripts/build-agent.mjs");
  station = await buildStation(join(folder, "cli"));
  await buildAgent(join(folder, "agent"));
  scanner = join(folder, "agent", "fiducial.mjs");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ran = { status: number; stdout: string; stderr: string };
function run(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      { cwd: folder, env: { PATH: process.env.PATH, NODE_ENV: "test", ...env } },
      (error: ExecFileException | null, stdout, stderr) =>
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    child.stdin?.end();
  });
}

const STATION = ["init", "keys", "root", "release", "take", "freshen", "verify", "publish", "ship"];

function publicKey(): string {
  const { publicKey: key } = generateKeyPairSync("ed25519");
  return key.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
}

/** Words of what signs: the file that travels, the cipher of keys at rest, the TUF library. */
const SIGNING = ["fiducial.signing/1", "aes-256-gcm", "verifyDelegate"];

describe("two builds of one program", () => {
  test("the station has every verb and explains it; the scanner's build says where those that sign are", async () => {
    const help = await run(station, ["--help"]);
    for (const verb of [...STATION, "enroll", "status"]) {
      expect(help.stdout).toContain(`  ${verb}`);
      expect(await run(station, [verb, "--help"])).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^Usage: fiducial/),
      });
    }
    for (const verb of STATION)
      expect(await run(scanner, [verb])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("dist/cli/fiducial.mjs"),
      });
    expect((await run(scanner, ["--help"])).stdout).toContain("release station");
  });

  test("the scanner's build carries nothing that signs", () => {
    expect(statSync(station).mode & 0o111).toBe(0o111);
    // Compared as booleans: a failure must not print two bundles.
    const carries = (path: string) => SIGNING.map((word) => readFileSync(path, "utf8").includes(word));
    expect(carries(station)).toEqual(SIGNING.map(() => true));
    expect(carries(scanner)).toEqual(SIGNING.map(() => false));
  });
});

describe("wrong use is answered", () => {
  const passphrase = () => {
    const path = join(folder, "passphrase");
    writeFileSync(path, "correct horse battery\n");
    chmodSync(path, 0o600);
    return path;
  };

  test.each([
    ["a folder that is no station", ["release", "list"], 6, "is no release station"],
    ["an act that is none", ["keys", "burn"], 2, 'There is no "keys burn"'],
    ["no terminal to ask at", ["init", "x", "--solo", "--online-keys", "here"], 2, "--passphrase-file"],
    ["a passphrase as an argument", ["init", "x", "--solo", "--passphrase", "secret"], 2, "--passphrase"],
    ["roots without a signer", ["init", "w", "--solo"], 2, "--online-keys FILE"],
    ["an audience that is none", ["init", "y", "--for", "everybody"], 2, "does not say for whom"],
    [
      "a file of online keys that is not there",
      ["init", "v", "--solo", "--online-keys", "no.json"],
      6,
      "no.json",
    ],
    [
      "a name that no key can have",
      ["init", "v", "--solo", "--online-keys", "here", "--name", "Anna"],
      2,
      "--name",
    ],
    ["an address without its scheme", ["init", "v", "--publish-to", "127.0.0.1:3000"], 2, "write https://"],
    [
      "an option that is none",
      ["init", "v", "--frob"],
      2,
      "Unknown option '--frob'.\n\nUsage: fiducial init",
    ],
  ])("%s", async (_what, args, status, said) => {
    expect(await run(station, args)).toMatchObject({ status, stderr: expect.stringContaining(said) });
  });

  test("what is refused leaves no folder behind", () => {
    for (const name of ["w", "y", "v"]) expect([name, existsSync(join(folder, name))]).toEqual([name, false]);
  });

  test("a folder is where it is said to be, wherever the program runs, and what comes next is said with its paths [SIG-8]", async () => {
    const env = { FIDUCIAL_PASSPHRASE_FILE: passphrase() };
    const at = join(folder, "elsewhere", "release");
    const online = join(folder, "data", "signer", "online-keys.json");
    mkdirSync(dirname(online), { recursive: true });
    const keys = Object.fromEntries(["snapshot", "timestamp", "director"].map((role) => [role, publicKey()]));
    writeFileSync(online, JSON.stringify({ schema: "fiducial.online-keys/1", ...keys }));
    const args = ["init", at, "--solo", "--name", "anna", "--online-keys", online, "--publish-to", "stick"];
    const made = await run(station, args, env);
    expect(made).toMatchObject({ status: 0, stderr: "" });
    expect(made.stdout).toContain(
      `cp ${at}/repository/first-root/*.root.json ${folder}/data/repository/first-root/\n`,
    );
    expect(made.stdout).toContain(`fiducial ship WHAT --folder ${at} --for model:NAME\n`);
    expect(JSON.parse(readFileSync(join(at, "fiducial.json"), "utf8"))).toMatchObject({
      publishTo: join(folder, "stick"),
    });
    expect(await run(station, ["verify", at])).toMatchObject({
      status: 6,
      stderr: expect.stringContaining("is not complete"),
    });
    expect(await run(station, ["verify", "http://127.0.0.1:1", "--folder", at])).toMatchObject({
      status: 4,
      stderr: expect.stringContaining("http://127.0.0.1:1 was not looked at"),
    });
    expect(await run(station, ["publish", "--folder", at])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("fiducial ship WHAT"),
    });
  });

  test("a passphrase that is short, or that everybody can read, makes no key", async () => {
    const path = passphrase();
    await run(station, ["init", "z"]);
    const make = () => run(station, ["keys", "new", "anna", "--folder", "z", "--passphrase-file", path]);
    chmodSync(path, 0o604);
    expect(await make()).toMatchObject({ status: 5, stderr: expect.stringContaining("Everybody") });
    chmodSync(path, 0o600);
    writeFileSync(path, "short\n");
    expect(await make()).toMatchObject({ status: 2, stderr: expect.stringContaining("12 characters") });
    expect((await run(station, ["keys", "list", "--folder", "z"])).stdout).toBe("no keys yet\n");
    passphrase();
    expect(await make()).toMatchObject({ status: 0 });
    const made = readFileSync(join(folder, "z", "keys", "anna.key.json"));
    expect(await make()).toMatchObject({ status: 2, stderr: expect.stringContaining("already") });
    expect(readFileSync(join(folder, "z", "keys", "anna.key.json"))).toEqual(made);
  });

  test("init again completes and changes nothing that was made [SIG-8]", async () => {
    const env = { FIDUCIAL_PASSPHRASE_FILE: passphrase() };
    const init = (...args: string[]) =>
      run(station, ["init", "solo", "--solo", "--name", "anna", "--online-keys", "here", ...args], env);
    expect(await init()).toMatchObject({ status: 0, stdout: expect.stringContaining("one of one") });
    const files = ["keys/anna.key.json", "keys/cache", "repository/first-root/release.root.json"];
    const before = files.map((name) => readFileSync(join(folder, "solo", name), "utf8"));
    expect(await init("--for", "model:FM-25")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("stay as they are"),
    });
    expect(files.map((name) => readFileSync(join(folder, "solo", name), "utf8"))).toEqual(before);
    expect(JSON.parse(readFileSync(join(folder, "solo", "fiducial.json"), "utf8"))).toMatchObject({
      solo: true,
      onlineKeys: "here",
      for: [{ model: "FM-25", hardwareRevisions: null }],
    });
    expect((await run(station, ["root", "show", "--folder", "solo"])).stdout).toMatch(
      /targets +1 of 1: anna/,
    );
  });
});

describe("one person hands over to another", () => {
  test("the next roots wait for both, revoke the first, and count from then on [SIG-1]", async () => {
    const secret = join(folder, "handover");
    writeFileSync(secret, "correct horse battery\n", { mode: 0o600 });
    const env = { FIDUCIAL_PASSPHRASE_FILE: secret, FIDUCIAL_STATION: join(folder, "shop") };
    const must = async (...args: string[]) => {
      const ran = await run(station, args, env);
      expect(ran, args.join(" ")).toMatchObject({ status: 0, stderr: "" });
      return ran.stdout;
    };
    await must("init", "shop", "--solo", "--name", "anna", "--online-keys", "here");
    await must("keys", "new", "bob");
    await must("keys", "export-public", "bob", "bob.json");
    const asked = await must("root", "rotate", "--people", "bob.json", "--remove", "anna");
    expect(asked).toMatch(/\+ root bob .*\n {2}- root anna/);
    expect(await run(station, ["root", "sign", "--yes"], env)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("say who does with --as NAME"),
    });
    expect(await must("root", "sign", "--yes", "--as", "anna")).toContain("missing: bob");
    expect(await must("root", "show")).toMatch(/root +1 of 1: anna/);
    expect(await must("root", "sign", "--yes", "--as", "bob")).toContain("fiducial release renew");
    expect(await must("root", "show")).toMatch(/version 2.*\n +root +1 of 1: bob/);
    await must("take", join("shop", "drafts", "rotation.signing.json"));
  }, 180_000);
});

const hasTerminals = spawnSync("script", ["--version"], { stdio: "ignore" }).status === 0;
if (!hasTerminals) console.log("skipped: no script(1)");

describe.skipIf(!hasTerminals)("at a terminal", () => {
  /** Answers each question the moment it appears; what the terminal shows. */
  function type(
    args: readonly string[],
    answers: readonly string[],
  ): Promise<{ status: number; shown: string }> {
    const command = [process.execPath, station, ...args].join(" ");
    const child = spawn("script", ["-qefc", command, "/dev/null"], {
      cwd: folder,
      env: { PATH: process.env.PATH, NODE_ENV: "test" },
    });
    let shown = "";
    let asked = "";
    const left = [...answers];
    child.stdout.on("data", (chunk: Buffer) => {
      shown += chunk.toString();
      asked += chunk.toString();
      if (!asked.endsWith(": ")) return;
      asked = "";
      child.stdin.write(left.shift() ?? "\u0003");
    });
    return new Promise((resolve) =>
      child.once("close", (status) => resolve({ status: status ?? -1, shown })),
    );
  }

  test("a passphrase is typed twice and never shown, not even when it comes with the question", async () => {
    await run(station, ["init", "typed"]);
    const make = ["keys", "new", "anna", "--folder", "typed"];
    const differ = await type(make, ["correct horse battery\r", "other horse battery\r"]);
    expect([differ.status, differ.shown]).toEqual([2, expect.stringContaining("The two passphrases differ")]);
    const made = await type(make, ["correct horsX\u007fe battery\r", "correct horse battery\r"]);
    expect(made.status, made.shown).toBe(0);
    for (const { shown } of [differ, made]) expect(shown).not.toMatch(/horse|battery/);
    expect(await type(["keys", "new", "bob", "--folder", "typed"], ["\u0003"])).toMatchObject({ status: 2 });
    expect((await run(station, ["keys", "list", "--folder", "typed"])).stdout).toMatch(/^anna\n/);
  });
});
