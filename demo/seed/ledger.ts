import { createHash } from "node:crypto";
import { signatureText } from "#core/finding/signature.ts";
import type { Headline } from "#core/headline/axes.ts";
import { headlineOf } from "#core/headline/headline.ts";
import { nextChangeMs } from "#core/headline/next-change.ts";
import type { OpenFinding, Situation } from "#core/headline/situation.ts";
import type { KnownRelease } from "#core/manifest/released.ts";
import { hear, type LinkState, reportSkewMs, SILENT_LINK } from "#core/report/link-state.ts";
import type { Facts } from "#core/report/report.ts";
import { stableFacts } from "#demo/seed/stable-facts.ts";
import type { Order } from "#demo/seed/steps.ts";
import { conclude, findingKey } from "#server/report/conclude.ts";
import { momentOf } from "#server/report/place.ts";
import { clockOf } from "#server/report/reconsider.ts";
import { type Beliefs, type Now, type Standing, situationOf } from "#server/report/situation.ts";

/** History as the server's rows hold it; `closedMs` null: goes on. */
export type FactRow = {
  kind: string;
  /** JSON of the stable fact. */
  text: string;
  openedMs: number;
  order: Order;
  closedMs: number | null;
};
export type FindingRow = {
  finding: OpenFinding;
  signature: string;
  openedMs: number;
  closedMs: number | null;
};
export type HeadlineRow = { headline: Headline; openedMs: number; closedMs: number | null };

/** The newest report as it is believed. */
export type Believed = {
  facts: Facts;
  order: Order;
  bootId: string;
  observedMs: number;
  receivedMs: number;
  skewMs: number;
  beliefs: Beliefs;
  comparedWithId: string | null;
};

export type Reported = {
  facts: Facts;
  order: Order;
  bootId: string;
  /** By the true clock, and by the scanner's. */
  atMs: number;
  scannerMs: number;
};

/** Releases of a scanner's model by toplevel; what is signed speaks for every scanner. */
export type Known = ReadonlyMap<string, KnownRelease>;

/**
 * One scanner as the server would have come to see it, had every message reached it: the same pure functions decide as when a
 * report comes in (server/report), and what they decide is kept as rows instead of being written. A test sends the same messages
 * to the real server and compares.
 */
export class Ledger {
  readonly facts: FactRow[] = [];
  readonly findings: FindingRow[] = [];
  readonly headlines: HeadlineRow[] = [];
  readonly #open = new Map<string, FactRow>();
  readonly #found = new Map<string, FindingRow>();
  readonly #known: Known;
  standing: Standing;
  pinned: KnownRelease | null = null;
  link: LinkState = SILENT_LINK;
  believed: Believed | null = null;
  headline: Headline | null = null;
  /** Since when the server has listened without a gap: all the time, but a silence is only one if it listened through it. */
  #observingSinceMs: number | null = null;
  #situation: Situation | null = null;

  constructor(standing: Standing, known: Known) {
    this.standing = standing;
    this.#known = known;
  }

  /** A report arrives the moment it was made. */
  report(report: Reported): void {
    const now = this.#now(report.atMs);
    const skewMs = reportSkewMs(this.link, { bootId: report.bootId, sentAtMs: report.scannerMs }, now.nowMs);
    const link = hear(this.link, now.nowMs, now.observingSinceMs);
    const observedMs = momentOf({
      observedAtMs: report.scannerMs,
      skewMs,
      receivedAtMs: now.nowMs,
      afterMs: this.believed?.observedMs ?? null,
      beforeMs: null,
    });
    this.#keepFacts(report, observedMs);
    const { facts, order, bootId } = report;
    this.#compare({ facts, order, bootId, observedMs, receivedMs: now.nowMs, skewMs }, observedMs, now.nowMs);
    this.#judge(link, now);
    this.link = link;
  }

  /** A heartbeat shows the clock as it is, and the ticker looks. */
  beat(atMs: number, { clockOffsetMs, bootId }: { clockOffsetMs: number; bootId: string }): void {
    const now = this.#now(atMs);
    this.link = { ...hear(this.link, now.nowMs, now.observingSinceMs), skewMs: clockOffsetMs, bootId };
    this.look(atMs);
  }

  /** What is expected moved, not the facts: compared again, as server/report/reconclude.ts does. */
  expectAgain(atMs: number): void {
    const now = this.#now(atMs);
    const { believed } = this;
    if (believed === null) return;
    const { beliefs: _, comparedWithId: __, ...seen } = believed;
    this.#compare(seen, atMs, atMs);
    this.#judge(this.link, now);
  }

