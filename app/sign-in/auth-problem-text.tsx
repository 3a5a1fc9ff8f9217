"use client";
import { AuthRefusal, authProblem } from "#app/auth-problem.ts";
import { useWords } from "#app/viewer.tsx";

export function AuthProblemText({ error }: { error: Error | null }) {
  const { t } = useWords();
  if (error === null) return null;
  const { word, params } =
    error instanceof AuthRefusal
      ? authProblem(error.refusal)
      : ({ word: "signIn.failed", params: { message: error.message } } as const);
  return (
    <p className="form-problem" role="alert">
      {t(word, params)}
    </p>
  );
}
