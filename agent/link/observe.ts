import type { Collector } from "#agent/collect/collect.ts";
import type { Counters } from "#agent/link/counters.ts";
import { messageOf } from "#agent/link/durable.ts";
import type { Heads } from "#agent/link/heads.ts";
import type { EnrolledIdentity } from "#agent/link/identity.ts";
import { sha256Hex } from "#agent/link/keys.ts";
import { fittingFacts, type Moment, reportBody } from "#agent/link/make-report.ts";
import type { Outbox } from "#agent/link/outbox.ts";
import type { Problems } from "#agent/link/problems.ts";
import { reportReason } from "#agent/link/schedule.ts";
import { factsDigestText } from "#core/report/digest.ts";
import type { Facts } from "#core/report/report.ts";

/** Looks at the host and writes a report into the outbox when what it saw is news. Sends nothing. */
export type Observer = {
  /** One look. `asked`: the server wants the facts, changed or not. Never throws for what the host or the disk did. */
  look(asked: boolean): Promise<Looked>;
  /** Digest of the newest report made in this start, or null before the first. */
  readonly digest: string | null;
  /** Facts of the last look: for `fiducial status`. */
  readonly facts: Facts | null;
};
type Looked = { reported: string | null; problem: string | null };

export type ObserverParts = {
  collector: Pick<Collector, "collect">;
  identity: EnrolledIdentity;
  counters: Counters;
  heads: Heads;
  outbox: Outbox;
  problems: Problems;
  moment: () => Moment;
  /** Milliseconds of the loop's clock. */
  clockMs: () => number;
};

export function createObserver(parts: ObserverParts): Observer {
  let digest: string | null = null;
  let facts: Facts | null = null;
  let reportedAtMs = 0;

  async function report(seen: Facts, moment: Moment, first: boolean): Promise<string | null> {
    const { counters } = parts;
    const seq = await counters.nextSeq();
    const order = { bootCounter: counters.bootCounter, startCounter: counters.startCounter, seq };
    const body = reportBody(parts.identity, order, moment, { witness: parts.heads.newest, facts: seen });
    const refusal = await parts.outbox.append(order, first, body);
    parts.problems.set("outbox", refusal === null ? null : `reports are kept in memory only: ${refusal}`);
    return refusal;
  }

  return {
    get digest() {
      return digest;
    },
    get facts() {
      return facts;
    },
    async look(asked) {
      // Taken before the facts, so that a report never claims to be younger than what it says.
      const moment = parts.moment();
      const seen = fittingFacts(await parts.collector.collect());
      facts = seen;
      const now = sha256Hex(factsDigestText(seen));
      const sinceReportMs = parts.clockMs() - reportedAtMs;
      const why = reportReason({ digest: now, reportedDigest: digest, sinceReportMs, asked });
      if (why === null) return { reported: null, problem: null };
      try {
        const problem = await report(seen, moment, why === "start");
        digest = now;
        reportedAtMs = parts.clockMs();
        return { reported: why, problem };
      } catch (error) {
        // No number could be reserved on disk: without one nothing may be sent, and the last report stays the newest.
        parts.problems.set("counters", `no report can be numbered: ${messageOf(error)}`);
        return { reported: null, problem: messageOf(error) };
      }
    },
  };
}
