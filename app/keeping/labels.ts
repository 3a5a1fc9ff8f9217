import * as z from "zod";
import { rules } from "#app/setup/rules.ts";
import { MAX_TAGS, tagOf } from "#core/label/tag.ts";
import type { ScannerPage } from "#server/scanner/view.ts";

type Labels = Pick<ScannerPage, "serial" | "alias" | "model" | "hardwareRevision" | "room" | "tags">;

const optionalLabel = z.string().trim().max(120, "form.tooLong|max=120");

/** Tags as one line of text; each must be one, and the line says which is not. */
const tagLine = z.string().transform((line, context) => {
  const typed = line.split(/[\s,;]+/).filter((one) => one !== "");
  const wrong = typed.find((one) => tagOf(one) === null);
  if (wrong !== undefined) context.addIssue({ code: "custom", message: `form.notATag|tag=${wrong}` });
  const tags = [...new Set(typed.flatMap((one) => tagOf(one) ?? []))].sort();
  if (tags.length > MAX_TAGS) context.addIssue({ code: "custom", message: "form.tooManyTags" });
  return tags;
});

export const labelsSchema = z.object({
  serial: rules.serial,
  alias: optionalLabel,
  model: optionalLabel,
  hardwareRevision: optionalLabel,
  room: optionalLabel,
  tags: tagLine,
  reason: rules.reason,
});

export function formOfLabels(was: Labels): z.input<typeof labelsSchema> {
  return {
    serial: was.serial,
    alias: was.alias ?? "",
    model: was.model ?? "",
    hardwareRevision: was.hardwareRevision ?? "",
    room: was.room ?? "",
    tags: was.tags.join(" "),
    reason: "",
  };
}

const TEXTS = ["alias", "model", "hardwareRevision", "room"] as const;

/**
 * What a form changes of what it was opened with. The rest is not sent: another person may have changed it since, and somebody
 * who may not move a serial must not seem to.
 */
export function changedLabels(was: Labels, form: z.output<typeof labelsSchema>) {
  const texts = TEXTS.map((field) => [field, form[field] === "" ? null : form[field]] as const);
  return {
    ...(form.serial === was.serial ? {} : { serial: form.serial }),
    ...Object.fromEntries(texts.filter(([field, text]) => text !== was[field])),
    ...(form.tags.join(" ") === was.tags.join(" ") ? {} : { tags: form.tags }),
  };
}
