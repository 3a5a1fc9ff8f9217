import { generateKeyPairSync, sign } from "node:crypto";
import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ScannerId } from "#core/identity/identity.ts";
import { type Release, releaseSchema } from "#core/release/release.ts";
import { type Instruction, instructionSchema } from "#core/trust/instruction.ts";
import { metadataName, repositoryFolder, targetName } from "#core/trust/layout.ts";
import { BODY_SCHEMAS } from "#core/trust/metadata.ts";
import { EvilServer, type Known } from "#demo/attack/evil-server.ts";
import type { Situation } from "#demo/attack/script.ts";
import { HELD_ROOT_NAME, HELD_TARGETS_NAME } from "#demo/ceremony/held-back.ts";
import { heldBackFolder } from "#demo/ceremony/hold-ceremony.ts";
import { systemNameOf } from "#demo/ceremony/release-file.ts";
import { MODEL_NAMES, type ModelName } from "#demo/model/model.ts";
import { openKeys } from "#server/signer/keys.ts";

/** A server in somebody's hands: what it would serve to one scanner, in a folder of its own, and the means to forge it. */
export type Captured = { evil: EvilServer; situation: Situation; rotate: () => Promise<void> };

type Order = {
  /** Of the installation: its repository, and the keys that sign without a person. */
  data: string;
  folder: string;
  scannerId: ScannerId;
  otherScanner: ScannerId;
  model: ModelName;
  /** Toplevel that runs. */
  current: string;
  /** The instruction that was accepted last; null: none ever was. */
  last: Instruction | null;
  nowMs: number;
};

/** Takes over what the server has for this scanner. Nothing is written into the installation's own folders. */
export async function capture(order: Order): Promise<Captured> {
  const { data, folder, scannerId, nowMs } = order;
  const { snapshot, timestamp, director } = await openKeys(join(data, "signer"));
  const evil = new EvilServer({
    ...{ folder, scannerId, nowMs },
    keys: {
      director: { targets: director, snapshot: director, timestamp: director },
      release: { snapshot, timestamp },
      cache: cacheKey(),
    },
  });
  await copyServed(order);
  const held = heldBackFolder(data);
  const bytes = await readFile(join(held, HELD_TARGETS_NAME));
  evil.write(HELD_TARGETS_NAME, bytes);
  await cp(join(held, "release", "targets"), join(folder, "release", "targets"), { recursive: true });
  evil.freshenList({ version: 2, bytes });
  evil.point({}, (await isServed(order)) ? {} : { version: 1 });
  const situation = situationOf(order, await listedReleases(evil));
  return {
    ...{ evil, situation },
    rotate: async () =>
      evil.write(
        `${repositoryFolder("director", scannerId)}/${metadataName("root", 2)}`,
        await readFile(join(held, HELD_ROOT_NAME)),
      ),
  };
}

async function copyServed({ data, folder, scannerId }: Order): Promise<void> {
  const repository = join(data, "repository");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await cp(join(repository, "release"), join(folder, "release"), { recursive: true });
  const own = repositoryFolder("director", scannerId);
  await cp(join(repository, own), join(folder, own), { recursive: true }).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}

/** Whether the director ever said anything to this scanner. */
async function isServed({ folder, scannerId }: Order): Promise<boolean> {
  const name = join(folder, repositoryFolder("director", scannerId), "timestamp.json");
  return await readFile(name).then(
    () => true,
    (error: unknown) => {
      ignoreMissing(error);
      return false;
    },
  );
}

/** Everything that people signed and did not take back, oldest first. */
async function listedReleases(evil: EvilServer): Promise<Release[]> {
  const { targets } = BODY_SCHEMAS.targets.parse(
    (JSON.parse(Buffer.from(evil.read(HELD_TARGETS_NAME)).toString("utf8")) as { signed: unknown }).signed,
  );
  return Object.entries(targets)
    .filter(([, { custom }]) => (custom as { withdrawn?: unknown } | null)?.withdrawn === null)
    .map(([path, { hashes }]) => evil.read(`release/${targetName(path, hashes.sha256)}`))
    .map((bytes) => releaseSchema.parse(JSON.parse(Buffer.from(bytes).toString("utf8"))))
    .sort((a, b) => a.counter - b.counter);
}

function situationOf(order: Order, releases: readonly Release[]): Situation {
  const { model, current, otherScanner } = order;
  const foreignModel = MODEL_NAMES.find((one) => one !== model) ?? model;
  const [oldest] = releases;
  const newest = releases.at(-1);
  const running = releases.find((one) => knownOf(one, model).toplevel === current) ?? releases.at(-2);
  if (oldest === undefined || newest === undefined || running === undefined)
    throw new Error("too few releases were signed");
  const kept = order.last !== null && order.last.seq > 1 ? order.last : null;
  const last = kept ?? madeUp(order, knownOf(running, model));
  return {
    otherScanner,
    running: knownOf(running, model),
    next: knownOf(newest, model),
    belowFloor: knownOf(oldest, model),
    foreign: knownOf(newest, foreignModel),
    last,
    earlier: { ...last, seq: last.seq - 1, changeId: last.changeId.replace(/.{4}$/, "0001") },
  };
}

function knownOf({ name, systems }: Release, model: ModelName): Known {
  const system = systems.find((one) => one.name === systemNameOf(model));
  if (system === undefined) throw new Error(`${name} has no system for ${model}`);
  return { release: name, system: system.name, toplevel: system.toplevel };
}

/** A scanner of which nothing was ever asked has no instruction that could be replayed: it gets a past of two. */
function madeUp({ scannerId, nowMs }: Order, known: Known): Instruction {
  return instructionSchema.parse({
    ...{ schema: "fiducial.instruction/1", scannerId, ...known },
    ...{ changeId: "019a5b1e-0000-7000-8000-000000000002", seq: 2, action: "activate", slots: [] },
    ...{ notBeforeMs: nowMs - 60_000, notAfterMs: nowMs + 60_000, requestedBy: "nobody" },
  });
}

/** The example's archives are empty and have no key: whoever owns a cache would have one like this. */
function cacheKey(): (fingerprint: string) => string {
  const { privateKey } = generateKeyPairSync("ed25519");
  return (fingerprint) => `cache-1:${sign(null, Buffer.from(fingerprint), privateKey).toString("base64")}`;
}
