import { resolve } from "node:path";
import { StationError } from "./station-error.ts";

/** Where releases go: to a server, or into a folder of the same layout. */
export type Destination = { kind: "server"; address: string } | { kind: "folder"; folder: string };

/** `host:port` or `host.domain`, perhaps with a path, and no scheme: somebody's address rather than a folder. */
const LOOKS_LIKE_AN_ADDRESS =
  /^(?:\[[0-9a-f:]+\](?::\d{1,5})?|[a-z0-9-]+(?:(?:\.[a-z0-9-]+)*:\d{1,5}|(?:\.[a-z0-9-]+)+))(?:\/.*)?$/i;

/**
 * Throws StationError for what is neither: releases that land in a folder called `scanner.example:3000` would be missed by every scanner,
 * and the person would have been told that all is well.
 */
export function destinationOf(text: string): Destination {
  if (/^https?:\/\//i.test(text)) return { kind: "server", address: text };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
    throw new StationError("usage", `"${text}" is no place for releases: an address begins with https://.`);
  if (LOOKS_LIKE_AN_ADDRESS.test(text))
    throw new StationError(
      "usage",
      `"${text}" looks like the address of a server: write https://${text} (http:// where it runs on this computer). If it is a folder, write ./${text}.`,
    );
  return { kind: "folder", folder: resolve(text) };
}
