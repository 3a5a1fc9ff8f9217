import type { IncomingMessage, ServerResponse } from "node:http";

/** One request on its way through the server. */
export type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  /** Plain path without the query. */
  path: string;
  requestId: string;
  /** Of the client, believed (client-address.ts). */
  address: string;
  /** Came in by the loopback listener that renders pages. */
  internal: boolean;
  /** For the request's line in the log. */
  notes: { userId?: string | undefined };
};
