import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { Answer } from "#agent/link/answer.ts";
import { type Counters, foundCounters, startCounters } from "#agent/link/counters.ts";
import { type Heads, openHeads } from "#agent/link/heads.ts";
import type { EnrolledIdentity } from "#agent/link/identity.ts";
import { type Outbox, openOutbox } from "#agent/link/outbox.ts";
import { createProblems, type Problems } from "#agent/link/problems.ts";
import { Talker } from "#agent/link/talk.ts";
import type { Acknowledgement, RefusalCode } from "#core/protocol/acknowledgement.ts";
import { heartbeatSchema } from "#core/protocol/heartbeat.ts";
import { STUB_SCANNER_ID } from "#tests/support/stub-server.ts";

const BOOT_ID = "2f1b2c3d-0000-4000-8000-000000000001";
const DIGEST = "d".repeat(64);
const LIST = "a".repeat(64);
const NOBODY = new AbortController().signal;

let counters: Counters;
let heads: Heads;
let outbox: Outbox;
let problems: Problems;
let runDir: string;
let nowMs: number;
let scanning: boolean;
let fullAsked: number;
let versions: number[];
let sent: { endpoint: string; json: Record<string, unknown> }[];
let answer: (endpoint: string, json: Record<string, unknown>) => Answer;

function acknowledge(change: Partial<Acknowledgement> = {}): Answer {
  const body = {
    protocols: [1],
    seq: null,
    needFull: false,
    needClosure: [],
    directorVersion: 0,
    auditHead: null,
    serverTimeMs: 5_000,
    ...change,
  };
  return { kind: "answered", serverKey: null, body };
}
const refuse = (code: RefusalCode): Answer => ({ kind: "refused", code, message: "no", retryAfterMs: null });
const TROUBLE: Answer = { kind: "trouble", trouble: { reason: "timeout", detail: "" }, retryAfterMs: null };

beforeEach(async () => {
  const stateDir = mkdtempSync(join(tmpdir(), "fiducial-talk-"));
  runDir = join(stateDir, "run");
  mkdirSync(join(runDir, "closures"), { recursive: true });
  await foundCounters(stateDir);
  counters = await startCounters({
    stateDir,
    bootId: BOOT_ID,
    highestKnown: null,
    nowMs: 0,
    enrolledAtMs: 0,
  });
  heads = await openHeads(stateDir);
  problems = createProblems();
  outbox = await openOutbox({
    folder: join(stateDir, "outbox"),
    dropped: (reports) => counters.addDropped(reports),
  });
  nowMs = 1_000_000;
  scanning = false;
  fullAsked = 0;
  versions = [];
  sent = [];
  answer = (endpoint, json) => acknowledge(endpoint === "report" ? { seq: Number(json.seq) } : {});
});

function talker(): Talker {
  return new Talker({
    identity: { scannerId: STUB_SCANNER_ID } as EnrolledIdentity,
    counters,
    heads,
    outbox,
    problems,
    transport: {
      proxy: null,
      close: () => undefined,
      send: async (endpoint, body) => {
        const json = JSON.parse(Buffer.from(body).toString("utf8")) as Record<string, unknown>;
        sent.push({ endpoint, json });
        return answer(endpoint, json);
      },
    },
    runDir,
    digest: () => DIGEST,
    scanning: () => scanning,
    moment: () => ({ bootId: BOOT_ID, nowMs, uptimeMs: 7 }),
    clockMs: () => nowMs,
    random: () => 0.5,
    needFull: () => {
      fullAsked += 1;
    },
    directorVersion: (version) => versions.push(version),
  });
}

async function waitingReport(): Promise<number> {
  const seq = await counters.nextSeq();
  const body = Buffer.from(JSON.stringify({ seq }));
  await outbox.append(
    { bootCounter: counters.bootCounter, startCounter: counters.startCounter, seq },
    false,
    body,
  );
  return seq;
}

test("waiting reports are sent in order, then a heartbeat when its time comes [SEE-14]", async () => {
  const seqs = [await waitingReport(), await waitingReport()];
  const talking = talker();
  await talking.step(NOBODY);
  await talking.step(NOBODY);
  expect(sent.map(({ json }) => json.seq)).toEqual(seqs);
  expect(await talking.step(NOBODY)).toBe(15_000);
  nowMs += 15_000;
  await talking.step(NOBODY);
  expect(sent.at(-1)?.endpoint).toBe("heartbeat");
  expect(heartbeatSchema.safeParse(sent.at(-1)?.json).success).toBe(true);
  expect(heads.acknowledged?.seq).toBe(seqs[1]);
});

test("an acknowledgement of another number leaves the report where it is", async () => {
  const seq = await waitingReport();
  answer = () => acknowledge({ seq: seq + 1 });
  const talking = talker();
  await talking.step(NOBODY);
  expect(outbox.count).toBe(1);
  expect(talking.status).toMatchObject({ state: "trouble", code: "wrong-answer" });
});

test("a signed answer that is no acknowledgement leaves the report where it is", async () => {
  await waitingReport();
  answer = () => ({ kind: "answered", serverKey: null, body: { ok: true } });
  await talker().step(NOBODY);
  expect(outbox.count).toBe(1);
});

