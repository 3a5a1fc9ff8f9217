import { setTimeout as sleep } from "node:timers/promises";
import type { FileInfo, Outcome, System } from "#agent/system.ts";
import { CHAIN_STATES, SAFETY_LINE_BYTES, SAFETY_WORDS, SCAN_STATES } from "#core/safety/socket.ts";
import { parseJson } from "./facts-program.ts";
import { LineSplitter, type Piece } from "./line-splitter.ts";
import { readSafetyLine, type SafetyLineRead } from "./safety-hearing.ts";

/** One statement about a safety daemon: `ok` holds, `wrong` breaks docs/safety-socket.md, `note` could not be seen. */
export type SafetyFinding = { verdict: "ok" | "wrong" | "note"; text: string };

type Heard = { atMs: number; piece: Piece };
export type Recording = {
  info: Outcome<FileInfo>;
  heard: readonly Heard[];
  startMs: number;
  endMs: number;
  closed: boolean;
};

/** A state at least every second, and a tenth of it for a busy machine. */
const STATE_EVERY_MS = 1_100;
const MAX_HEARD = 10_000;

/** Listens for `seconds` and says in words how the daemon keeps to docs/safety-socket.md. For `fiducial check safety-socket`. */
export async function checkSafetySocket(
  system: System,
  path: string,
  seconds: number,
): Promise<SafetyFinding[]> {
  const info = await system.info(path);
  const connected = await system.connect(path);
  if (!connected.ok) return [wrong(`${path} cannot be connected to: ${connected.detail}`)];
  const heard: Heard[] = [];
  const splitter = new LineSplitter(SAFETY_LINE_BYTES);
  const startMs = system.monotonicMs();
  let closed = false;
  const stream = connected.value;
  stream.on("data", (chunk: Buffer) => {
    for (const piece of splitter.add(chunk)) {
      heard.push({ atMs: system.monotonicMs(), piece });
      if (heard.length >= MAX_HEARD) stream.destroy();
    }
  });
  stream.on("error", (error) => stream.destroy(error));
  stream.on("end", () => stream.destroy());
  stream.on("close", () => {
    closed = true;
  });
  await sleep(seconds * 1000);
  const recording = { info, heard, startMs, endMs: system.monotonicMs(), closed };
  stream.destroy();
  return judgeRecording(recording);
}

/** The judgement alone, on what was recorded. */
export function judgeRecording(recording: Recording): SafetyFinding[] {
  const lines = recording.heard.map(({ atMs, piece }) => ({ atMs, read: readPiece(piece), piece }));
  return [
    ...judgePermissions(recording.info),
    judgeOpening(lines[0]?.read),
    ...judgeBadLines(lines.map((one) => one.read)),
    judgeRhythm(
      lines.filter((one) => one.read.kind === "state").map((one) => one.atMs),
      recording,
    ),
    judgeChange(lines.map((one) => one.read)),
    ...judgeWords(recording.heard),
    ...(recording.closed ? [wrong("the daemon closed the connection while it was listened to")] : []),
  ];
}

function readPiece(piece: Piece): SafetyLineRead {
  return piece.kind === "bad" ? piece : readSafetyLine(piece.text);
}

function judgePermissions(info: Outcome<FileInfo>): SafetyFinding[] {
  if (!info.ok) return [wrong(`the socket file cannot be described: ${info.detail}`)];
  if (info.value.kind !== "socket") return [wrong("the path is not a socket")];
  const { mode } = info.value;
  if (mode === undefined) return [];
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  return (mode & 0o007) === 0
    ? [ok(`the socket is closed to other users (mode ${octal})`)]
    : [wrong(`every user may connect (mode ${octal}); 0660 and group fiducial are asked for`)];
}

function judgeOpening(first: SafetyLineRead | undefined): SafetyFinding {
  if (first === undefined) return wrong("nothing was sent");
  if (first.kind === "hello")
    return ok(`the first line is hello: ${first.hello.daemon} ${first.hello.version}, ${first.hello.schema}`);
  return wrong(`the first line is not a hello${first.kind === "bad" ? `: ${first.text}` : ""}`);
}

function judgeBadLines(reads: readonly SafetyLineRead[]): SafetyFinding[] {
  const bad = reads.flatMap((read) => (read.kind === "bad" ? [read.text] : []));
  if (bad.length === 0)
    return [ok(`all ${reads.length} lines follow the schema, each at most ${SAFETY_LINE_BYTES} bytes`)];
  return [...new Set(bad)].slice(0, 10).map((text) => wrong(`a line breaks the schema: ${text}`));
}

/** The gaps before the first and after the last state count too: a daemon that stops must not look punctual. */
function judgeRhythm(states: readonly number[], { startMs, endMs }: Recording): SafetyFinding {
  if (states.length === 0) return wrong("no state was sent");
  const times = [startMs, ...states, endMs];
  const longest = Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at)));
  return longest <= STATE_EVERY_MS
    ? ok(`${states.length} states, at most ${longest} ms apart`)
    : wrong(`${longest} ms without a state; at least one every second is asked for`);
}

function judgeChange(reads: readonly SafetyLineRead[]): SafetyFinding {
  const states = reads.flatMap((read) => (read.kind === "state" ? [JSON.stringify(read.state)] : []));
  const changes = states.filter((one, index) => index > 0 && one !== states[index - 1]).length;
  if (changes > 0) return ok(`${changes} changes of the state were heard`);
  return note(
    "the state did not change meanwhile; open a chain element while this runs to see that changes are sent at once",
  );
}

/** Words are looked up as sent: the reader turns unknown ones into `unknown`, which would hide a misspelling here. */
function judgeWords(heard: readonly Heard[]): SafetyFinding[] {
  const strange = new Set<string>();
  for (const { piece } of heard) for (const one of strangeWords(piece)) strange.add(one);
  if (strange.size === 0) return [ok("all words are of the vocabulary")];
  return [...strange]
    .slice(0, 10)
    .map((one) => wrong(`${one} is not of the vocabulary and reads as unknown`));
}

function strangeWords(piece: Piece): string[] {
  const json = piece.kind === "line" ? parseJson(piece.text) : null;
  const line = (json?.ok === true ? json.value : null) as RawState | null;
  if (line?.type !== "state") return [];
  const chain = Array.isArray(line.chain) ? line.chain : [];
  return [
    ...strangeWord("state", line.state, SAFETY_WORDS),
    ...strangeWord("scanState", line.scanState, SCAN_STATES),
    ...chain.flatMap((one) => strangeWord("chain.state", one?.state, CHAIN_STATES)),
  ];
}

type RawState = { type?: unknown; state?: unknown; scanState?: unknown; chain?: unknown };

function strangeWord(field: string, word: unknown, words: readonly string[]): string[] {
  return typeof word === "string" && !words.includes(word) ? [`${field} "${word.slice(0, 48)}"`] : [];
}

const ok = (text: string): SafetyFinding => ({ verdict: "ok", text });
const wrong = (text: string): SafetyFinding => ({ verdict: "wrong", text });
const note = (text: string): SafetyFinding => ({ verdict: "note", text });
