import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readOptions } from "#agent/activate/options.ts";
import { blocksOf, commandsOf } from "#tests/support/page-commands.ts";
import { parseLine } from "../program.ts";
import { SCANNER_VERBS } from "../scanner-verbs.ts";
import { STATION_VERBS } from "./station-verbs.ts";

/** Pages that people follow word by word: a command on them that the program no longer takes is found here. */
const PAGES = [
  "README.md",
  "docs/solo.md",
  "docs/release-ceremony.md",
  "docs/operations.md",
  "docs/trust.md",
  "docs/bundles.md",
];
const VERBS = { ...STATION_VERBS, ...SCANNER_VERBS };
const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

/** Null: the program takes it. */
async function complaintAbout([, name = "", ...args]: readonly string[]): Promise<string | null> {
  if (name.startsWith("--") || name === "VERB") return null;
  const entry = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (entry === undefined) return `there is no verb ${name}`;
  if (entry.ownLine === true) return null;
  const { verb } = await entry.load();
  const given = parseLine(verb, args);
  if (typeof given === "string") return given;
  // keys, root, release and bundle have acts, which their usage names.
  const [act] = given.positionals;
  if (!["keys", "root", "release", "bundle"].includes(name) || act === undefined) return null;
  return new RegExp(`[ |]${act}\\b`).test(verb.usage) ? null : `there is no ${name} ${act}`;
}

describe.each(PAGES)("%s", (page) => {
  test("every command of fiducial on it exists, with these options [SIG-8]", async () => {
    for (const words of commandsOf(page, "fiducial"))
      expect([words.join(" "), await complaintAbout(words)]).toEqual([words.join(" "), null]);
  });

  test("every command of fiducial-activate on it exists, with these options", () => {
    for (const [, ...args] of commandsOf(page, "fiducial-activate"))
      expect([args.join(" "), readOptions(args)]).toEqual([
        args.join(" "),
        expect.objectContaining({ kind: "options" }),
      ]);
  });

  test("every npm script on it is one of package.json", () => {
    const scripts = Object.keys(JSON.parse(read("package.json")).scripts);
    for (const [, run, name = ""] of commandsOf(page, "npm"))
      if (run === "run") expect(scripts).toContain(name);
  });
});

describe("docs/solo.md", () => {
  test("it is under ten commands from a clone to a signed release [SIG-8]", () => {
    const lines = blocksOf("docs/solo.md", "sh").join("\n").replace(/\\\n/g, "").split("\n");
    const commands = lines.filter((line) => line.trim() !== "" && !line.startsWith("#"));
    expect(commands.length).toBeGreaterThan(5);
    expect(commands.length).toBeLessThan(10);
    expect(commandsOf("docs/solo.md", "fiducial").length).toBeGreaterThan(3);
  });

  test("its options of the scanner's configuration are the module's", () => {
    const [nix = ""] = blocksOf("docs/solo.md", "nix");
    const module = read("nix/modules/agent.nix");
    const named = [...nix.matchAll(/^\s+(?:services\.)?([a-zA-Z.]+) = /gm)].flatMap(([, name = ""]) =>
      name.split("."),
    );
    expect(named).toContain("trustedKeys");
    for (const name of named.filter((one) => one !== "fiducial"))
      expect(module).toMatch(new RegExp(`\\b${name}\\b`));
  });

  test("the empty page of releases says the same commands", async () => {
    const page = read("app/release/first-release.tsx")
      .replace(/\$\{station\}/g, "~/release")
      .replace(/\$\{origin\}/g, "https://x");
    const commands = [...page.matchAll(/`(fiducial [^`]+)`/g)].map(([, line = ""]) => line.split(" "));
    expect(commands.map(([, verb]) => verb)).toEqual(["init", "ship"]);
    for (const words of commands) expect(await complaintAbout(words)).toBeNull();
    const [init = []] = commandsOf("docs/solo.md", "fiducial").filter(([, verb]) => verb === "init");
    const options = (words: readonly string[]) => words.filter((word) => word.startsWith("--")).sort();
    expect(options(init).filter((one) => one !== "--name")).toEqual(options(commands[0] ?? []));
  });
});
