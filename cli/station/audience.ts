import { type Audience, audienceSchema } from "#core/release/release.ts";
import { StationError } from "./station-error.ts";

/** `model:FM-25`, `model:FM-25/b,c` (hardware revisions) or `scanner:<id>`. */
export function audienceOf(text: string): Audience {
  const [kind, rest = ""] = splitOnce(text, ":");
  const [model, revisions] = splitOnce(rest, "/");
  const said =
    kind === "scanner"
      ? { scannerId: rest }
      : { model, hardwareRevisions: revisions === undefined ? null : revisions.split(",") };
  const parsed = audienceSchema.safeParse(said);
  if ((kind === "model" || kind === "scanner") && parsed.success) return parsed.data;
  throw new StationError(
    "usage",
    `"${text}" does not say for whom: model:NAME, model:NAME/REVISION,REVISION or scanner:ID (its UUID).`,
  );
}

export function audienceText(audience: Audience): string {
  if ("scannerId" in audience) return `scanner ${audience.scannerId}`;
  const { model, hardwareRevisions } = audience;
  return hardwareRevisions === null
    ? `model ${model}`
    : `model ${model}, revision ${hardwareRevisions.join(" or ")}`;
}

function splitOnce(text: string, by: string): [string, string?] {
  const at = text.indexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
