import { TRPCClientError } from "@trpc/client";
import * as z from "zod";

/**
 * Why a request did not do what was asked. `refused`: the server said no and why; `failed`: a bug there, its trace is found
 * under the request id in `message`; `unreachable`: no answer at all.
 */
export type Problem =
  | { kind: "refused"; code: string; params: Readonly<Record<string, string | number>> }
  | { kind: "failed"; message: string }
  | { kind: "unreachable" };

const data = z.object({
  refusal: z
    .object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])).default({}) })
    .nullish(),
});

export function refusalOf(error: unknown): Problem {
  if (!(error instanceof TRPCClientError)) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
  const parsed = data.safeParse(error.data);
  if (!parsed.success) return { kind: "unreachable" };
  const { refusal } = parsed.data;
  if (refusal === null || refusal === undefined) return { kind: "failed", message: error.message };
  return { kind: "refused", ...refusal };
}

export function isRefused(error: unknown, code: string): boolean {
  const problem = refusalOf(error);
  return problem.kind === "refused" && problem.code === code;
}
