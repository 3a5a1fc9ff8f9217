import { Refused } from "#server/agent-api/checks.ts";

export type Admission = { run: <T>(work: () => Promise<T>) => Promise<T> };

/**
 * Bounds what runs and what waits (V-03, V-04): with the database frozen the queue fills, the rest hears `busy` at once, and
 * memory stays flat.
 */
export function createAdmission(limits: { running: number; waiting: number }): Admission {
  let running = 0;
  const waiting: (() => void)[] = [];

  const enter = (): Promise<void> => {
    if (running < limits.running) {
      running += 1;
      return Promise.resolve();
    }
    if (waiting.length >= limits.waiting) return Promise.reject(new Refused("capacity"));
    return new Promise((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };

  return {
    run: async (work) => {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}

/** Rejects with the database check after `timeMs`; the work itself may still finish, but nobody is told that it did. */
export async function withDeadline<T>(work: Promise<T>, timeMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refused("database", `no answer in ${timeMs} ms`)), timeMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
