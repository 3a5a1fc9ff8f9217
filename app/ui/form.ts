"use client";
import {
  type FieldErrors,
  type FieldValues,
  type Resolver,
  type UseFormProps,
  useForm,
} from "react-hook-form";
import type * as z from "zod";
import { useWords } from "#app/viewer.tsx";
import type { Word } from "./words.ts";

/**
 * react-hook-form with a zod schema as its only judge. Messages of the schema are words of the catalogue, so a form speaks
 * the reader's language; a message that is not one is shown as it is.
 */
export function useZodForm<Input extends FieldValues, Output>(
  schema: z.ZodType<Output, Input>,
  options: Omit<UseFormProps<Input, unknown, Output>, "resolver">,
) {
  const { t } = useWords();
  const resolver: Resolver<Input, unknown, Output> = (values) => {
    const parsed = schema.safeParse(values);
    if (parsed.success) return { values: parsed.data, errors: {} };
    const errors: Record<string, { type: string; message: string }> = {};
    for (const issue of parsed.error.issues) {
      const name = issue.path.map(String).join(".");
      errors[name] ??= { type: issue.code, message: spoken(issue.message, t) };
    }
    return { values: {}, errors: errors as FieldErrors<Input> };
  };
  return useForm<Input, unknown, Output>({ ...options, resolver });
}

/** `form.missing` or `form.tooLong|max=64` from a schema's message. */
function spoken(message: string, t: (key: Word, params?: Record<string, string>) => string): string {
  const [key = "", ...pairs] = message.split("|");
  if (!key.startsWith("form.")) return message;
  return t(key as Word, Object.fromEntries(pairs.map((pair) => pair.split("=", 2) as [string, string])));
}
