/** What `GET /healthz` says. `reason` is a code for machines; nothing here tells a stranger more than that the server is up. */
export type Health = {
  status: "ok" | "unavailable";
  reason: "starting" | "stopping" | "database-away" | null;
  build: string;
  database: "up" | "away" | "unknown";
  /** Applied when the database was opened; a schema that does not match the code never serves (V-18). */
  migrations: "applied" | "pending";
};

type Phase = "starting" | "serving" | "stopping";

/** Answers from the last look within this time, so that a probe every second costs the database nothing more. */
const FRESH_MS = 1_000;

export class HealthBook {
  readonly #build: string;
  #phase: Phase = "starting";
  #check: (() => Promise<void>) | null = null;
  #seen: { up: boolean; atMs: number } | null = null;

  constructor(build: string) {
    this.#build = build;
  }

  /** @param check throws while the database cannot answer */
  serving(check: () => Promise<void>): void {
    this.#check = check;
    this.#phase = "serving";
  }

  stopping(): void {
    this.#phase = "stopping";
  }

  async read(nowMs: number): Promise<Health> {
    const migrations = this.#check === null ? "pending" : "applied";
    const base = { build: this.#build, migrations } as const;
    if (this.#phase !== "serving" || this.#check === null)
      return {
        ...base,
        status: "unavailable",
        reason: this.#phase === "stopping" ? "stopping" : "starting",
        database: "unknown",
      };
    const up = await this.#databaseUp(this.#check, nowMs);
    return up
      ? { ...base, status: "ok", reason: null, database: "up" }
      : { ...base, status: "unavailable", reason: "database-away", database: "away" };
  }

  async #databaseUp(check: () => Promise<void>, nowMs: number): Promise<boolean> {
    const seen = this.#seen;
    if (seen !== null && nowMs - seen.atMs < FRESH_MS) return seen.up;
    const up = await check().then(
      () => true,
      () => false,
    );
    this.#seen = { up, atMs: nowMs };
    return up;
  }
}
