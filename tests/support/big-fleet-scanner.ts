import { noChange } from "#core/headline/change-axis.ts";
import { headlineOf } from "#core/headline/headline.ts";
import { exampleFacts } from "#core/report/example-facts.ts";
import { observed } from "#core/report/fact.ts";
import { situationOf } from "#server/report/situation.ts";
import {
  type BelievedRow,
  beliefsOf,
  headlineColumns,
  linkStateOf,
  standingOf,
} from "#server/report/stored-beliefs.ts";
import { CONDITIONS, type Condition } from "./big-fleet-conditions.ts";
import { hash, iso, madeId, releaseId, storePath, toplevelOf } from "./big-fleet-ids.ts";
import { ALIASES, MODELS, RELEASES, TAGS } from "./big-fleet-places.ts";

const DAY = 24 * 60 * 60_000;
const NEWEST = RELEASES[RELEASES.length - 1] as string;

const picker =
  (random: () => number) =>
  <T>(list: readonly T[]): T =>
    list[Math.floor(random() * list.length)] as T;

function labelsAt(at: number, random: () => number) {
  const pick = picker(random);
  return {
    alias: random() < 0.4 ? pick(ALIASES) : null,
    hardwareRevision: ["A", "B", "C", null][at % 4] ?? null,
    tags: TAGS.filter(() => random() < 0.12).sort(),
    room: random() < 0.3 ? `Level ${at % 9}, room ${at % 40}` : null,
    origin: "real",
    hostname: `host-${at}`,
  };
}

export type Site = { id: string; organisationId: string; regionId: string };
type Ask = {
  at: number;
  seed: number;
  nowMs: number;
  heardMs: number;
  sites: readonly Site[];
  random: () => number;
};

/** One scanner's rows; `state` and `link` are null while it never reported. */
export function makeScanner(ask: Ask) {
  const { at, seed, nowMs, heardMs, sites, random } = ask;
  const pick = picker(random);
  const site = pick(sites);
  const model = pick(MODELS);
  // The first ones are one of each, so that the smallest fleet has them all.
  const condition = CONDITIONS[at] ?? conditionAt(random());
  const running = condition.currency === "behind" ? pick(RELEASES.slice(0, -1)) : NEWEST;
  const standing = standingAt(random(), nowMs);
  const owner = { organisationId: site.organisationId, regionId: site.regionId, siteId: site.id };
  const id = madeId(seed, `scanner ${at}`);
  const pinned = condition.name === "untracked" ? null : releaseId(seed, model, NEWEST);
  const scanner = {
    ...{ id, ...owner, serial: `${model.replace("-", "")}-${String(at).padStart(5, "0")}`, model },
    ...labelsAt(at, random),
    ...standing.columns,
    identitySince: iso(nowMs - 300 * DAY),
    hardwareFingerprint: hash(`fingerprint ${seed} ${at}`),
    ...{ pinnedReleaseId: pinned, pinnedAt: iso(nowMs - 20 * DAY) },
    createdAt: iso(nowMs - (300 + (at % 100)) * DAY),
    approvedAt: iso(nowMs - 299 * DAY),
  };
  if (standing.neverReported) return { scanner, state: null, link: null };
  const sinceMs = nowMs - 60_000 - Math.floor(random() ** 3 * 40 * DAY);
  const silentMs = nowMs - 3_600_000 - Math.floor(random() * 9 * DAY);
  const lastMs = condition.silent ? silentMs : heardMs - Math.floor(random() * 15_000);
  const made = { seed, at, model, running, condition, sinceMs, lastMs, id, owner };
  const link = linkRow(made);
  return { scanner, link, state: stateRow(made, scanner, link, nowMs) };
}

type Made = {
  seed: number;
  at: number;
  model: string;
  running: string;
  condition: Condition;
  sinceMs: number;
  lastMs: number;
  id: string;
  owner: Record<string, string>;
};

function linkRow({ id, owner, condition, lastMs, seed, at }: Made) {
  return {
    ...{ scannerId: id, ...owner, lastSeenAt: iso(lastMs), bootCounter: 1, startCounter: 1, beat: 100 },
    bootId: madeId(seed, `boot ${at}`),
    ...{ skewMs: 0, outbox: 0, messagesSinceOffline: condition.silent ? 0 : 2, reconnects: 0 },
  };
}

