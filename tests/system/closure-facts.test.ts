import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closureFactsSchema, verificationSchema } from "#agent/facts/facts-file.ts";
import { diffClosures } from "#core/closure/diff.ts";
import { compareVersions, parsePackageName } from "#core/closure/package-name.ts";
import { closurePathListSchema } from "#core/closure/upload.ts";
import { type FixturePath, hasNix, NixStore } from "#tests/system/nix-fixtures.ts";

const bundle = mkdtempSync(join(tmpdir(), "fiducial-facts-"));
const program = join(bundle, "fiducial-facts.mjs");
const nixHere = hasNix();

/** A small scanner: a toplevel, what it needs, and a library at the bottom. */
function scanner(version: string, library = "1.2.13"): FixturePath[] {
  return [
    { name: `zlib-${library}` },
    { name: `gantry-control-${version}`, needs: [`zlib-${library}`] },
    { name: "unit-gantry.service", needs: [`gantry-control-${version}`] },
    { name: `nixos-system-scanner-${version}`, needs: ["unit-gantry.service", `gantry-control-${version}`] },
  ];
}

describe.skipIf(!nixHere)("closure facts, with the Nix of this machine", () => {
  let store: NixStore;
  let runDir: string;

  beforeAll(async () => {
    await build({
      entryPoints: ["agent/facts/main.ts"],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      logLevel: "error",
    });
  });
  afterAll(() => rmSync(bundle, { recursive: true, force: true }));
  beforeEach(() => {
    store = new NixStore();
    runDir = join(store.folder, "fiducial");
  });
  afterEach(() => store.remove());

  const facts = (...args: string[]) =>
    spawnSync(
      process.execPath,
      [
        program,
        ...args,
        ...["--run-dir", runDir, "--state-dir", join(store.folder, "var"), "--links", store.links],
        ...["--profiles", store.profiles, "--safety-socket", join(store.folder, "safety.sock"), "--no-wait"],
      ],
      { env: store.env, encoding: "utf8" },
    );
  const closures = () =>
    closureFactsSchema.parse(JSON.parse(readFileSync(join(runDir, "facts.d/closures.json"), "utf8")));
  const verification = () =>
    verificationSchema.parse(JSON.parse(readFileSync(join(runDir, "facts.d/verification.json"), "utf8")))
      .verification;
  const pathList = (digest: string) =>
    closurePathListSchema.parse(JSON.parse(readFileSync(join(runDir, "closures", `${digest}.json`), "utf8")));
  const run = (path: string) => {
    store.setProfile(path);
    store.link(join(store.links, "current-system"), path);
    return path;
  };
  const member = (toplevel: string, name: string) => {
    const path = store
      .run("nix-store", ["-q", "--requisites", toplevel])
      .split("\n")
      .find((one) => one.endsWith(`-${name}`));
    if (path === undefined) throw new Error(`no ${name}`);
    return path;
  };

  test("every generation gets a digest, and the path list Nix has is what an agent would upload [SEE-1] [SEE-2]", () => {
    const first = store.build(scanner("1.0"));
    store.setProfile(first);
    const second = run(store.build(scanner("1.1")));
    expect(facts().status).toBe(0);
    const { digests, problems, nix } = closures();
    expect(digests.map((one) => one.toplevel)).toEqual([second, first]);
    expect(problems).toEqual([]);
    expect(nix?.settings).toMatchObject({ "require-sigs": "true", sandbox: "false" });
    const list = pathList(digests[0]?.digest ?? "");
    expect(list.paths.map((one) => one.path)).toEqual(
      store.run("nix-store", ["-q", "--requisites", second]).trim().split("\n").sort(),
    );
    const hash = store.run("nix-store", ["-q", "--hash", second]).trim();
    expect(store.run("nix-hash", ["--type", "sha256", "--to-base16", hash]).trim()).toBe(digests[0]?.narHash);
  });

  test("facts are readable by every user and path lists of removed generations go away [SEE-2]", () => {
    const first = store.build(scanner("1.0"));
    store.setProfile(first);
    run(store.build(scanner("1.1")));
    facts();
    expect(statSync(join(runDir, "facts.d/closures.json")).mode & 0o777).toBe(0o644);
    expect(readdirSync(join(runDir, "closures"))).toHaveLength(2);
    rmSync(join(store.profiles, "system-1-link"));
    facts();
    expect(readdirSync(join(runDir, "closures"))).toHaveLength(1);
  });

  test("after a boot the path lists come back without asking Nix [SEE-2]", () => {
    run(store.build(scanner("1.0")));
    facts();
    const before = closures().digests;
    rmSync(runDir, { recursive: true });
    // An empty database: had Nix been asked, it would know no closure at all.
    store.env.NIX_STATE_DIR = join(store.folder, "other-state");
    facts();
    expect(closures().digests).toEqual(before);
    expect(existsSync(join(runDir, "closures", `${before[0]?.digest}.json`))).toBe(true);
  });

  test("the same name with other content is another closure [SEE-2]", () => {
    const first = run(store.build(scanner("1.0")));
    facts();
    const before = closures().digests[0];
    const list = pathList(before?.digest ?? "");
    rmSync(join(store.links, "current-system"));
    for (const link of ["system", "system-1-link"]) rmSync(join(store.profiles, link));
    store.run("nix-store", ["--delete", ...list.paths.map((one) => one.path)]);
    store.perturb("tampered");
    const second = run(store.build(scanner("1.0")));
    facts();
    const after = closures().digests[0];
    expect(second).toBe(first);
    expect(after?.narHash).not.toBe(before?.narHash);
    expect(after?.digest).not.toBe(before?.digest);
    const diff = diffClosures(list, pathList(after?.digest ?? ""));
    expect(diff.sameNameOtherContent.map((one) => one.path)).toContain(first);
  });

  test("a dangling link and a generation made by hand are named, and hide nothing else [SEE-1]", () => {
    const real = run(store.build(scanner("1.0")));
    const gone = join(store.store, "00000000000000000000000000000000-nixos-system-scanner-0.9");
    store.link(join(store.profiles, "system-7-link"), gone);
    const homemade = join(store.folder, "homemade");
    writeFileSync(homemade, "");
    store.link(join(store.profiles, "system-8-link"), homemade);
    expect(facts().status).toBe(1);
    expect(closures().digests.map((one) => one.toplevel)).toEqual([real]);
    expect(closures().problems).toEqual([
      { toplevel: homemade, reason: { code: "not-a-store-path" } },
      {
        toplevel: gone,
        reason: { code: "dangling-link", params: { link: join(store.profiles, "system-7-link") } },
      },
    ]);
  });

  test("a store path that Nix never registered has no digest, by name [SEE-2] [SEE-14]", () => {
    const toplevel = run(store.build(scanner("1.0")));
    store.env.NIX_STATE_DIR = join(store.folder, "other-state");
    expect(facts().status).toBe(1);
    expect(closures().digests).toEqual([]);
    expect(closures().problems).toEqual([
      { toplevel, reason: { code: "path-not-valid", params: { path: toplevel } } },
    ]);
    expect(facts("verify").status).toBe(3);
    expect(verification()).toMatchObject({
      phase: "paused",
      bad: [{ path: toplevel, problem: "not-valid" }],
    });
  });

  test("an untouched closure verifies, path by path, and says so only when all were checked [SEE-3]", () => {
    run(store.build(scanner("1.0")));
    expect(facts("verify").status).toBe(0);
    expect(verification()).toMatchObject({ phase: "finished", checkedPaths: 4, totalPaths: 4, bad: [] });
  });

  test("a truncated, a modified and a deleted path are told apart [SEE-3] [L22]", () => {
    const toplevel = run(store.build(scanner("1.0")));
    const truncated = member(toplevel, "zlib-1.2.13");
    const modified = member(toplevel, "unit-gantry.service");
    const deleted = member(toplevel, "gantry-control-1.0");
    facts();
    const before = closures().digests;
    chmodSync(join(truncated, "content"), 0o644);
    truncateSync(join(truncated, "content"), 0);
    chmodSync(join(modified, "content"), 0o644);
    const content = readFileSync(join(modified, "content"), "utf8");
    writeFileSync(join(modified, "content"), content.replace("unit", "UNIT"));
    store.run("chmod", ["-R", "u+w", deleted]);
    rmSync(deleted, { recursive: true });
    expect(facts("verify").status).toBe(1);
    const { phase, bad } = verification();
    expect(phase).toBe("finished");
    expect(new Map(bad.map((one) => [one.path, one.problem]))).toEqual(
      new Map([
        [truncated, "truncated"],
        [modified, "modified"],
        [deleted, "missing"],
      ]),
    );
    // The digest is what was registered; only the verification looks at the disk.
    expect(closures().digests.map((one) => one.digest)).toEqual(before.map((one) => one.digest));
  });

  test("a half-collected store is checked by the last list Nix gave [SEE-3]", () => {
    const toplevel = run(store.build(scanner("1.0")));
    facts();
    store.env.NIX_STATE_DIR = join(store.folder, "other-state");
    expect(facts("verify").status).toBe(1);
    expect(closures().digests).toEqual([]);
    const { phase, bad, totalPaths } = verification();
    expect({ phase, totalPaths }).toEqual({ phase: "finished", totalPaths: 4 });
    expect(bad).toContainEqual({ path: toplevel, problem: "not-valid" });
    expect(bad).toHaveLength(4);
    // The list outlives a run that Nix could not answer.
    expect(facts("verify").status).toBe(1);
    expect(verification().totalPaths).toBe(4);
  });

  test("nothing is started while a scan may run, and a stopped verification never reads as finished [SEE-17] [SEE-3]", () => {
    run(store.build(scanner("1.0")));
    const pause = join(store.folder, "pause");
    writeFileSync(pause, "running\n");
    expect(facts("observe", "--pause-file", pause).status).toBe(75);
    expect(closures().problems[0]?.reason.code).toBe("waiting-for-scan");
    expect(facts("verify", "--pause-file", pause).status).toBe(75);
    expect(existsSync(join(runDir, "facts.d/verification.json"))).toBe(false);
    writeFileSync(pause, "idle\n");
    expect(facts("verify", "--pause-file", pause).status).toBe(0);
    expect(verification().phase).toBe("finished");
  });

  test("a verification goes on where it was stopped [SEE-3]", () => {
    const toplevel = run(store.build(scanner("1.0")));
    facts("verify");
    const file = join(store.folder, "var/verify.json");
    const kept = JSON.parse(readFileSync(file, "utf8"));
    const bad = [{ path: member(toplevel, "zlib-1.2.13"), problem: "modified" }];
    Object.assign(kept.verification, {
      phase: "paused",
      checkedPaths: 3,
      startedAtMs: 1,
      finishedAtMs: null,
      bad,
    });
    writeFileSync(file, JSON.stringify(kept));
    expect(facts("verify").status).toBe(1);
    expect(verification()).toMatchObject({ phase: "finished", startedAtMs: 1, checkedPaths: 4, bad });
  });

  test("a torn state file is no reason to believe anything: verification begins again [SEE-3]", () => {
    run(store.build(scanner("1.0")));
    facts("verify");
    for (const name of ["verify.json", "known.json"]) truncateSync(join(store.folder, "var", name), 0);
    expect(facts("verify").status).toBe(0);
    expect(verification()).toMatchObject({ phase: "finished", checkedPaths: 4 });
  });

  test("without Nix the facts say so and nothing is called intact [SEE-14]", () => {
    run(store.build(scanner("1.0")));
    expect(facts("observe", "--nix", join(store.folder, "nowhere")).status).toBe(1);
    expect(closures()).toMatchObject({ digests: [], nix: null, nixProblem: { code: "no-nix" } });
    expect(facts("verify", "--nix", join(store.folder, "nowhere")).status).toBe(3);
    expect(verification()).toMatchObject({ phase: "paused", bad: [] });
  });

  test("a wrong command line is one clear sentence, and --help names every verb", () => {
    expect(facts("destroy")).toMatchObject({ status: 2 });
    expect(facts("destroy").stderr).toMatch(/^fiducial-facts: there is no verb destroy\n/);
    expect(facts("--toplevel", "nonsense").status).toBe(2);
    expect(facts("--help").stdout).toMatch(/observe[\s\S]*verify[\s\S]*--pause-file/);
  });

  test("the diff names the versions that `nix store diff-closures` names [EXP-3]", () => {
    const from = store.build(
      [
        { name: "gone-3.1" },
        { name: "twice-1.0" },
        { name: "nixos-system-scanner-1.0", needs: ["gone-3.1", "twice-1.0", "zlib-1.2.13"] },
        { name: "zlib-1.2.13" },
      ].sort(byNeeds),
    );
    const to = store.build([
      { name: "twice-1.0" },
      { name: "twice-2.0-dev" },
      { name: "zlib-1.2.9" },
      { name: "new-0.1pre2" },
      {
        name: "nixos-system-scanner-1.1",
        needs: ["twice-1.0", "twice-2.0-dev", "zlib-1.2.9", "new-0.1pre2"],
      },
    ]);
    store.setProfile(from);
    store.setProfile(to);
    facts();
    const lists = closures().digests.map((one) => pathList(one.digest));
    const listed = (toplevel: string) => {
      const list = lists.find((one) => one.toplevel === toplevel);
      if (list === undefined) throw new Error("no path list");
      return list;
    };
    const said = store
      .run("nix", ["--extra-experimental-features", "nix-command", "store", "diff-closures", from, to])
      // biome-ignore lint/suspicious/noControlCharactersInRegex: Nix colours its sizes even into a pipe.
      .replaceAll(/\u001b\[[0-9;]*m/g, "")
      .trim()
      .split("\n");
    const ours = diffClosures(listed(from), listed(to)).packages;
    const other = (list: { version: string }[], than: { version: string }[]) =>
      list
        .map((one) => one.version)
        .filter((one) => !than.some((two) => two.version === one))
        .join(", ") || "∅";
    expect(
      ours
        .filter((one) => one.change !== "rebuilt")
        .map((one) => `${one.name}: ${other(one.from, one.to)} → ${other(one.to, one.from)}`),
    ).toEqual(said);
    expect(Object.fromEntries(ours.map((one) => [one.name, one.change]))).toEqual({
      gone: "removed",
      new: "added",
      "nixos-system-scanner": "up",
      twice: "up",
      zlib: "down",
    });
  });

  test("names split and versions order as Nix itself does it [EXP-3]", () => {
    const words = [
      "1",
      "0",
      "10",
      "2147483647",
      "2147483648",
      "pre",
      "rc",
      "a",
      "-",
      ".",
      "--",
      "+",
      "_",
      "A1",
      "",
    ];
    const versions = words.flatMap((one) =>
      ["", ".", "-"].map((join, at) => `${one}${join}${words[(at * 5 + one.length) % 15]}`),
    );
    const names = versions.flatMap((one) => [`linux-${one}`, `lib-x-${one}-dev`, one]);
    const expression = `map (n: let d = builtins.parseDrvName n; in [ d.name d.version ]) ${nixList(names)}`;
    const parsed = evaluate(expression);
    expect(names.map((one) => Object.values(parsePackageName(one)))).toEqual(parsed);
    const pairs = versions.flatMap((one) => versions.map((other) => [one, other] as const));
    const ordered = evaluate(
      `let v = ${nixList(versions)}; in builtins.concatMap (a: map (b: builtins.compareVersions a b) v) v`,
    );
    expect(pairs.map(([one, other]) => compareVersions(one, other))).toEqual(ordered);
  });

  const evaluate = (expression: string) =>
    JSON.parse(store.run("nix-instantiate", ["--eval", "--strict", "--json", "--expr", expression]));
});

function byNeeds(a: FixturePath, b: FixturePath): number {
  return (a.needs?.length ?? 0) - (b.needs?.length ?? 0);
}

function nixList(texts: readonly string[]): string {
  return `[ ${texts.map((one) => JSON.stringify(one)).join(" ")} ]`;
}
