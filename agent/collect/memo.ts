/**
 * Keeps the result of a costly reading for as long as its fingerprint says nothing changed. One entry per name, so it cannot grow.
 * A reading that ended unknown is not kept: the next one may succeed.
 */
export type Memo = <T>(name: string, fingerprint: string, make: () => Promise<T>) => Promise<T>;

export function createMemo(): Memo {
  const kept = new Map<string, { fingerprint: string; value: unknown }>();
  return async <T>(name: string, fingerprint: string, make: () => Promise<T>): Promise<T> => {
    const found = kept.get(name);
    // The name decides the type: every name is used in one place only.
    if (found?.fingerprint === fingerprint) return found.value as T;
    const value = await make();
    if (!isUnknownFact(value)) kept.set(name, { fingerprint, value });
    return value;
  };
}

function isUnknownFact(value: unknown): boolean {
  return typeof value === "object" && value !== null && "state" in value && value.state === "unknown";
}
