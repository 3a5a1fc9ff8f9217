import type { Answer } from "#agent/link/answer.ts";
import { closureBody } from "#agent/link/closure-body.ts";
import type { Counters, KnownOrder } from "#agent/link/counters.ts";
import type { Heads } from "#agent/link/heads.ts";
import type { EnrolledIdentity } from "#agent/link/identity.ts";
import { heartbeatBody, type Moment } from "#agent/link/make-report.ts";
import type { Outbox } from "#agent/link/outbox.ts";
import type { Problems } from "#agent/link/problems.ts";
import {
  type Failure,
  nextBeatMs,
  nextMessage,
  REFUSAL_MEANING,
  type Said,
  waitAfterMs,
} from "#agent/link/schedule.ts";
import type { Transport } from "#agent/link/transport.ts";
import { type Acknowledgement, acknowledgementSchema } from "#core/protocol/acknowledgement.ts";
import { HEARTBEAT_MS } from "#core/protocol/timing.ts";

export type TalkStatus = {
  state: "starting" | "acknowledged" | "refused" | "trouble";
  code: string | null;
  detail: string | null;
  lastAnswerMs: number | null;
  lastReport: { seq: number; atMs: number } | null;
  skewMs: number | null;
};

export type TalkerParts = {
  identity: EnrolledIdentity;
  counters: Counters;
  heads: Heads;
  outbox: Outbox;
  problems: Problems;
  transport: Transport;
  runDir: string;
  /** Digest of the newest report of this start; null until there is one. */
  digest: () => string | null;
  scanning: () => boolean;
  moment: () => Moment;
  clockMs: () => number;
  random: () => number;
  /** The server asks for the facts anew. */
  needFull: () => void;
  /** Version of what the server has for this scanner, with every acknowledgement: a hint that there is something new. */
  directorVersion: (version: number) => void;
};

type Message = { said: Said; body: Buffer; order: KnownOrder | null; digest: string | null };
/** The server asks again for what it still lacks, so a list that is not there is not offered more often than this. */
const CLOSURE_AGAIN_MS = 60_000;
const MAX_WANTED = 16;

