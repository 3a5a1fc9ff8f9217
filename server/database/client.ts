import pg from "pg";

/**
 * A connection that outlives its own end: PostgreSQL may take it away between two statements (V-02), and an `error` event that
 * nobody listens to would end the process. Whoever asks next gets the refusal; whoever waits has got it already.
 */
export function openClient(config: pg.ClientConfig): pg.Client {
  const client = new pg.Client(config);
  survive(client);
  return client;
}

/** For a client that a pool made. */
export function survive(client: Pick<pg.Client, "on">): void {
  client.on("error", () => undefined);
}
