import type { TrustedMetadataStore } from "tuf-js/dist/store.js";
import type { Fetcher } from "#agent/trust/fetched.ts";
import { type FlooredRole, type Floors, raised, writeFloors } from "#agent/trust/floors.ts";
import type { Shelf } from "#agent/trust/shelf.ts";
import { refused, TrustStop } from "#agent/trust/trust-stop.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import { METADATA_LIMIT_BYTES, type MetadataRole, type RepositoryName } from "#core/trust/layout.ts";
import { BODY_SCHEMAS, type RootBody } from "#core/trust/metadata.ts";

export type RepositoryOptions = {
  repository: RepositoryName;
  firstRoot: Uint8Array;
  /** The scanner that all roles but root must name; null: nobody in particular (the release repository). */
  recipient: ScannerId | null;
  shelf: Shelf;
  nowMs: () => number;
};

/** One look at one repository while it goes on. */
export type Run = Omit<RepositoryOptions, "nowMs"> & {
  nowMs: number;
  fetcher: Fetcher;
  store: TrustedMetadataStore;
  floors: Floors;
  /** What was verified in this look, by its name in the repository. */
  files: Map<string, Uint8Array>;
};

/** The file, or null when the other side says that it has none. Throws TrustStop for every other failure. */
export async function fetchIfThere(
  { repository, fetcher }: Run,
  role: MetadataRole,
  name: string,
  maxBytes: number,
): Promise<Uint8Array | null> {
  const limit = METADATA_LIMIT_BYTES[role];
  if (maxBytes > limit)
    throw refused(
      repository,
      role,
      "too-large",
      `${name} is said to have ${maxBytes} bytes, at most ${limit}`,
    );
  const fetched = await fetcher(name, maxBytes);
  if (fetched.ok) {
    // A fetcher that does not keep to its bound is not trusted to (pitfall 6).
    if (fetched.bytes.length <= maxBytes) return fetched.bytes;
    throw refused(
      repository,
      role,
      "too-large",
      `${name}: ${fetched.bytes.length} bytes, at most ${maxBytes}`,
    );
  }
  const { problem, detail } = fetched;
  if (problem === "absent") return null;
  if (problem !== "unreached") throw refused(repository, role, problem, `${name}: ${detail}`);
  throw new TrustStop({ ok: false, unreached: { repository, role, name, problem, detail } });
}

export async function fetchFile(
  run: Run,
  role: MetadataRole,
  name: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const bytes = await fetchIfThere(run, role, name, maxBytes);
  if (bytes !== null) return bytes;
  const { repository } = run;
  throw new TrustStop({
    ok: false,
    unreached: { repository, role, name, problem: "absent", detail: `${name} is not there` },
  });
}

/** The newest believed root. What the library verified is read again from its model, so that nothing else is acted on. */
export function rootOf({ store }: Run): RootBody {
  return BODY_SCHEMAS.root.parse(store.root.signed.toJSON());
}

/** Refuses what is below the floor (a torn file must not make an old one new again), and raises it to what is above. */
export async function keepFloor(run: Run, role: FlooredRole, version: number): Promise<void> {
  const floor = run.floors[role];
  if (floor !== null && version < floor.version)
    throw refused(run.repository, role, "metadata-rolled-back", `version ${version}, was ${floor.version}`);
  if (floor?.version === version) return;
  run.floors = raised(run.floors, role, version, rootOf(run));
  await writeFloors(run.shelf, run.floors);
}
