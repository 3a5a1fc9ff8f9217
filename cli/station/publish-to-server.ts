import { NARINFO_LIMIT_BYTES, narinfoName } from "#core/closure/narinfo.ts";
import { metadataName } from "#core/trust/layout.ts";
import {
  COMPLETE_NAME,
  PIECE_BYTES,
  PUBLISH_BASE,
  type PublishAnswer,
  publishAnswerSchema,
  publishRefusedSchema,
} from "#core/trust/publish.ts";
import { pathsOf } from "./cache.ts";
import { Progress } from "./progress.ts";
import { openPublished } from "./published-files.ts";
import { type Answer, type ServerClient, serverFetcher } from "./server-client.ts";
import { repositoryFolderOf, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";
import type { OwnRepository } from "./verify-own.ts";

const ANSWER_BYTES = 1024 * 1024;

/**
 * Puts what the server does not have: new roots, the newest list, then whatever it names as missing, until scanners see it. It asks
 * first, so an upload that was cut goes on where it ended (core/trust/publish.ts).
 */
export async function publishToServer(
  station: Pick<Station, "folder">,
  server: ServerClient,
  own: OwnRepository,
  { withoutCache }: { withoutCache: boolean },
): Promise<PublishAnswer> {
  let answer = await status(server);
  if ((answer.targets ?? 0) > own.targets)
    throw new StationError(
      "refused",
      `The server has list ${answer.targets} already, this station only ${own.targets}: take in what the others published first.`,
    );
  for (let version = (answer.root ?? 1) + 1; version <= own.root; version += 1)
    answer = await putWhole(station, server, `release/${metadataName("root", version)}`);
  // The server keeps no number of these to ask for; one that it has already is the same again.
  for (let version = 2; version <= own.directorRoot; version += 1)
    answer = await putWhole(station, server, `director/${metadataName("root", version)}`);
  if ((answer.targets ?? 0) < own.targets && answer.waiting !== own.targets)
    answer = await putWhole(station, server, `release/${metadataName("targets", own.targets)}`);
  answer = await putMissing(station, server, answer, (name) => name.startsWith("release/"));
  if (!withoutCache) {
    await putNarinfos(station, server, own);
    answer = await putMissing(station, server, await status(server), () => true);
  }
  return answer.state === "waiting" && withoutCache ? put(server, COMPLETE_NAME, new Uint8Array()) : answer;
}

/** Puts what the server names and `wanted` takes, and asks again while it names more. */
async function putMissing(
  station: Pick<Station, "folder">,
  server: ServerClient,
  first: PublishAnswer,
  wanted: (name: string) => boolean,
): Promise<PublishAnswer> {
  let answer = first;
  const progress = new Progress("Uploading", bytesMissing(first));
  for (;;) {
    const missing = answer.state === "waiting" ? answer.missing.filter(({ name }) => wanted(name)) : [];
    if (missing.length === 0) break;
    for (const one of missing) answer = await putPieces(station, server, one, progress);
    // What the server asks for again after it was sent would be sent for ever.
    if (answer.missing.some(({ name }) => name === missing[0]?.name)) throw stuck(answer);
  }
  progress.end();
  return answer;
}

/** The server names no narinfo, because scanners may get them elsewhere: those of its releases are put where it has none. */
async function putNarinfos(
  station: Pick<Station, "folder">,
  server: ServerClient,
  { releases }: OwnRepository,
): Promise<void> {
  const fetcher = serverFetcher(server, "/agent/v1/cache/");
  const has = async (path: string) => {
    const there = await fetcher(narinfoName(path), NARINFO_LIMIT_BYTES);
    if (!there.ok && there.problem !== "absent") throw new StationError("unreachable", there.detail);
    return there.ok;
  };
  for (const { release } of releases) {
    // A toplevel is put after all the paths below it, so where it is there they are, too: one question per release that went before.
    const toplevels = release.systems.map((one) => one.toplevel);
    const below = pathsOf(release).flatMap(({ path }) => (toplevels.includes(path) ? [] : [path]));
    if (await everyOne(toplevels, has)) continue;
    for (const path of [...below, ...toplevels])
      if (!(await has(path))) await putWhole(station, server, `cache/${narinfoName(path)}`);
  }
}

async function everyOne(
  paths: readonly string[],
  holds: (path: string) => Promise<boolean>,
): Promise<boolean> {
  for (const path of paths) if (!(await holds(path))) return false;
  return true;
}

function bytesMissing({ missing }: PublishAnswer): number {
  return missing.reduce((sum, { bytes, from }) => sum + (bytes ?? 0) - from, 0);
}

function stuck({ missing }: PublishAnswer): StationError {
  return new StationError(
    "unreachable",
    `The server still misses ${missing[0]?.name ?? "something"} after it was sent. Run publish again; nothing is lost.`,
  );
}

async function putWhole(
  station: Pick<Station, "folder">,
  server: ServerClient,
  name: string,
): Promise<PublishAnswer> {
  const file = await need(station, name);
  try {
    return await put(server, name, await file.read(0, file.size));
  } finally {
    await file.close();
  }
}

async function putPieces(
  station: Pick<Station, "folder">,
  server: ServerClient,
  { name, from }: PublishAnswer["missing"][number],
  progress: Progress,
): Promise<PublishAnswer> {
  if (!name.startsWith("cache/nar/")) return putWhole(station, server, name);
  const file = await need(station, name);
  try {
    let answer: PublishAnswer | null = null;
    for (let at = from; at < file.size; at += PIECE_BYTES) {
      const piece = await file.read(at, PIECE_BYTES);
      const range = `bytes ${at}-${at + piece.length - 1}/${file.size}`;
      answer = await put(server, name, piece, { "content-range": range });
      progress.add(piece.length);
    }
    return answer ?? (await status(server));
  } finally {
    await file.close();
  }
}

async function need(station: Pick<Station, "folder">, name: string) {
  const file = await openPublished(station, name);
  if (file !== null) return file;
  throw new StationError(
    "folder",
    `The server misses ${name}, and ${repositoryFolderOf(station)} does not have it either.`,
  );
}

async function status(server: ServerClient): Promise<PublishAnswer> {
  return understood(
    await server.ask({ method: "GET", path: `${PUBLISH_BASE}status`, maxBytes: ANSWER_BYTES }),
    "status",
  );
}

async function put(
  server: ServerClient,
  name: string,
  body: Uint8Array,
  headers: Record<string, string> = {},
): Promise<PublishAnswer> {
  const answer = await server.ask({
    method: "PUT",
    path: `${PUBLISH_BASE}${name}`,
    body,
    headers: { "content-type": "application/octet-stream", ...headers },
    maxBytes: ANSWER_BYTES,
  });
  return understood(answer, name);
}

function understood(answer: Answer, name: string): PublishAnswer {
  const parsed = publishAnswerSchema.safeParse(jsonOf(answer));
  if (answer.status >= 200 && answer.status < 300 && parsed.success) return parsed.data;
  throw refusal(answer, name);
}

const HINTS: Readonly<Record<string, string>> = {
  "no-first-root":
    "Put repository/first-root/release.root.json and director.root.json into repository/first-root/ of the server's data folder, by hand: what a server believes first comes from its owner and from no network.",
  "signer-away": "The server's signer does not run.",
};

function refusal(answer: Answer, name: string): StationError {
  const parsed = publishRefusedSchema.safeParse(jsonOf(answer));
  if (!parsed.success)
    return new StationError(
      "unreachable",
      `The server answers ${name} with status ${answer.status}: is it a Fiducial server?`,
    );
  const { refused, detail } = parsed.data;
  return new StationError(
    "refused",
    `The server refuses ${name} (${refused}): ${detail} ${HINTS[refused] ?? ""}`.trim(),
  );
}

function jsonOf({ body }: Answer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
