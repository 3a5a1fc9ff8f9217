import type * as z from "zod";

/** The first thing that a schema found wrong, path first, never a value (values may be hostile). */
export function firstProblem(error: z.ZodError, prefix: readonly string[]): string {
  const issue = error.issues[0];
  if (issue === undefined) return "does not match the schema";
  return `${[...prefix, ...issue.path.map(String)].join(".") || "body"}: ${issue.code}`;
}
