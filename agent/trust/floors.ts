import * as z from "zod";
import type { Shelf } from "#agent/trust/shelf.ts";
import { counterSchema, epochMsSchema, sha256HexSchema } from "#core/identity/identity.ts";
import { keysOfRole } from "#core/trust/keys.ts";
import type { RootBody } from "#core/trust/metadata.ts";

/**
 * Lowest versions that are still believed, kept apart from the metadata itself: a damaged file must not make an old one new again
 * (pitfall 1). A floor belongs to the keys that signed it: when a root names others, it is let go, so that whoever stole a key and
 * signed the highest version there is has not shut the door for ever (fast-forward, TUF 1.0 §5.3.11).
 */
const floorSchema = z.object({ version: counterSchema, keys: z.array(sha256HexSchema) });
const floorsSchema = z.object({
  format: z.literal("fiducial.trust-floors/1"),
  /** SHA-256 of the first root that this chain began with; another one from the configuration begins another chain. */
  anchor: sha256HexSchema,
  root: counterSchema.nullable(),
  timestamp: floorSchema.nullable(),
  snapshot: floorSchema.nullable(),
  targets: floorSchema.nullable(),
  /** Latest moment at which believed metadata was signed: no clock that is right is before it. */
  signedAtMs: epochMsSchema.nullable(),
});
export type Floors = z.infer<typeof floorsSchema>;
export type FlooredRole = "timestamp" | "snapshot" | "targets";

const FILE = "floors.json";

/** Floors that were torn start anew: the metadata beside them still protects, each covers for the other. */
export async function readFloors(shelf: Shelf, anchor: string): Promise<Floors> {
  const kept = parseFloors(await shelf.read(FILE));
  if (kept?.anchor === anchor) return kept;
  // The owner of the machine put another first root into its configuration: the old chain's root version means nothing to it.
  if (kept !== null) return { ...kept, anchor, root: null };
  return {
    format: "fiducial.trust-floors/1",
    anchor,
    root: null,
    timestamp: null,
    snapshot: null,
    targets: null,
    signedAtMs: null,
  };
}

function parseFloors(bytes: Uint8Array | null): Floors | null {
  if (bytes === null) return null;
  try {
    const parsed = floorsSchema.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8")));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export async function writeFloors(shelf: Shelf, floors: Floors): Promise<void> {
  await shelf.write(FILE, Buffer.from(`${JSON.stringify(floors)}\n`, "utf8"));
}

/**
 * Lets go of what other keys signed. Timestamp and snapshot fall together, because each names the other's version. The targets' floor
 * holds versions that the targets keys themselves signed, so only their own rotation lowers it.
 */
export function afterRotation(floors: Floors, root: RootBody): { floors: Floors; letGo: boolean } {
  const changed = (role: FlooredRole) => {
    const floor = floors[role];
    return floor !== null && floor.keys.join() !== keysOfRole(root, role).join();
  };
  const letGo = changed("timestamp") || changed("snapshot");
  return {
    letGo,
    floors: {
      ...floors,
      ...(letGo ? { timestamp: null, snapshot: null, signedAtMs: null } : {}),
      ...(changed("targets") ? { targets: null } : {}),
    },
  };
}

/** The floor raised to what was just verified. */
export function raised(floors: Floors, role: FlooredRole, version: number, root: RootBody): Floors {
  return { ...floors, [role]: { version, keys: keysOfRole(root, role) } };
}
