import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type ClosureDiff, diffClosures } from "#core/closure/diff.ts";
import { closureDigestText } from "#core/closure/digest.ts";
import type { Listing } from "#core/closure/listing.ts";
import { closurePathList } from "#core/closure/path-list.ts";
import type { ClosureUpload } from "#core/closure/upload.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import { closureDiff, storeClosure } from "#server/closure/service.ts";
import { type Bench, byEffort, type Context, type Outcome } from "#tests/bench/bench.ts";
import { alone, compared } from "#tests/bench/figure.ts";
import { exportStream, type MadeClosure, madeClosures } from "#tests/bench/made-store.ts";
import { inTurns } from "#tests/bench/pairs.ts";
import { openPostgres, productDatabase } from "#tests/bench/postgres.ts";
import { addScanners, addSite } from "#tests/bench/scanners.ts";

async function run(context: Context): Promise<Outcome> {
  if (spawnSync("nix", ["--version"]).status !== 0)
    return { kind: "skipped", why: "there is no Nix on this machine" };
  const { before, after } = madeClosures();
  const store = importIntoNix(context, [before, after]);
  const theirs = () => store.diff(before.toplevel, after.toplevel);
  const listings = [listingOf(before), listingOf(after)] as const;
  agreeOrFail(theirs(), nixLines(diffClosures(...listings)));
  const stored = await storeBoth(context, listings);
  const rounds = byEffort(context, { short: 2, usual: 7, long: 15 });
  const times = await inTurns(context, "closure diff", rounds, {
    stored: () => milliseconds(stored),
    pure: () => milliseconds(async () => diffClosures(...listings)),
    nix: () => milliseconds(async () => theirs()),
    "nix that does nothing": () => milliseconds(async () => store.nothing()),
  });
  const nix = { what: "nix store diff-closures, start of the process included", samples: times.nix };
  const changes = diffClosures(...listings).packages.length;
  return {
    kind: "measured",
    figures: [
      compared(
        {
          id: "closure-diff.stored",
          what: "Two closures of 3,000 paths, read from PostgreSQL and compared",
          unit: "ms",
          limits: "6,000 rows through the database client, and the comparison (next line)",
        },
        times.stored,
        nix,
      ),
      compared(
        {
          id: "closure-diff.pure",
          what: "The comparison alone, path lists in memory",
          unit: "ms",
          limits: "telling 6,000 names apart (package, version, output, unit), then grouping them",
        },
        times.pure,
        nix,
      ),
      alone(
        {
          id: "closure-diff.start",
          what: "Of Nix's time, a process that does nothing",
          unit: "ms",
          limits: "belongs to the baseline: take it off to compare work with work",
        },
        times["nix that does nothing"],
      ),
    ],
    notes: [
      `Both closures lie in a real Nix store (imported as NARs, ${store.version}); ${changes} packages differ, most of them only rebuilt because something below them changed. Every line that Nix prints (package, versions, size) is the same as ours, or the bench fails. Ours also says what introduced a package, and splits off units, kernel modules and boot.`,
    ],
  };
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function importIntoNix(context: Context, closures: readonly MadeClosure[]) {
  context.progress("importing 3,000 paths twice into a Nix store of its own");
  const env = {
    ...process.env,
    // A store below this folder whose paths are still called /nix/store/…
    NIX_REMOTE: `local?root=${join(context.folder, "nix")}`,
    NIX_CONFIG:
      "experimental-features = nix-command\nbuild-users-group =\nsubstituters =\nrequire-sigs = false",
  };
  context.atEnd(() => void spawnSync("chmod", ["-R", "u+w", join(context.folder, "nix")]));
  for (const { paths } of closures)
    execFileSync("nix-store", ["--import"], {
      env,
      input: exportStream(paths),
      stdio: ["pipe", "ignore", "pipe"],
    });
  const nix = (...args: string[]) => execFileSync("nix", args, { env, encoding: "utf8" });
  return {
    version: nix("--version").trim(),
    diff: (from: string, to: string) => plainLines(nix("store", "diff-closures", from, to)),
    nothing: () => nix("--version"),
  };
}

function plainLines(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that begins a colour is what is taken out
  const plain = text.replace(/\u001b\[[0-9;]*m/g, "");
  return plain.split("\n").filter((line) => line !== "");
}

/** Nix leaves smaller changes of size out (src/nix/diff-closures.cc). */
const SHOWN_BYTES = 8 * 1024;

/** Our comparison in the words of `nix store diff-closures`. */
function nixLines({ packages, configuration }: ClosureDiff): string[] {
  return [...packages, ...configuration].flatMap(({ name, from, to, sizeDelta }) => {
    const versions = (side: typeof from) => side.map(({ version }) => version);
    const removed = versions(from).filter((one) => !versions(to).includes(one));
    const added = versions(to).filter((one) => !versions(from).includes(one));
    const moved = removed.length + added.length > 0 ? [`${listed(removed)} → ${listed(added)}`] : [];
    const sign = sizeDelta > 0 ? "+" : "";
    const size = Math.abs(sizeDelta) >= SHOWN_BYTES ? [`${sign}${(sizeDelta / 1024).toFixed(1)} KiB`] : [];
    const said = [...moved, ...size];
    return said.length === 0 ? [] : [`${name}: ${said.join(", ")}`];
  });
}

function listed(versions: readonly string[]): string {
  return versions.length === 0 ? "∅" : [...versions].sort().join(", ");
}

/** @throws Error with the first lines that differ: a quick diff that is wrong is no diff */
function agreeOrFail(theirs: readonly string[], ours: readonly string[]): void {
  const only = (these: readonly string[], those: readonly string[]) => {
    const known = new Set(those);
    return these.filter((line) => !known.has(line)).slice(0, 3);
  };
  if (theirs.length === 0) throw new Error("Nix sees no difference: nothing was compared");
  const [nixOnly, oursOnly] = [only(theirs, ours), only(ours, theirs)];
  if (nixOnly.length + oursOnly.length > 0)
    throw new Error(
      `not the same: Nix alone says ${JSON.stringify(nixOnly)}, we alone ${JSON.stringify(oursOnly)}`,
    );
}

function listingOf({ toplevel, paths }: MadeClosure): Listing {
  const infos = paths.map(({ path, narHash, nar, references }) => ({
    path,
    narHash,
    narSize: nar.length,
    references,
  }));
  const list = closurePathList(toplevel, infos);
  if (!list.ok) throw new Error(JSON.stringify(list.problem));
  return { toplevel, paths: list.paths };
}

/** Through the product's own door, which hashes the list again. @returns the product's comparison of the two */
async function storeBoth(context: Context, listings: readonly [Listing, Listing]) {
  const { main } = await openPostgres(context, ["main"]);
  const place = await addSite(main);
  const [scanner] = await addScanners(main, place, 1);
  const scannerId = (scanner?.scannerId ?? "") as ScannerId;
  const { withScope } = productDatabase(context, main);
  const reported = listings.map(({ toplevel, paths }) => ({
    toplevel,
    narHash: "0".repeat(64),
    digest: createHash("sha256").update(closureDigestText(paths)).digest("hex"),
    pathCount: paths.length,
    narSize: 0,
    computedAtMs: 0,
  }));
  for (const [index, { toplevel, paths }] of listings.entries()) {
    const upload = {
      protocol: 1,
      scannerId,
      toplevel,
      paths,
      digest: reported[index]?.digest,
    } as ClosureUpload;
    const owner = { scannerId, organisationId: place.organisationId };
    await withScope({ all: true }, (tx) => storeClosure(tx, owner, upload, reported));
  }
  const [from, to] = listings;
  return async () => {
    const diff = await withScope({ all: true }, (tx) =>
      closureDiff(tx, reported, from.toplevel, to.toplevel),
    );
    if ("unavailable" in diff) throw new Error("the stored closures cannot be compared");
    return diff;
  };
}

export const closureDiffs: Bench = { name: "closure-diff", about: "Comparing two closures", run };
