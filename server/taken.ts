import { codesOf } from "#server/database/scoped.ts";

const UNIQUE_VIOLATION = new Set(["23505", "P2002"]);

/**
 * Whether a unique constraint refused a row. Looking first is not enough: row-level security hides another site's row from the
 * look, and two requests may look at once.
 */
function isTaken(error: unknown): boolean {
  return codesOf(error).some((code) => UNIQUE_VIOLATION.has(code));
}

/** Runs a write and answers with `refusal` where something of that name is there already. */
export async function unlessTaken<T>(write: Promise<T>, refusal: Error): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (isTaken(error)) throw refusal;
    throw error;
  }
}