/** Says what waits to be said, one message at a time, and believes only acknowledgements that the server signed. */
export class Talker {
  readonly #parts: TalkerParts;
  /** Closure digests the server lacks, each with the time before which it is not offered again. */
  readonly #wanted = new Map<string, number>();
  #status: TalkStatus = {
    state: "starting",
    code: null,
    detail: null,
    lastAnswerMs: null,
    lastReport: null,
    skewMs: null,
  };
  #beat = 0;
  #failures = 0;
  #held = false;
  #notBeforeMs = 0;
  #beatAtMs = 0;

  constructor(parts: TalkerParts) {
    this.#parts = parts;
  }

  get status(): TalkStatus {
    return this.#status;
  }

  /** Sends at most one message; answers for how many milliseconds there is nothing to do. */
  async step(signal: AbortSignal): Promise<number> {
    const next = this.#plan();
    if ("waitMs" in next) return next.waitMs;
    const message = await this.#prepare(next.send);
    // Before the first look there is nothing a heartbeat could truthfully say; the first report wakes this up.
    if (message === null) return next.send === "heartbeat" ? HEARTBEAT_MS : 0;
    const answer = await this.#parts.transport.send(message.said, message.body, signal);
    if (signal.aborted) return 0;
    const believed = believe(message, answer);
    if (believed.kind === "answered") await this.#acknowledged(message, believed.ack);
    else await this.#failed(message, believed);
    return 0;
  }

  #plan() {
    return nextMessage({
      nowMs: this.#parts.clockMs(),
      notBeforeMs: this.#notBeforeMs,
      nextBeatMs: this.#beatAtMs,
      held: this.#held,
      reports: this.#parts.outbox.count,
      closures: this.#dueClosures().length,
      scanning: this.#parts.scanning(),
    });
  }

  #dueClosures(): string[] {
    const nowMs = this.#parts.clockMs();
    return [...this.#wanted].filter(([, againMs]) => againMs <= nowMs).map(([digest]) => digest);
  }

  async #prepare(said: Said): Promise<Message | null> {
    switch (said) {
      case "report": {
        const oldest = await this.#parts.outbox.oldest();
        if (oldest === null) return null;
        const { order, bootId, body } = oldest;
        return { said, body, order: { ...order, bootId }, digest: null };
      }
      case "heartbeat":
        return this.#prepareBeat();
      case "closure":
        return this.#prepareClosure(this.#dueClosures()[0] ?? "");
    }
  }

  #prepareBeat(): Message | null {
    const factsDigest = this.#parts.digest();
    if (factsDigest === null) return null;
    this.#beat += 1;
    const { bootId, nowMs, uptimeMs } = this.#parts.moment();
    const { bootCounter, startCounter } = this.#parts.counters;
    const body = heartbeatBody({
      scannerId: this.#parts.identity.scannerId,
      bootId,
      bootCounter,
      startCounter,
      beat: this.#beat,
      factsDigest,
      sentAtMs: nowMs,
      uptimeMs,
      outbox: this.#parts.outbox.count,
    });
    return { said: "heartbeat", body, order: null, digest: null };
  }

  async #prepareClosure(digest: string): Promise<Message | null> {
    this.#wanted.set(digest, this.#parts.clockMs() + CLOSURE_AGAIN_MS);
    const made = await closureBody(this.#parts.runDir, this.#parts.identity.scannerId, digest);
    this.#parts.problems.set(`closure ${digest.slice(0, 12)}`, made.ok ? null : made.problem);
    if (made.ok) return { said: "closure", body: made.body, order: null, digest };
    return null;
  }

  async #acknowledged(message: Message, ack: Acknowledgement): Promise<void> {
    const { parts, nowMs } = this.#answered();
    this.#failures = 0;
    this.#held = false;
    this.#notBeforeMs = 0;
    this.#beatAtMs = nextBeatMs(parts.clockMs(), parts.random());
    const report = message.order === null ? this.#status.lastReport : { seq: message.order.seq, atMs: nowMs };
    this.#status = {
      state: "acknowledged",
      code: null,
      detail: null,
      lastAnswerMs: nowMs,
      lastReport: report,
      skewMs: ack.serverTimeMs - nowMs,
    };
    this.#want(message, ack.needClosure);
    parts.directorVersion(ack.directorVersion);
    parts.heads.see(ack.auditHead);
    parts.problems.set("audit witness", parts.heads.conflict);
    if (message.order !== null) {
      parts.heads.acknowledge(message.order);
      await parts.outbox.remove(message.order);
    }
    // A report that waits already holds newer facts than the server has; another one would only repeat it.
    if (ack.needFull && parts.outbox.count === 0) parts.needFull();
  }

  #answered(): { parts: TalkerParts; nowMs: number } {
    return { parts: this.#parts, nowMs: this.#parts.moment().nowMs };
  }

  #want(message: Message, digests: readonly string[]): void {
    if (message.digest !== null) this.#wanted.delete(message.digest);
    for (const digest of digests)
      if (!this.#wanted.has(digest) && this.#wanted.size < MAX_WANTED) this.#wanted.set(digest, 0);
    // What the server no longer asks for is not offered either; only reports and heartbeats carry the whole list.
    if (message.said === "closure") return;
    for (const digest of this.#wanted.keys()) if (!digests.includes(digest)) this.#wanted.delete(digest);
  }

  async #failed(message: Message, answer: Unanswered): Promise<void> {
    const { parts, nowMs } = this.#answered();
    this.#failures += 1;
    if (answer.kind === "trouble") {
      const { reason, detail } = answer.trouble;
      this.#status = { ...this.#status, state: "trouble", code: reason, detail };
      this.#wait({ kind: "trouble" }, answer.retryAfterMs);
      return;
    }
    const meaning = REFUSAL_MEANING[answer.code];
    this.#status = {
      ...this.#status,
      state: "refused",
      code: answer.code,
      detail: answer.message,
      lastAnswerMs: nowMs,
    };
    this.#held = meaning === "approval" || meaning === "held";
    this.#wait({ kind: "refused", meaning, said: message.said }, answer.retryAfterMs);
    const why = `${answer.code}: ${answer.message}`;
    if (meaning === "give-up") await this.#giveUp(message, why);
    parts.problems.set("refused", meaning === "give-up" ? why : null);
  }

  #wait(failure: Failure, retryAfterMs: number | null): void {
    const waitMs = waitAfterMs(failure, this.#failures, retryAfterMs, this.#parts.random());
    this.#notBeforeMs = this.#parts.clockMs() + waitMs;
  }

  /** The message can never be taken: it must not block those behind it, and is counted, not forgotten. */
  async #giveUp(message: Message, why: string): Promise<void> {
    if (message.digest !== null) {
      this.#parts.problems.set(`closure ${message.digest.slice(0, 12)}`, why);
      this.#wanted.delete(message.digest);
    }
    if (message.order === null) return;
    await this.#parts.counters.addDropped(1);
    await this.#parts.outbox.remove(message.order);
  }
}

type Unanswered = Exclude<Answer, { kind: "answered" }>;
type Believed = { kind: "answered"; ack: Acknowledgement } | Unanswered;

/** The server signed it; now it must also say what an acknowledgement of this very message says. */
function believe(message: Message, answer: Answer): Believed {
  if (answer.kind !== "answered") return answer;
  const parsed = acknowledgementSchema.safeParse(answer.body);
  if (!parsed.success) return wrong(`${parsed.error.issues[0]?.path.join(".") ?? "body"} is not as agreed`);
  if (message.order !== null && parsed.data.seq !== message.order.seq)
    return wrong(`it acknowledges ${parsed.data.seq}, not ${message.order.seq}`);
  return { kind: "answered", ack: parsed.data };
}

function wrong(detail: string): Believed {
  return { kind: "trouble", trouble: { reason: "wrong-answer", detail }, retryAfterMs: null };
}
