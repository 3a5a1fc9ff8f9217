import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Throttle } from "#agent/fetch/throttle.ts";
import type { Acknowledgement, Refusal } from "#core/protocol/acknowledgement.ts";
import { acknowledgementSchema, REFUSALS, type RefusalCode } from "#core/protocol/acknowledgement.ts";
import {
  ANSWER_SIGNATURE_HEADER,
  answerBytes,
  type Endpoint,
  fingerprintText,
  KEY_HEADER,
  PAYLOAD_TYPES,
  preAuthEncoding,
  SERVER_KEY_HEADER,
  SIGNATURE_HEADER,
} from "#core/protocol/envelope.ts";

/** A server of the agent protocol written only from docs/protocol.md, for tests of the agent: it checks, signs and remembers. */
export type Heard = { endpoint: Endpoint; body: Buffer; json: Record<string, unknown>; signature: string };
type RefusalReply = { refuse: RefusalCode; retryAfterS?: number };
type RawReply = {
  raw: { status: number; headers?: Record<string, string>; body: string; signed?: boolean };
};
export type Reply = RefusalReply | RawReply | { acknowledge: Partial<Acknowledgement> } | { silent: true };

export type StubServer = Awaited<ReturnType<typeof startStubServer>>;

const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

export async function startStubServer(tls: { key: string; cert: string } | null = null) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const rawKey = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const heard: Heard[] = [];
  const scanners = new Map<string, ReturnType<typeof createPublicKey>>();
  const kept = new Map<string, Buffer>();
  const stub = {
    /** Decides the reply to a message; null: acknowledge. */
    reply: (_heard: Heard): Reply | null => null,
    heard,
    /** Orders of reports in the sequence they were stored, each once (V-05). */
    stored: [] as string[],
    publicKeyBase64: rawKey.toString("base64"),
    fingerprint: fingerprintText(createHash("sha256").update(rawKey).digest("hex")),
    sign: (bytes: Uint8Array) => sign(null, bytes, privateKey).toString("base64"),
    learn(rawPublicKey: Uint8Array) {
      const keyId = createHash("sha256").update(rawPublicKey).digest("hex");
      scanners.set(
        keyId,
        createPublicKey({ key: Buffer.concat([SPKI_HEAD, rawPublicKey]), format: "der", type: "spki" }),
      );
    },
    url: "",
    /** A folder with both repositories and a cache, given to whoever asks below /agent/v1/tuf/ and /agent/v1/cache/; null: nothing there. */
    files: null as string | null,
    /** Files that were read once are given from memory: a bench measures who fetches, and not who reads a disk for it. */
    keepsFiles: false,
    /** The line to whoever fetches, shared by all of them; null: as fast as it goes. */
    line: null as Throttle | null,
    /** Milliseconds between what is asked and the beginning of the answer. */
    lateMs: 0,
    /** Told of every file that is asked for, by its name below the folder. */
    onFile: (_name: string): void => undefined,
    reports: () => heard.filter((one) => one.endpoint === "report"),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  const late = () => (stub.lateMs > 0 ? sleep(stub.lateMs) : Promise.resolve());

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const endpoint = (request.url ?? "").split("/").at(-1) as Endpoint;
    const signature = String(request.headers[SIGNATURE_HEADER] ?? "");
    const json = JSON.parse(body.toString("utf8")) as Record<string, unknown>;
    if (endpoint === "enroll") stub.learn(Buffer.from(String(json.publicKey), "base64"));
    const key = scanners.get(String(request.headers[KEY_HEADER]));
    const bytes = preAuthEncoding(PAYLOAD_TYPES[endpoint], body);
    const believed = key !== undefined && verify(null, bytes, key, Buffer.from(signature, "base64"));
    const one: Heard = { endpoint, body, json, signature };
    if (believed) heard.push(one);
    await late();
    const reply = believed ? stub.reply(one) : ({ refuse: key ? "bad-signature" : "unknown-key" } as const);
    deliver(response, one, reply);
  }

  function deliver(response: ServerResponse, one: Heard, reply: Reply | null): void {
    if (reply !== null && "silent" in reply) return;
    if (reply !== null && "raw" in reply) deliverRaw(response, one, reply.raw);
    else if (reply !== null && "refuse" in reply) deliverRefusal(response, one, reply);
    else deliverAnswer(response, one, reply?.acknowledge ?? {});
  }

  function deliverAnswer(response: ServerResponse, one: Heard, change: Partial<Acknowledgement>): void {
    if (one.endpoint === "enroll") {
      response.setHeader(SERVER_KEY_HEADER, stub.publicKeyBase64);
      signed(response, one, 200, enrolAnswer(one));
      return;
    }
    if (one.endpoint === "report") store(one);
    signed(response, one, 200, acknowledgement(one, change));
  }

  function deliverRaw(response: ServerResponse, one: Heard, raw: RawReply["raw"]): void {
    const { status, headers = {}, body } = raw;
    if (raw.signed === true)
      response.setHeader(ANSWER_SIGNATURE_HEADER, stub.sign(answerBytes(one.signature, Buffer.from(body))));
    response.writeHead(status, headers).end(body);
  }

  function deliverRefusal(response: ServerResponse, one: Heard, reply: RefusalReply): void {
    const refusal: Refusal = { refused: reply.refuse, message: `refused: ${reply.refuse}` };
    if (reply.retryAfterS !== undefined) refusal.retryAfterS = reply.retryAfterS;
    signed(response, one, REFUSALS[reply.refuse], refusal);
  }

  function store(one: Heard): void {
    const { bootCounter, startCounter, seq } = one.json;
    const place = `${bootCounter}.${startCounter}.${seq} ${createHash("sha256").update(one.body).digest("hex")}`;
    if (!stub.stored.includes(place)) stub.stored.push(place);
  }

  function signed(response: ServerResponse, one: Heard, status: number, json: unknown): void {
    const body = Buffer.from(JSON.stringify(json));
    response.setHeader(ANSWER_SIGNATURE_HEADER, stub.sign(answerBytes(one.signature, body)));
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  }

  function bytesOf(name: string): Buffer | null {
    try {
      const bytes = kept.get(name) ?? readFileSync(join(stub.files ?? "", name));
      if (stub.keepsFiles && name.startsWith("/cache/")) kept.set(name, bytes);
      return bytes;
    } catch {
      return null;
    }
  }

  function giveFile(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? "", "http://stub");
    const name = normalize(pathname.replace(/^\/agent\/v1\/(tuf\/)?/, "/"));
    stub.onFile(name);
    const bytes = bytesOf(name);
    if (bytes === null) {
      response.writeHead(404).end();
      return;
    }
    const from = Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const part = bytes.subarray(from);
    const range = from > 0 ? { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {};
    response.writeHead(from > 0 ? 206 : 200, { "content-length": part.length, ...range });
    sendOver(stub.line, response, request.method === "HEAD" ? Buffer.alloc(0) : part);
  }

  const handler = (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== "POST" && stub.files !== null) {
      giveFile(request, response);
      return;
    }
    answer(request, response).catch(() => response.destroy());
  };
  const server = tls === null ? createServer(handler) : createTlsServer(tls, handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stub.url = `${tls === null ? "http" : "https"}://localhost:${(server.address() as AddressInfo).port}`;
  return stub;
}

