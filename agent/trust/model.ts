import { Metadata, MetadataKind } from "@tufjs/models";
import type { TrustRefusal } from "#core/trust/attack.ts";
import type { MetadataRole } from "#core/trust/layout.ts";
import { type BodyOf, readMetadata } from "#core/trust/metadata.ts";

type Json = Parameters<typeof Metadata.fromJSON>[1];

const FROM_JSON = {
  root: (json: Json) => Metadata.fromJSON(MetadataKind.Root, json),
  timestamp: (json: Json) => Metadata.fromJSON(MetadataKind.Timestamp, json),
  snapshot: (json: Json) => Metadata.fromJSON(MetadataKind.Snapshot, json),
  targets: (json: Json) => Metadata.fromJSON(MetadataKind.Targets, json),
} as const satisfies Record<MetadataRole, unknown>;

export type Model<R extends MetadataRole> = ReturnType<(typeof FROM_JSON)[R]>;
export type AnyModel = Model<MetadataRole>;
export type ParsedMetadata<R extends MetadataRole> =
  | { ok: true; body: BodyOf<R>; model: Model<R> }
  | { ok: false; refusal: TrustRefusal };

/** Bytes to the library's model, read as strictly as core/trust/metadata.ts reads them. No signature is looked at. */
export function parseMetadata<R extends MetadataRole>(role: R, bytes: Uint8Array): ParsedMetadata<R> {
  const json = parseJson(bytes);
  const read = readMetadata(role, json);
  if (!read.ok) return read;
  try {
    return { ok: true, body: read.body, model: FROM_JSON[role](json as Json) as Model<R> };
  } catch (error) {
    // What the library finds wrong beyond our own reading, such as two signatures of one key, it throws as plain errors.
    if (!(error instanceof Error)) throw error;
    return { ok: false, refusal: { refused: "wrong-metadata", where: role, detail: error.message } };
  }
}

/** Undefined, which no schema takes, when it is not JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
