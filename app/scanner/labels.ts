import * as z from "zod";
import { rules } from "#app/setup/rules.ts";
import { SERVICES, type Service } from "#core/headline/axes.ts";
import type { ScannerPage } from "#server/scanner/view.ts";

type Labels = Pick<ScannerPage, "serial" | "alias" | "model" | "service">;

const optionalLabel = z.string().trim().max(120, "form.tooLong|max=120");
export const labelsSchema = z.object({
  serial: rules.serial,
  alias: optionalLabel,
  model: optionalLabel,
  service: z.enum(SERVICES),
  reason: rules.reason,
});

type LabelsForm = z.output<typeof labelsSchema>;

export function formOfLabels({ serial, alias, model, service }: Labels): LabelsForm {
  return { serial, alias: alias ?? "", model: model ?? "", service, reason: "" };
}

/** Service states a person may choose; retiring a scanner is another act. */
export const CHOOSABLE = SERVICES.filter((service) => service !== "retired");

function isChoosable(service: Service): service is (typeof CHOOSABLE)[number] {
  return service !== "retired";
}

/**
 * What a form changes of what it was opened with. The rest is not sent: another person may have changed it since, and somebody
 * who may not move a serial must not seem to.
 */
export function changedLabels(was: Labels, form: LabelsForm) {
  const { serial, service } = form;
  const alias = form.alias === "" ? null : form.alias;
  const model = form.model === "" ? null : form.model;
  return {
    ...(serial === was.serial ? {} : { serial }),
    ...(alias === was.alias ? {} : { alias }),
    ...(model === was.model ? {} : { model }),
    ...(service !== was.service && isChoosable(service) ? { service } : {}),
  };
}