const PIECE_BYTES = 64 * 1024;

function sendOver(line: Throttle | null, response: ServerResponse, bytes: Buffer): void {
  if (line === null) response.end(bytes);
  // Who hangs up in the middle is no problem of the line.
  else pipeline(Readable.from(pieces(bytes, line)), response).catch(() => response.destroy());
}

async function* pieces(bytes: Buffer, line: Throttle): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    await line(piece.length);
    yield piece;
  }
}

export const STUB_SCANNER_ID = "01936f3e-7a2b-7c3d-8e4f-5a6b7c8d9e0f";

function enrolAnswer(one: Heard) {
  const keyId = createHash("sha256")
    .update(Buffer.from(String(one.json.publicKey), "base64"))
    .digest("hex");
  return {
    scannerId: STUB_SCANNER_ID,
    serial: one.json.serial ?? "MPI-001",
    state: "pending",
    keyFingerprint: fingerprintText(keyId),
    serverTimeMs: Date.now(),
  };
}

function acknowledgement(one: Heard, change: Partial<Acknowledgement>): Acknowledgement {
  return acknowledgementSchema.parse({
    protocols: [1],
    seq: one.endpoint === "report" ? one.json.seq : null,
    needFull: false,
    needClosure: [],
    directorVersion: 0,
    auditHead: null,
    serverTimeMs: Date.now(),
    ...change,
  });
}