test("after trouble the same report is sent again, later and later, and nothing is lost", async () => {
  const seq = await waitingReport();
  answer = () => TROUBLE;
  const talking = talker();
  const waits = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    await talking.step(NOBODY);
    const waitMs = await talking.step(NOBODY);
    waits.push(waitMs);
    nowMs += waitMs;
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
  answer = (_endpoint, json) => acknowledge({ seq: Number(json.seq) });
  await talking.step(NOBODY);
  expect(sent.map(({ json }) => json.seq)).toEqual([seq, seq, seq, seq, seq]);
  expect(outbox.count).toBe(0);
});

test("a scanner that waits for approval keeps its reports and asks with heartbeats only [ADM-4]", async () => {
  await waitingReport();
  answer = () => refuse("awaiting-approval");
  const talking = talker();
  await talking.step(NOBODY);
  nowMs += await talking.step(NOBODY);
  await talking.step(NOBODY);
  expect(sent.map((one) => one.endpoint)).toEqual(["report", "heartbeat"]);
  answer = (endpoint, json) => acknowledge(endpoint === "report" ? { seq: Number(json.seq) } : {});
  nowMs += await talking.step(NOBODY);
  await talking.step(NOBODY);
  await talking.step(NOBODY);
  expect(sent.map((one) => one.endpoint)).toEqual(["report", "heartbeat", "heartbeat", "report"]);
  expect(outbox.count).toBe(0);
});

test("a report the server can never take is counted and does not block the next", async () => {
  await waitingReport();
  const next = await waitingReport();
  answer = (_endpoint, json) => (json.seq === next ? acknowledge({ seq: next }) : refuse("wrong-schema"));
  const talking = talker();
  await talking.step(NOBODY);
  nowMs += await talking.step(NOBODY);
  await talking.step(NOBODY);
  expect(outbox.count).toBe(0);
  expect(counters.droppedReports).toBe(1);
});

test("a heartbeat that a proxy doubled and the server calls a replay changes nothing but the next turn", async () => {
  answer = () => refuse("replayed-conflict");
  const talking = talker();
  await talking.step(NOBODY);
  expect(await talking.step(NOBODY)).toBe(15_000);
  expect(talking.status).toMatchObject({ state: "refused", code: "replayed-conflict" });
  expect(counters.droppedReports).toBe(0);
});

test("needFull asks for the facts only when none are waiting already", async () => {
  await waitingReport();
  await waitingReport();
  answer = (_endpoint, json) => acknowledge({ seq: Number(json.seq), needFull: true });
  const talking = talker();
  await talking.step(NOBODY);
  expect(fullAsked).toBe(0);
  await talking.step(NOBODY);
  expect(fullAsked).toBe(1);
});

test("a path list the server asks for is sent as it lies, with this scanner's id before it, and not while scanning [SEE-2, SEE-17]", async () => {
  writeFileSync(join(runDir, "closures", `${LIST}.json`), `{"toplevel":"/nix/store/x","digest":"${LIST}"}\n`);
  answer = (endpoint) => acknowledge(endpoint === "heartbeat" ? { needClosure: [LIST] } : {});
  const talking = talker();
  scanning = true;
  await talking.step(NOBODY);
  await talking.step(NOBODY);
  expect(sent).toHaveLength(1);
  scanning = false;
  await talking.step(NOBODY);
  expect(sent.at(-1)).toEqual({
    endpoint: "closure",
    json: { protocol: 1, scannerId: STUB_SCANNER_ID, toplevel: "/nix/store/x", digest: LIST },
  });
  expect(await talking.step(NOBODY)).toBeGreaterThan(0);
});

test("a path list that is not there is said to be, and looked for again while the server still asks", async () => {
  answer = () => acknowledge({ needClosure: [LIST] });
  const talking = talker();
  await talking.step(NOBODY);
  await talking.step(NOBODY);
  expect(problems.list()).toEqual([
    { source: "closure aaaaaaaaaaaa", reason: "is not known on this machine" },
  ]);
  expect(sent.map((one) => one.endpoint)).toEqual(["heartbeat"]);
  writeFileSync(join(runDir, "closures", `${LIST}.json`), `{"digest":"${LIST}"}`);
  for (let minute = 0; minute < 5; minute += 1) {
    nowMs += 15_000;
    await talking.step(NOBODY);
    await talking.step(NOBODY);
  }
  expect(sent.some((one) => one.endpoint === "closure")).toBe(true);
  expect(problems.list()).toEqual([]);
});

test("an audit log that got shorter or changed is noticed by the scanner that saw it before (A-07)", async () => {
  const head = (seq: number, hash: string) => ({ chain: "site", seq, hash: hash.repeat(64) });
  const heads = [head(5, "a"), head(6, "b"), head(4, "c")];
  answer = () => acknowledge({ auditHead: heads.shift() ?? null });
  const talking = talker();
  for (let beat = 0; beat < 3; beat += 1) {
    await talking.step(NOBODY);
    nowMs += 20_000;
  }
  expect(problems.list()).toEqual([{ source: "audit witness", reason: "audit log went back from 6 to 4" }]);
});

test("the version of what the server has for the scanner is handed on with every acknowledgement, and with nothing else [SIG-4]", async () => {
  answer = () => acknowledge({ directorVersion: 7 });
  await talker().step(new AbortController().signal);
  expect(versions).toEqual([7]);
  answer = () => refuse("busy");
  await talker().step(new AbortController().signal);
  expect(versions).toEqual([7]);
});
