import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bootLoaderOf } from "#agent/activate/boot-loader.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import type { System } from "#agent/system.ts";
import { changeSettingsSchema } from "#core/change/settings.ts";

/** Evidence grade: injected. The boot partition is a folder; what installs an entry is a script of this test. */
let folder: string;
let esp: string;
let ran: string[];
/** LoaderEntryDefault, and what the next boot would start while the closure's script is at work. */
let variable: string;
let inTheMeantime: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fiducial-esp-"));
  esp = join(folder, "esp");
  ran = [];
  variable = "";
  inTheMeantime = undefined;
  mkdirSync(join(esp, "loader/entries"), { recursive: true });
  entry(1, "old");
  writeFileSync(conf(), "timeout 5\ndefault nixos-generation-1.conf\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const conf = () => join(esp, "loader/loader.conf");
const top = (name: string) => `/nix/store/0123456789abcdfghijklmnpqrsvwxyz-${name}`;
function entry(number: number, name: string): void {
  const text = `title NixOS\nlinux /EFI/k.efi\noptions init=${top(name)}/init quiet\n`;
  writeFileSync(join(esp, `loader/entries/nixos-generation-${number}.conf`), text);
}

/** A host whose programs are answered here: the closure's own script makes entry 2 the default, as the builder does. */
function loader(statuses: number | Record<string, number> = 0, bootLoader = "systemd-boot") {
  const real = linuxSystem();
  const system: System = {
    ...real,
    run: async (program, args) => {
      ran.push([program.replace(/^.*\/(?=bin)/, ""), ...args].join(" ").trim());
      const status = typeof statuses === "number" ? statuses : (statuses[program.replace(/^.*\//, "")] ?? 0);
      if (program.endsWith("switch-to-configuration") && status === 0) {
        // Mode "x" of write_loader_conf in systemd-boot-builder.py.
        if (existsSync(join(esp, "loader/loader.tmp")))
          return { ok: true, value: { status: 1, stdout: "", stderr: "FileExistsError: loader.tmp" } };
        entry(2, "new");
        writeFileSync(conf(), "timeout 5\ndefault nixos-generation-2.conf\n");
        inTheMeantime = defaultEntry();
      }
      if (program === "bootctl" && args[0] === "set-default" && status === 0) variable = args[1] ?? "";
      return { ok: true, value: { status, stdout: "", stderr: "no space left" } };
    },
  };
  const settings = changeSettingsSchema.parse({ schema: "fiducial.changes/1", bootLoader, espPath: esp });
  return bootLoaderOf(system, settings, (text) => ran.push(text));
}
const defaultEntry = () => variable || /default (\S+)/.exec(readFileSync(conf(), "utf8"))?.[1];

describe("the boot loader of a change [ACT-1, decisions.md boot]", () => {
  test("a target is installed for one boot: the old entry stays the default", async () => {
    expect(await loader().install(top("new"), true)).toEqual({ ok: true });
    expect(defaultEntry()).toBe("nixos-generation-1.conf");
    expect(inTheMeantime, "also between the script and the mending of what it wrote").toBe(
      "nixos-generation-1.conf",
    );
    expect(variable, "nobody else's choice is overruled afterwards").toBe("");
    expect(await loader().nextBoot(top("new"))).toEqual({ ok: true });
    expect(ran).toEqual([
      "bootctl set-default nixos-generation-1.conf",
      "bin/switch-to-configuration boot",
      "bootctl set-default",
      "bootctl set-oneshot nixos-generation-2.conf",
    ]);
  });

  test("confirmed, it becomes the default, once and for all; the rest of the file stays", async () => {
    await loader().install(top("new"), true);
    variable = "nixos-generation-1.conf";
    for (let again = 0; again < 2; again += 1) await loader().makeDefault(top("new"));
    expect(defaultEntry(), "whatever was chosen in the boot menu").toBe("nixos-generation-2.conf");
    expect(readFileSync(conf(), "utf8")).toBe("timeout 5\ndefault nixos-generation-2.conf\n");
  });

  test("going back leaves no one-shot entry behind that would start what was left", async () => {
    variable = "nixos-generation-2.conf";
    expect(await loader().install(top("old"), false)).toEqual({ ok: true });
    expect(ran.slice(-2)).toEqual(["bootctl set-oneshot", "bootctl set-default"]);
    expect(variable, "nor one that was held when the change died").toBe("");
  });

  test("a full boot partition does not keep anybody from going back to what has an entry there [ACT-3, F5]", async () => {
    const full = (variableFails = false) =>
      loader({ "switch-to-configuration": 1, bootctl: variableFails ? 1 : 0 });
    expect(await full().install(top("old"), false)).toEqual({ ok: true });
    expect([defaultEntry(), variable]).toEqual(["nixos-generation-1.conf", ""]);
    entry(2, "new");
    writeFileSync(conf(), "default nixos-generation-2.conf\n");
    expect(await full(true).install(top("old"), false), "the target would boot").toMatchObject({ ok: false });
    expect(await full().install(top("old"), false)).toEqual({ ok: true });
    expect(defaultEntry(), "by the variable").toBe("nixos-generation-1.conf");
    expect(await full().install(top("third"), false), "without an entry").toMatchObject({ ok: false });
    expect(await full().install(top("new"), true), "forward").toMatchObject({ ok: false });
  });

  test("an installer that was cut off once is not kept from ever installing again; what is no file of its own stays [ACT-3]", async () => {
    const put = (name: string) => writeFileSync(join(esp, name), "half");
    const others = ["loader/entries/memtest.conf.tmp", "loader/random-seed.tmp"];
    for (const name of others) put(name);
    for (const name of ["loader/loader.tmp", "loader/loader.conf.tmp"]) put(name);
    for (const name of ["nixos-generation-3.conf.tmp", "nixos-generation-3.tmp"])
      put(`loader/entries/${name}`);
    expect(await loader().install(top("new"), true)).toEqual({ ok: true });
    const left = ["loader", "loader/entries"].flatMap((folder) =>
      readdirSync(join(esp, folder)).flatMap((name) => (name.endsWith(".tmp") ? [`${folder}/${name}`] : [])),
    );
    expect(left.sort()).toEqual(others);
  });

  test("what an installer leaves that fails is removed at once; what cannot be removed is told", async () => {
    mkdirSync(join(esp, "loader/loader.tmp"));
    writeFileSync(join(esp, "loader/entries/nixos-generation-2.conf.tmp"), "half");
    expect(await loader(1).install(top("new"), true)).toMatchObject({ ok: false });
    expect(readdirSync(join(esp, "loader/entries"))).toEqual(["nixos-generation-1.conf"]);
    expect(ran.filter((line) => line.includes("is still there"))).toHaveLength(2);
  });

  test("an exit status of 0 is not believed: the entry has to be there (L17)", async () => {
    expect(await loader().install(top("third"), true)).toMatchObject({ ok: false });
    expect(await loader().nextBoot(top("third"))).toMatchObject({ ok: false });
    expect(await loader().makeDefault(top("third"))).toMatchObject({ ok: false });
    expect(await loader(1).install(top("new"), true)).toMatchObject({ ok: false });
  });

  test("of several entries for one closure the newest counts", async () => {
    entry(7, "old");
    await loader().nextBoot(top("old"));
    expect(ran).toEqual(["bootctl set-oneshot nixos-generation-7.conf"]);
  });

  test("space: kernel and initrd of the target, and a quarter more", async () => {
    const system = join(folder, "system");
    mkdirSync(system);
    writeFileSync(join(system, "kernel"), Buffer.alloc(1000));
    writeFileSync(join(system, "initrd"), Buffer.alloc(3000));
    chmodSync(join(system, "kernel"), 0o444);
    expect(await loader().space(system)).toEqual({ neededBytes: 5_000, freeBytes: expect.any(Number) });
  });

  test("space that could not be seen, of the partition or of the kernel, is not told as space [SIG-4, SEE-14]", async () => {
    const system = join(folder, "system");
    mkdirSync(system);
    writeFileSync(join(system, "kernel"), Buffer.alloc(1000));
    expect(await loader().space(system)).toMatchObject({ freeBytes: null });
    writeFileSync(join(system, "initrd"), Buffer.alloc(3000));
    rmSync(esp, { recursive: true });
    expect(await loader().space(system)).toEqual({ neededBytes: 5_000, freeBytes: null });
  });

  test("without a one-shot entry of its own a host installs and boots, no more", async () => {
    const plain = loader(0, "grub");
    expect(await plain.install(top("new"), true)).toEqual({ ok: true });
    expect(await plain.nextBoot(top("new"))).toEqual({ ok: true });
    expect(await plain.makeDefault(top("new"))).toEqual({ ok: true });
    expect(await plain.space(top("new"))).toBeNull();
    expect(ran).toEqual(["bin/switch-to-configuration boot"]);
  });
});
