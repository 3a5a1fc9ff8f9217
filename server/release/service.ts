import type { Membership } from "#core/access/membership.ts";
import { mayAnywhere, maySetFieldAnywhere } from "#core/access/permission.ts";
import type { ReleaseId } from "#core/identity/identity.ts";
import type { Release } from "#core/release/release.ts";
import type { Tx } from "#server/database/scoped.ts";
import { Refusal } from "#server/refusal.ts";
import { type Content, contentSchema, signedSchema } from "./content.ts";
import * as store from "./store.ts";
import type {
  ReleaseCounts,
  ReleaseList,
  ReleaseRow,
  ReleaseSystemView,
  ReleaseView,
  RepositoryStanding,
} from "./view.ts";

/** What of the repository's files the pages need: the ages of its metadata, and a release as people signed it. */
export type ReleaseFiles = {
  /** Null: there is no repository yet. */
  standing: () => Promise<RepositoryStanding | null>;
  /** Null: the file is not there any more. */
  release: (file: { targetPath: string; sha256: string; length: number }) => Promise<Release | null>;
};

export type SignedSystem = store.SystemRow & {
  system: string;
  toplevel: string;
  counter: number;
  floor: number;
  targetPath: string;
  sha256: string;
  length: number;
  content: Content;
};

/** Rows of signed releases were written whole by this server; one that is not is a bug and not half a release. */
function parsed(row: store.SystemRow): SignedSystem {
  const { system, toplevel, counter, floor, targetPath, sha256, length } = row;
  if (system === null || toplevel === null || counter === null || floor === null)
    throw new Error(`release ${row.name} is signed and has no system, toplevel or counter`);
  if (targetPath === null || sha256 === null || length === null)
    throw new Error(`release ${row.name} is signed and names no file`);
  const content = contentSchema.parse(row.content);
  return { ...row, system, toplevel, counter, floor, targetPath, sha256, length, content };
}

/** The systems of one release. @throws Refusal `release-unknown` */
export async function systemsOf(tx: Tx, name: string): Promise<[SignedSystem, ...SignedSystem[]]> {
  const [first, ...more] = (await store.signedSystems(tx, name)).map(parsed);
  if (first === undefined) throw new Refusal("release-unknown");
  return [first, ...more];
}

/** The highest floor that was ever signed: below it nothing goes, however it is asked (E-05). */
export async function signedFloor(tx: Tx): Promise<number> {
  return (await store.signedSystems(tx)).reduce((highest, { floor }) => Math.max(highest, floor ?? 0), 0);
}

/** What of these toplevels is of a signed release; of several releases the one with the highest counter. */
export async function releasedSystems(tx: Tx, toplevels: readonly string[]) {
  const rows = await store.signedByToplevel(tx, [...new Set(toplevels)]);
  return new Map(rows.map((row) => [row.toplevel ?? "", row]));
}

export async function listReleases(tx: Tx, files: ReleaseFiles): Promise<ReleaseList> {
  const byRelease = await grouped(tx);
  const counts = await store.releaseCounts(tx);
  const rows = [...byRelease.values()].map((systems) => rowOf(systems, counts));
  return { rows, standing: await files.standing() };
}

async function grouped(tx: Tx): Promise<Map<string, [SignedSystem, ...SignedSystem[]]>> {
  const byRelease = new Map<string, [SignedSystem, ...SignedSystem[]]>();
  for (const row of (await store.signedSystems(tx)).map(parsed)) {
    const others = byRelease.get(row.name);
    if (others === undefined) byRelease.set(row.name, [row]);
    else others.push(row);
  }
  return byRelease;
}

type Counts = Awaited<ReturnType<typeof store.releaseCounts>>;

function rowOf(systems: readonly [SignedSystem, ...SignedSystem[]], counts: Counts): ReleaseRow {
  const [first] = systems;
  const models = systems.flatMap(({ content }) =>
    content.for.flatMap((one) => ("model" in one ? [one.model] : [])),
  );
  return {
    name: first.name,
    counter: first.counter,
    floor: first.floor,
    createdAtMs: (first.releasedAt ?? first.createdAt).getTime(),
    publishedAtMs: first.createdAt.getTime(),
    systems: systems.length,
    models: [...new Set(models)].sort(),
    signed: signedSchema.parse(first.signers),
    withdrawn: first.withdrawn,
    counts: countsOf(first.name, counts),
  };
}

function countsOf(name: string, counts: Counts): ReleaseCounts {
  const of = (which: keyof Counts) => counts[which].get(name) ?? 0;
  return { running: of("running"), pinned: of("pinned"), confirmed: of("confirmed") };
}

export type Reader = { memberships: readonly Membership[]; repository: ReleaseFiles };

export async function releasePage(tx: Tx, name: string, reader: Reader): Promise<ReleaseView> {
  const byRelease = await grouped(tx);
  const systems = byRelease.get(name);
  if (systems === undefined) throw new Refusal("release-unknown");
  const [first] = systems;
  const others = [...byRelease.values()].flatMap(([one]) => (one.name === name ? [] : [one]));
  const lower = others.filter(({ counter }) => counter < first.counter);
  const higher = others.filter(({ counter }) => counter > first.counter);
  const mayForward = (action: "stage" | "activate") =>
    maySetFieldAnywhere(reader.memberships, "change.request", action);
  return {
    ...rowOf(systems, await store.releaseCounts(tx)),
    notes: first.content.notes,
    systems: systems.map(systemView),
    file: { targetPath: first.targetPath, sha256: first.sha256, bytes: first.length },
    standing: await reader.repository.standing(),
    others: [...lower, ...higher].map(({ name: other, counter, withdrawn }) => ({
      name: other,
      counter,
      withdrawn,
    })),
    may: {
      pin: mayAnywhere(reader.memberships, "release.pin"),
      stage: mayForward("stage"),
      activate: mayForward("activate"),
    },
  };
}

function systemView(row: SignedSystem): ReleaseSystemView {
  const { content } = row;
  return {
    releaseId: row.id as ReleaseId,
    name: row.system,
    toplevel: row.toplevel,
    closureDigest: row.closureDigest ?? "",
    for: content.for,
    paths: content.paths,
    narBytes: content.narBytes,
    expectedItems: content.items,
    health: content.health,
    compatibility: content.compatibility,
  };
}
