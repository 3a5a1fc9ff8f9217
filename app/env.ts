import * as z from "zod";

/** Where the pages' own server listens for requests from this process (set by server/main.ts); read once, at the edge. */
const environment = z.object({ FIDUCIAL_INTERNAL_URL: z.url() });

export function internalUrl(): string {
  // biome-ignore lint/style/noProcessEnv: this file is the edge at which the pages read their environment
  return environment.parse(process.env).FIDUCIAL_INTERNAL_URL;
}