function stateRow(
  made: Made,
  scanner: { identity: string; service: string; serviceUntil: null; createdAt: string },
  link: ReturnType<typeof linkRow>,
  nowMs: number,
) {
  const { condition, sinceMs, lastMs, id, owner, seed, at, model, running } = made;
  const untracked = condition.software === "untracked";
  const toplevel = untracked
    ? storePath(`by hand ${at}`, "nixos-system-custom")
    : toplevelOf(seed, model, running);
  const since = new Date(sinceMs);
  const believed = {
    ...{ safety: condition.safety, safetySince: since, function: condition.function, functionSince: since },
    ...{
      software: condition.software,
      softwareSince: since,
      currency: condition.currency,
      currencySince: since,
    },
    ...changeColumns(condition, sinceMs),
    axisReasons: {
      safety: { code: "safety-ok" },
      function: { code: "items-equal", params: { count: 50 } },
      software: { code: "as-released" },
      currency: { code: "not-the-pin" },
      ...{ manifest: untracked ? "none" : "signed", manifestHasSafety: true, changesEnabled: true },
    },
    findings: condition.findings.map((finding) => ({ ...finding, sinceMs })),
    unverifiable: condition.unverifiable,
    unverifiableSince: condition.unverifiable === null ? null : since,
  };
  const beliefs = beliefsOf({ ...believed, receivedAt: new Date(lastMs) } as unknown as BelievedRow);
  const standing = standingOf({ ...scanner, createdAt: new Date(scanner.createdAt) });
  const received = { receivedAt: new Date(lastMs) };
  const linkState = linkStateOf(
    { ...link, lastSeenAt: new Date(lastMs), reconnectsSince: null } as never,
    received,
  );
  const headline = headlineOf(
    situationOf(standing, beliefs, linkState, { nowMs, observingSinceMs: nowMs - 90 * DAY }),
  );
  return {
    ...{ scannerId: id, ...owner, bootCounter: 1, startCounter: 1, seq: 10, bootId: link.bootId },
    facts: factsOf(toplevel, made),
    opaque: {},
    factsDigest: hash(`facts ${seed} ${at}`),
    ...{ observedAt: iso(Math.min(lastMs, nowMs)), receivedAt: iso(lastMs), skewMs: 0 },
    runningToplevel: toplevel,
    runningDigest: hash(toplevel),
    comparedWithId: untracked ? null : releaseId(seed, model, running),
    ...believed,
    ...headlineColumns(headline),
    headlineSince: iso(sinceMs),
  };
}

function changeColumns({ change }: Condition, sinceMs: number) {
  const { value: _value, sinceMs: _sinceMs, ...changeDetail } = noChange(sinceMs);
  return { change, changeSince: new Date(sinceMs), changeDetail };
}

function factsOf(toplevel: string, { at, sinceMs }: Made) {
  const ref = observed({ path: toplevel, generation: 12, sinceMs });
  return exampleFacts({
    host: { hostname: `host-${at}`, bootedAtMs: sinceMs },
    closures: { running: ref, booted: ref, profile: ref, nextBoot: ref },
  });
}

/** Few scanners are out of the ordinary in what people decided about them, and some never reported. */
function standingAt(odd: number, nowMs: number) {
  const kinds = [
    { below: 0.01, service: "retired" },
    { below: 0.03, service: "out-of-service" },
    { below: 0.06, service: "maintenance" },
  ];
  const service = kinds.find(({ below }) => odd < below)?.service ?? "in-service";
  return {
    neverReported: odd > 0.06 && odd < 0.065,
    columns: {
      service,
      serviceSince: service === "in-service" ? null : iso(nowMs - DAY),
      serviceUntil: null,
      identity: odd > 0.997 ? "locked-out" : "approved",
    },
  };
}

function conditionAt(share: number): Condition {
  const total = CONDITIONS.reduce((sum, one) => sum + one.share, 0);
  let left = share * total;
  const found = CONDITIONS.find((one) => {
    left -= one.share;
    return left < 0;
  });
  return found ?? (CONDITIONS[0] as Condition);
}
