import type { Fact } from "#core/report/fact.ts";
import { observed, unknown } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";
import { closureDiff, digestsWithPaths, type Unavailable } from "#server/closure/service.ts";
import type { Tx } from "#server/database/scoped.ts";
import { factsOf, requireScanner } from "#server/scanner/page.ts";
import * as store from "#server/scanner/store.ts";
import type { ClosureRef, Closures5, GenerationDiff, NamedClosure } from "#server/scanner/view.ts";

/** SEE-1: running, booted, profile, next boot and pinned, kept apart, and the generations on disk. */
export async function fiveClosures(tx: Tx, scannerId: string): Promise<Closures5> {
  const scanner = await requireScanner(tx, scannerId);
  const facts = factsOf(scanner);
  const digests = digestsOf(facts);
  const names = await store.releasesByToplevel(tx, toplevelsOf(facts));
  const known = await digestsWithPaths(
    tx,
    digests.map(({ digest }) => digest),
  );
  const listed = new Set(digests.filter(({ digest }) => known.has(digest)).map(({ toplevel }) => toplevel));
  const named = (which: keyof FactValue<"closures">): NamedClosure => {
    const closure = closureFact(facts, which);
    return {
      closure,
      releaseName: closure.state === "observed" ? (names.get(closure.value.path) ?? null) : null,
    };
  };
  const { pinnedRelease } = scanner;
  return {
    running: named("running"),
    booted: named("booted"),
    profile: named("profile"),
    nextBoot: named("nextBoot"),
    pinned:
      pinnedRelease === null ? null : { toplevel: pinnedRelease.toplevel, releaseName: pinnedRelease.name },
    generations: generationRows(facts, names, listed),
    digests,
    verification: facts.verification ?? null,
  };
}

/**
 * What changed between two systems this scanner has, had or should have (EXP-3). What the scanner says of its own content comes
 * first; of a system it says nothing of, its release does, and the answer says so.
 */
export async function generationDiff(
  tx: Tx,
  { scannerId, from, to }: { scannerId: string; from: string; to: string },
): Promise<GenerationDiff | Unavailable> {
  const said = digestsOf(factsOf(await requireScanner(tx, scannerId)));
  const unsaid = [from, to].filter((one) => !said.some(({ toplevel }) => toplevel === one));
  const released = (await store.releaseDigests(tx, unsaid)).flatMap(({ toplevel, closureDigest: digest }) =>
    toplevel === null || digest === null ? [] : [{ toplevel, digest }],
  );
  const diff = await closureDiff(tx, [...said, ...released], from, to);
  if ("unavailable" in diff) return diff;
  return { ...diff, assumed: unsaid };
}

function digestsOf(facts: Facts): FactValue<"closureDigests"> {
  return facts.closureDigests?.state === "observed" ? facts.closureDigests.value : [];
}

function closureFact(facts: Facts, which: keyof FactValue<"closures">): Fact<ClosureRef> {
  if (facts.closures === undefined) return unknown("not-reported");
  return facts.closures.state === "unknown" ? facts.closures : facts.closures.value[which];
}

function toplevelsOf(facts: Facts): string[] {
  const refs = (["running", "booted", "profile", "nextBoot"] as const).flatMap((which) => {
    const fact = closureFact(facts, which);
    return fact.state === "observed" ? [fact.value.path] : [];
  });
  const entries = facts.generations?.state === "observed" ? facts.generations.value.entries : [];
  return [...new Set([...refs, ...entries.map(({ path }) => path)])];
}

function generationRows(
  { generations }: Facts,
  names: ReadonlyMap<string, string>,
  listed: ReadonlySet<string>,
): Closures5["generations"] {
  if (generations === undefined) return unknown("not-reported");
  if (generations.state === "unknown") return generations;
  const { entries, ...rest } = generations.value;
  return observed({
    ...rest,
    entries: entries.map((entry) => ({
      ...entry,
      pathListKnown: listed.has(entry.path),
      releaseName: names.get(entry.path) ?? null,
    })),
  });
}
