import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { getWhole, openSource } from "#agent/fetch/http-source.ts";
import type { Fetched, Fetcher } from "#agent/trust/fetched.ts";
import { sha256 } from "#agent/trust/seal.ts";
import { openRepository } from "#agent/trust/trust.ts";
import type { VerifiedTargets } from "#agent/trust/verified.ts";
import { targetName } from "#core/trust/layout.ts";
import type { Answer } from "#tests/conformance/answer.ts";

/**
 * The scanner's own verifier behind the command line of the TUF project's conformance suite (its CLIENT-CLI.md): `init`, `refresh`,
 * `download`. Exit status 0: done; 1: not done, with the reason as one line of JSON (answer.ts). Nothing is relaxed for it: see
 * docs/conformance.md for what that means.
 */
const NEVER = new AbortController().signal;
const route = { proxy: { httpsProxy: null, noProxy: "" }, extraCa: null };
const ROLES = ["timestamp", "snapshot", "targets"] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "metadata-dir": { type: "string" },
    "metadata-url": { type: "string" },
    "target-name": { type: "string", multiple: true },
    "target-base-url": { type: "string" },
    "target-dir": { type: "string" },
  },
});

function needed(name: "metadata-dir" | "metadata-url" | "target-base-url" | "target-dir"): string {
  const value = values[name];
  if (value === undefined) throw new Error(`--${name} is missing`);
  return value;
}

/** The suite looks at plain names; what the verifier keeps, with floors and numbered roots, lies beside them. */
const kept = () => join(needed("metadata-dir"), "kept");
const firstRoot = () => join(kept(), "first.root.json");

function init(path: string | undefined): void {
  if (path === undefined) throw new Error("say which root is trusted");
  mkdirSync(kept(), { recursive: true });
  copyFileSync(path, firstRoot());
  copyFileSync(path, join(needed("metadata-dir"), "root.json"));
}

function say(answer: Answer): void {
  process.stderr.write(`${JSON.stringify(answer)}\n`);
}

/** Null where a file was refused or not reached, and that was said. */
async function refresh(): Promise<VerifiedTargets | null> {
  const source = openSource(needed("metadata-url"), route);
  const fetcher: Fetcher = (name, maxBytes) => getWhole(source, name, maxBytes, NEVER);
  const said = process.env.CONFORMANCE_NOW;
  const nowMs = said === undefined ? Date.now() : Date.parse(`${said.replace(" ", "T")}`);
  try {
    const looked = await openRepository({
      folder: kept(),
      repository: "release",
      firstRoot: readFileSync(firstRoot()),
      recipient: null,
      nowMs: () => nowMs,
    }).refresh(fetcher);
    if (looked.ok) return looked.targets;
    if ("refusal" in looked) say({ answer: "refused", ...looked.refusal });
    else sayUnfetched(looked.unreached, looked.unreached.name);
    return null;
  } finally {
    source.close();
    show();
  }
}

/** What is believed now, under the names that the suite expects. */
function show(): void {
  const folder = join(kept(), "release");
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const roots = names.filter((name) => name.endsWith(".root.json")).map((name) => Number.parseInt(name, 10));
  const newest = Math.max(0, ...roots);
  if (newest > 0)
    copyFileSync(join(folder, `${newest}.root.json`), join(needed("metadata-dir"), "root.json"));
  for (const role of ROLES) {
    const to = join(needed("metadata-dir"), `${role}.json`);
    if (names.includes(`${role}.json`)) copyFileSync(join(folder, `${role}.json`), to);
    else rmSync(to, { force: true });
  }
}

async function download(): Promise<boolean> {
  const listed = await refresh();
  if (listed === null) return false;
  const source = openSource(needed("target-base-url"), route);
  try {
    for (const name of values["target-name"] ?? [])
      if (!(await bring(listed, name, (file, most) => getWhole(source, file, most, NEVER)))) return false;
    return true;
  } finally {
    source.close();
  }
}

async function bring(listed: VerifiedTargets, name: string, fetcher: Fetcher): Promise<boolean> {
  const target = Object.hasOwn(listed.targets, name) ? listed.targets[name] : undefined;
  if (target === undefined) {
    say({ answer: "unlisted", name });
    return false;
  }
  const place = join(needed("target-dir"), encodeURIComponent(name));
  if (isThere(place, target.hashes.sha256)) return true;
  const file = targetName(name, target.hashes.sha256).slice("targets/".length);
  const got = await fetcher(file.split("/").map(encodeURIComponent).join("/"), target.length);
  if (!got.ok) {
    sayUnfetched(got, name);
    return false;
  }
  if (got.bytes.length !== target.length || sha256(got.bytes) !== target.hashes.sha256) {
    say({ answer: "refused", refused: "content-mismatch", where: name, detail: "other content than signed" });
    return false;
  }
  writeFileSync(place, got.bytes);
  return true;
}

function sayUnfetched({ problem, detail }: Omit<Extract<Fetched, { ok: false }>, "ok">, where: string): void {
  if (problem === "absent" || problem === "unreached") say({ answer: "unreached", problem, detail });
  else say({ answer: "refused", refused: problem, where, detail });
}

function isThere(path: string, hash: string): boolean {
  try {
    return sha256(readFileSync(path)) === hash;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

const [command, path] = positionals;
if (command === "init") init(path);
else if (command === "refresh") process.exitCode = (await refresh()) === null ? 1 : 0;
else if (command === "download") process.exitCode = (await download()) ? 0 : 1;
else {
  process.stderr.write("init TRUSTED_ROOT, refresh or download: see the conformance suite's CLIENT-CLI.md\n");
  process.exitCode = 2;
}
