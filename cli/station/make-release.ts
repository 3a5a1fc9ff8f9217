import { compareBytewise } from "#core/closure/digest.ts";
import type { ClosurePath } from "#core/closure/upload.ts";
import {
  RELEASE_LIMIT_BYTES,
  RELEASE_SCHEMA,
  type Release,
  type ReleaseSystem,
  releaseSchema,
} from "#core/release/release.ts";
import type { ReadSystem } from "./read-system.ts";
import { StationError } from "./station-error.ts";

export type Head = Pick<Release, "name" | "counter" | "floor" | "createdAtMs" | "notes">;

/** Puts systems into one release; paths that several share are listed once. Throws StationError for what no scanner would take. */
export function makeRelease(head: Head, systems: readonly ReadSystem[]): { release: Release; text: string } {
  const twice = systems.find((one, at) => systems.findIndex((other) => other.name === one.name) !== at);
  if (twice !== undefined)
    throw new StationError("usage", `Two systems are called ${twice.name}: say --system NAME=PATH.`);
  const named = new Map<string, { one: ClosurePath; references: string[] }>();
  for (const { paths } of systems)
    for (const one of paths)
      named.set(one.path, { one, references: one.references.flatMap((at) => paths[at]?.path ?? []) });
  const order = [...named.keys()].sort(compareBytewise);
  const positions = new Map(order.map((path, position) => [path, position]));
  const positionsOf = (paths: readonly string[]) =>
    paths.flatMap((path) => positions.get(path) ?? []).sort((a, b) => a - b);
  const release = {
    schema: RELEASE_SCHEMA,
    ...head,
    paths: order.flatMap((path) => {
      const found = named.get(path);
      if (found === undefined) return [];
      const { narHash, narSize } = found.one;
      return [{ path, narHash, narSize, references: positionsOf(found.references) }];
    }),
    systems: systems.map(
      (one): ReleaseSystem => ({
        name: one.name,
        toplevel: one.toplevel,
        closureDigest: one.closureDigest,
        paths: positionsOf(one.paths.map(({ path }) => path)),
        for: one.for,
        expected: one.expected,
        health: one.health,
        compatibility: one.compatibility,
      }),
    ),
  };
  const parsed = releaseSchema.safeParse(release);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new StationError("usage", `This makes no release: ${issue?.path.join(".")}: ${issue?.message}.`);
  }
  const text = `${JSON.stringify(parsed.data)}\n`;
  if (Buffer.byteLength(text) > RELEASE_LIMIT_BYTES)
    throw new StationError(
      "usage",
      `The release file would have ${Buffer.byteLength(text)} bytes; a scanner takes ${RELEASE_LIMIT_BYTES}.`,
    );
  return { release: parsed.data, text };
}
