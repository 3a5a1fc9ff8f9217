import { folderShelf } from "#agent/trust/shelf.ts";
import { metadataName, targetName } from "#core/trust/layout.ts";
import { MOST_NAMED, type PublishAnswer } from "#core/trust/publish.ts";
import type { Log } from "#server/log.ts";
import type { SignerClient } from "#server/signer/client.ts";
import type { RepositoryFolders } from "./folders.ts";
import { isThere, nothingWaits, rootsFitPublished, takeKnownReleases, type Waiting } from "./incoming.ts";
import type { Published } from "./published.ts";
import { PublishRefused } from "./refused.ts";

export type PublisherPorts = {
  folders: RepositoryFolders;
  published: Published;
  signer: SignerClient;
  /** Stores what is seen now: rows, closures, nudges. Called again after a failure. */
  store: () => Promise<void>;
  nowMs: () => number;
  log: Log;
};

/** One set at a time waits; who publishes later with a higher version takes its place. */
export type Publisher = {
  waiting: Waiting;
  answer: () => PublishAnswer;
  /** Publishes what waits as soon as nothing is missing, or at once where `anyhow`. */
  settle: (anyhow: boolean) => Promise<void>;
};

export function createPublisher(ports: PublisherPorts): Publisher {
  const publisher: Publisher = {
    waiting: nothingWaits(),
    answer: () => answerOf(ports, publisher.waiting),
    settle: async (anyhow) => {
      const { waiting } = publisher;
      if (waiting.targets === null && waiting.roots.length === 0) return;
      await takeKnownReleases(ports.folders, waiting, ports.published);
      const missing = missingOf(waiting);
      const files = missing.filter(({ name }) => name.startsWith("release/"));
      if (files.length > 0 || (missing.length > 0 && !anyhow)) return;
      // A root may come alone when only keys of others or dates change. One that makes the list of today worthless would leave nothing.
      const fits = { published: ports.published, nowMs: ports.nowMs() };
      if (waiting.targets === null && !(await rootsFitPublished(ports.folders, waiting, fits))) return;
      await makeVisible(ports, waiting);
      publisher.waiting = nothingWaits();
    },
  };
  return publisher;
}

/**
 * Files first, which nobody finds before a list names them; then the signer's snapshot and timestamp, which it signs only over what it
 * verified itself; then this process looks with the scanner's own verifier, and from that moment on everybody sees the new set.
 */
async function makeVisible(ports: PublisherPorts, { roots, targets }: Waiting): Promise<void> {
  const { folders, published, signer } = ports;
  const shelf = folderShelf(folders.release);
  for (const bytes of roots) await shelf.write(metadataName("root", versionIn(bytes)), bytes);
  if (targets !== null) await shelf.write(metadataName("targets", targets.version), targets.bytes);
  const answer = await signer.ask({ verb: "freshen", scannerId: null });
  if (!answer.ok)
    throw new PublishRefused(answer.refused === "away" ? "signer-away" : "signer-refused", answer.detail);
  await published.reload();
  const seen = published.current()?.targets.versions.targets ?? 0;
  if (targets !== null && seen !== targets.version)
    throw new PublishRefused("signer-refused", `Version ${targets.version} was signed and is not seen.`);
  await ports.store();
  ports.log.info("repository.published", { targets: seen });
}

function versionIn(root: Uint8Array): number {
  const { signed } = JSON.parse(Buffer.from(root).toString("utf8")) as { signed: { version: number } };
  return signed.version;
}

type Missing = PublishAnswer["missing"][number];

/** What a waiting list names and is not there, release files before what they name themselves. */
function missingOf(waiting: Waiting): Missing[] {
  const missing: Missing[] = [];
  for (const [path, target] of Object.entries(waiting.targets?.set.targets ?? {})) {
    if (isThere(waiting, path)) continue;
    const name = `release/${targetName(path, target.hashes.sha256)}`;
    missing.push({ name, bytes: target.length, from: 0 });
  }
  for (const [file, { bytes, from }] of waiting.absent)
    missing.push({ name: `cache/nar/${file}`, bytes, from });
  return missing;
}

function answerOf({ published }: PublisherPorts, waiting: Waiting): PublishAnswer {
  const seen = published.current()?.targets.versions ?? null;
  const missing = missingOf(waiting);
  const waits = waiting.targets !== null || waiting.roots.length > 0;
  return {
    state: waits ? "waiting" : seen === null ? "nothing" : "published",
    root: seen?.root ?? null,
    targets: seen?.targets ?? null,
    waiting: waiting.targets?.version ?? null,
    missing: missing.slice(0, MOST_NAMED),
    more: Math.max(0, missing.length - MOST_NAMED),
  };
}
