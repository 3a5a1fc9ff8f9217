import * as z from "zod";
import { isTimeZone } from "#app/ui/time/zone.ts";
import { serialSchema } from "#core/identity/identity.ts";

/** What the server accepts, said before it is asked. The server checks again; these only save a round trip. */
export const PASSWORD_MIN = 12;

const isSerial = (text: string) => serialSchema.safeParse(text).success;

export const rules = {
  email: z
    .string()
    .trim()
    .min(1, "form.missing")
    .max(254, "form.tooLong|max=254")
    .pipe(z.email("form.email")),
  name: z.string().trim().min(1, "form.missing").max(200, "form.tooLong|max=200"),
  label: z.string().trim().min(1, "form.missing").max(120, "form.tooLong|max=120"),
  serial: z.string().trim().refine(isSerial, "form.serial"),
  password: z
    .string()
    .min(PASSWORD_MIN, `form.passwordShort|min=${PASSWORD_MIN}`)
    .max(128, "form.tooLong|max=128"),
  timeZone: z.string().trim().min(1, "form.missing").refine(isTimeZone, "form.zone"),
  reason: z.string().trim().min(1, "form.missing").max(1000, "form.tooLong|max=1000"),
} as const;
