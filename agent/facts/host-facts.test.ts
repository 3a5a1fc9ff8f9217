import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readBootMetadata } from "#agent/facts/boot-metadata.ts";
import { readLoader } from "#agent/facts/loader.ts";
import { askClosure, askSettings, findNix } from "#agent/facts/nix.ts";
import { readOptions } from "#agent/facts/options.ts";
import { mayWork } from "#agent/facts/quiet.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import type { System } from "#agent/system.ts";

const TOP = "/nix/store/86sjpykh48b7n9xd0pch2ybhc0nyfhqz-nixos-system-scanner-24.05";
let root: string;
let system: System;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fiducial-host-"));
  system = linuxSystem(root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

describe("what the boot loader starts next [SEE-1]", () => {
  const entry = (path: string) => `title NixOS\noptions init=${path}/init quiet\n`;
  const variable = (name: string, value: string) =>
    put(
      `/sys/firmware/efi/efivars/${name}-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f`,
      Buffer.concat([Buffer.from([6, 0, 0, 0]), Buffer.from(`${value}\0`, "utf16le")]),
    );

  test("is loader.conf's default, unless the firmware holds another or a one-shot entry [L39]", async () => {
    put("/boot/loader/loader.conf", "timeout 3\ndefault nixos-generation-1.conf\n");
    for (const number of [1, 2, 3])
      put(`/boot/loader/entries/nixos-generation-${number}.conf`, entry(TOP.replace("24.05", `${number}`)));
    const next = async () => (await readLoader(system)).loaderEntry;
    expect(await readLoader(system)).toEqual({
      loader: "systemd-boot",
      loaderDefault: TOP.replace("24.05", "1"),
      loaderEntry: "nixos-generation-1.conf",
      loaderProblem: null,
    });
    variable("LoaderEntryDefault", "nixos-generation-2.conf");
    expect(await next()).toBe("nixos-generation-2.conf");
    variable("LoaderEntryOneShot", "nixos-generation-3.conf");
    expect(await next()).toBe("nixos-generation-3.conf");
  });

  test.each<[string, Record<string, string>, string]>([
    ["no boot loader", {}, "loader-not-found"],
    ["GRUB", { "/boot/grub/grub.cfg": "" }, "loader-decides-at-boot"],
    ["extlinux", { "/boot/extlinux/extlinux.conf": "" }, "loader-decides-at-boot"],
    ["the entry saved last", { "/boot/loader/loader.conf": "default @saved\n" }, "loader-decides-at-boot"],
    ["no entries", { "/boot/loader/loader.conf": "default a.conf\n" }, "loader-entry-unread"],
    [
      "an entry that is not there",
      { "/boot/loader/loader.conf": "default a.conf\n", "/boot/loader/entries/b.conf": "" },
      "loader-entry-missing",
    ],
    [
      "an entry of another system",
      { "/boot/loader/loader.conf": "default a.conf\n", "/boot/loader/entries/a.conf": "efi /x\n" },
      "loader-entry-unread",
    ],
  ])("%s: unknown with a reason, never a guess [SEE-14]", async (_what, files, code) => {
    for (const [path, content] of Object.entries(files)) put(path, content);
    expect(await readLoader(system)).toMatchObject({ loaderDefault: null, loaderProblem: { code } });
  });
});

describe("what a closure boots [EXP-3]", () => {
  test("is boot.json's, or what the files before it say, or unknown", async () => {
    expect(await readBootMetadata(system, TOP)).toBeNull();
    put(`${TOP}/kernel-params`, "quiet  nosmt\n");
    expect(await readBootMetadata(system, TOP)).toMatchObject({
      kernelParams: ["quiet", "nosmt"],
      kernel: null,
    });
    const spec = { kernel: "/nix/store/k/bzImage", kernelParams: ["isolcpus=2"], init: `${TOP}/init` };
    put(`${TOP}/boot.json`, JSON.stringify({ "org.nixos.bootspec.v1": spec }));
    expect(await readBootMetadata(system, TOP)).toEqual({
      kernelParams: ["isolcpus=2"],
      kernel: "/nix/store/k/bzImage",
      initrd: null,
      systemd: null,
    });
    put(`${TOP}/boot.json`, "{");
    expect(await readBootMetadata(system, TOP)).toMatchObject({ kernelParams: ["quiet", "nosmt"] });
  });
});

describe("Nix of any release [L34]", () => {
  type Call = (args: readonly string[]) => { status: number; stdout: string; stderr: string } | null;
  /** A host whose `nix` answers as told; null: there is none. */
  const hostWith = (answer: Call): System => ({
    ...system,
    run: async (_program, args) => {
      const value = answer(args);
      return value === null ? { ok: false, problem: "missing", detail: "" } : { ok: true, value };
    },
  });
  const said = (stdout: string) => ({ status: 0, stdout, stderr: "" });
  const refused = (stderr: string) => ({ status: 1, stdout: "", stderr });
  const nixOf = async (text: string) => {
    const found = await findNix(
      hostWith(() => said(text)),
      null,
    );
    if (!found.ok) throw new Error(found.reason.code);
    return found.value;
  };

  test.each([
    ["nix (Nix) 2.8.0\n", "2.8.0", [2, 8], false],
    ["nix (Nix) 2.35.1pre20260801_88b09c6\n", "2.35.1pre20260801_88b09c6", [2, 35], false],
    ["nix (Lix, like Nix) 2.91.1\n", "Lix, like Nix 2.91.1", [2, 91], true],
    ["nix (Determinate Nix 3.6.2) 2.29.0\n", "Determinate Nix 3.6.2 2.29.0", [2, 29], false],
  ])("%j is read", async (text, version, release, isLix) => {
    expect(await nixOf(text)).toMatchObject({ version, release, isLix });
  });

  test("no Nix, and one that says something else, are two reasons", async () => {
    expect(
      await findNix(
        hostWith(() => null),
        null,
      ),
    ).toEqual({ ok: false, reason: { code: "no-nix" } });
    expect(
      await findNix(
        hostWith(() => said("hello")),
        null,
      ),
    ).toMatchObject({ reason: { code: "nix-version-unread" } });
    expect(
      await findNix(
        hostWith(() => refused("boom")),
        null,
      ),
    ).toMatchObject({ reason: { code: "nix-failed" } });
  });

  test.each([
    ["nix (Nix) 2.8.0\n", false],
    ["nix (Nix) 2.32.4\n", false],
    ["nix (Lix, like Nix) 2.93.0\n", false],
    ["nix (Nix) 2.33.0\n", true],
    ["nix (Nix) 3.0.0\n", true],
  ])("%j is asked with --json-format: %s", async (text, asked) => {
    const nix = await nixOf(text);
    let format = false;
    const host = hostWith((args) => {
      format = args.includes("--json-format");
      return said("{}");
    });
    expect(await askClosure(host, nix, TOP)).toEqual({ ok: true, value: [] });
    expect(format).toBe(asked);
  });

  test("a build that knows no --json-format is asked again without", async () => {
    const host = hostWith((args) =>
      args.includes("--json-format") ? refused("error: unrecognised flag '--json-format'") : said("[]"),
    );
    expect(await askClosure(host, await nixOf("nix (Nix) 2.33.0\n"), TOP)).toEqual({ ok: true, value: [] });
  });

  test.each([
    ["half an answer", said('{"a'), { code: "nix-answer-unread" }],
    [
      "an answer of no shape",
      said("7"),
      { code: "nix-answer-unread", params: { path: "", what: "is neither a list nor a map of paths" } },
    ],
    ["a path that is null", said(`{"${TOP}":null}`), { code: "path-not-valid", params: { path: TOP } }],
    [
      "a refusal that names the path",
      refused(`error: path '${TOP}' is not valid`),
      { code: "path-not-valid", params: { path: TOP } },
    ],
    [
      "another refusal",
      refused("warning: x\nerror: database is busy"),
      { code: "nix-failed", params: { status: 1, said: "error: database is busy" } },
    ],
  ])("%s is a reason", async (_what, answer, reason) => {
    expect(
      await askClosure(
        hostWith(() => answer),
        await nixOf("nix (Nix) 2.8.0\n"),
        TOP,
      ),
    ).toEqual({ ok: false, reason });
  });

  test("settings are printed as Nix does, by whichever verb this Nix has [SEE-12]", async () => {
    const settings = {
      "require-sigs": { value: true },
      substituters: { value: ["a", "b"] },
      cores: { value: 3 },
    };
    const host = hostWith((args) =>
      args.includes("show") ? said(JSON.stringify(settings)) : refused("no such verb"),
    );
    expect(await askSettings(host, await nixOf("nix (Nix) 2.8.0\n"))).toEqual({
      ok: true,
      value: { version: "2.8.0", settings: { "require-sigs": "true", substituters: "a b" } },
    });
    expect(
      await askSettings(
        hostWith(() => refused("no")),
        await nixOf("nix (Nix) 2.24.0\n"),
      ),
    ).toMatchObject({
      reason: { code: "nix-failed" },
    });
  });
});

describe("quiet while scanning [SEE-17]", () => {
  let server: Server | null = null;
  const open = new Set<Socket>();
  afterEach(() => {
    for (const one of open) one.destroy();
    server?.close();
    server = null;
  });
  const daemon = (...lines: string[]) =>
    new Promise<void>((resolve) => {
      server = createServer((socket) => {
        open.add(socket);
        socket.on("error", () => open.delete(socket));
        socket.write(lines.map((line) => `${line}\n`).join(""));
      }).listen(join(root, "safety.sock"), resolve);
    });
  const state = (scanState: string) =>
    JSON.stringify({
      ...{ type: "state", state: "ok", chain: [], latched: false, permission: true, bypasses: [] },
      ...{ limitsHash: null, energised: false, scanState, lastSelfTestAtMs: null },
    });
  const hello = JSON.stringify({ type: "hello", schema: "fiducial.safety/1", daemon: "d", version: "1" });
  const asked = (pauseFile: string | null = null) =>
    mayWork(system, { pauseFile, safetySocket: "/safety.sock" });

  test.each([
    ["idle", [hello, state("idle")], { busy: false }],
    ["running", [hello, state("running")], { busy: true, why: "scan-running" }],
    ["a scan state nobody knows", [state("warp")], { busy: true, why: "scan-unknown" }],
    ["garbage", ["\u0000\u0001"], { busy: true, why: "safety-garbage" }],
    ["JSON of another kind", ['{"type":"party"}'], { busy: true, why: "safety-garbage" }],
    ["a greeting and then nothing", [hello], { busy: true, why: "safety-silent" }],
    ["a line without end", ["x".repeat(9000)], { busy: true, why: "safety-garbage" }],
  ])("a daemon that says %s", async (_what, lines, quiet) => {
    await daemon(...lines);
    expect(await asked()).toEqual(quiet);
  });

  test("where no daemon is, work is permitted; a pause file stops it whatever it says but idle", async () => {
    expect(await asked("/pause")).toEqual({ busy: false });
    put("/pause", "idle\n");
    expect(await asked("/pause")).toEqual({ busy: false });
    put("/pause", "");
    expect(await asked("/pause")).toEqual({ busy: true, why: "pause-file" });
    rmSync(join(root, "pause"));
    mkdirSync(join(root, "pause"));
    expect(await asked("/pause")).toEqual({ busy: true, why: "pause-file-unread" });
  });
});

test.each([
  [["explode"], "there is no verb explode"],
  [["observe", "verify"], "one verb, not 2"],
  [["--run-dir", "here"], "--run-dir must be an absolute path"],
  [["verify", "--toplevel", "/tmp"], "--toplevel /tmp is not a store path"],
  [["observe", "--toplevel", TOP], "--toplevel belongs to verify; observe looks at every closure"],
])("%j is refused with one sentence", (args, problem) => {
  expect(readOptions(args)).toEqual({ ok: false, problem });
});