  /** The ticker looks without a new message (server/report/reconsider.ts). */
  look(atMs: number): void {
    const now = this.#now(atMs);
    const { believed } = this;
    if (believed === null) return;
    const { unverifiable: before } = believed.beliefs;
    const skewed = before?.value.code === "clock-skew" ? before : null;
    const unverifiable = clockOf(believed, skewed, this.link, now);
    this.believed = { ...believed, beliefs: { ...believed.beliefs, unverifiable } };
    this.#judge(this.link, now);
  }

  /** Looks at every moment before `untilMs` at which time alone may change the headline. While it is heard, silence does not count. */
  passUntil(untilMs: number): void {
    for (let atMs = this.#nextMs(); atMs !== null && atMs < untilMs; atMs = this.#nextMs()) this.look(atMs);
  }

  /** The server listens and hears nothing from here on. */
  fallSilent(atMs: number): void {
    this.#observingSinceMs = atMs;
  }

  isHeardAgain(): void {
    this.#observingSinceMs = null;
  }

  #nextMs(): number | null {
    if (this.#situation === null) return null;
    const heard = { observingSinceMs: Number.POSITIVE_INFINITY };
    const nextMs = nextChangeMs(
      this.#observingSinceMs === null ? { ...this.#situation, ...heard } : this.#situation,
    );
    return nextMs === null || !Number.isFinite(nextMs) ? null : nextMs;
  }

  #now(atMs: number): Now {
    return { nowMs: atMs, observingSinceMs: this.#observingSinceMs ?? atMs };
  }

  #keepFacts({ facts, order }: Reported, atMs: number): void {
    const stable = stableFacts(facts);
    for (const [kind, row] of this.#open) {
      if (stable.get(kind) === row.text) continue;
      row.closedMs = atMs;
      this.#open.delete(kind);
    }
    for (const [kind, text] of stable) {
      if (this.#open.has(kind)) continue;
      const row: FactRow = { kind, text, openedMs: atMs, order, closedMs: null };
      this.#open.set(kind, row);
      this.facts.push(row);
    }
  }

  #compare(seen: Omit<Believed, "beliefs" | "comparedWithId">, atMs: number, nowMs: number): void {
    const { facts, skewMs, observedMs } = seen;
    const running = this.#runningRelease(facts);
    const releases = [running, this.pinned].filter((one) => one !== null);
    const evidence = {
      facts,
      atMs,
      observedAgoMs: nowMs - observedMs,
      skewMs,
      releases,
      pinned: this.pinned,
    };
    const { beliefs, basis } = conclude(evidence, this.believed?.beliefs ?? null);
    this.#keepFindings(beliefs.findings, atMs);
    this.believed = { ...seen, beliefs, comparedWithId: basis.release?.releaseId ?? null };
  }

  #runningRelease({ closures }: Facts): KnownRelease | null {
    const running = closures?.state === "observed" ? closures.value.running : null;
    return running?.state === "observed" ? (this.#known.get(running.value.path) ?? null) : null;
  }

  #keepFindings(findings: readonly OpenFinding[], atMs: number): void {
    const gone = new Set(this.#found.keys());
    for (const finding of findings) {
      const key = findingKey(finding);
      gone.delete(key);
      const signature = createHash("sha256").update(signatureText(finding)).digest("hex");
      const row = this.#found.get(key);
      if (row === undefined) {
        const made: FindingRow = { finding, signature, openedMs: finding.sinceMs, closedMs: null };
        this.#found.set(key, made);
        this.findings.push(made);
      } else if (row.signature !== signature) Object.assign(row, { finding, signature });
    }
    for (const key of gone) {
      const row = this.#found.get(key);
      if (row !== undefined) row.closedMs = atMs;
      this.#found.delete(key);
    }
  }

  #judge(link: LinkState, now: Now): void {
    const beliefs = this.believed?.beliefs ?? null;
    const situation = situationOf(this.standing, beliefs, link, now);
    const headline = headlineOf(situation);
    this.#situation = situation;
    const before = this.headline;
    this.headline = headline;
    if (before?.word === headline.word && before.variant === headline.variant) return;
    const last = this.headlines.at(-1);
    if (last !== undefined) last.closedMs = now.nowMs;
    this.headlines.push({ headline, openedMs: now.nowMs, closedMs: null });
  }
}
