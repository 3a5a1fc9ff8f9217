import { createHash, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { request } from "node:http";

/**
 * A scanner as docs/protocol.md describes it, written from that page and sharing no code with the agent: what it proves holds for
 * any client that follows the page.
 */
export type Answer = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  json: Record<string, unknown>;
  raw: Buffer;
};

export type Endpoint = "enroll" | "report" | "heartbeat" | "closure";

export type ScannerClient = {
  scannerId: string;
  keyId: string;
  publicKeyRaw: Buffer;
  /** Signs and sends; `override` replaces headers (undefined leaves one out). */
  post: (endpoint: Endpoint, body: unknown, override?: Record<string, string | undefined>) => Promise<Answer>;
  signature: (type: string, body: Buffer) => string;
  port: number;
};

const TYPES: Record<Endpoint, string> = {
  enroll: "application/vnd.fiducial.enroll.v1+json",
  report: "application/vnd.fiducial.report.v1+json",
  heartbeat: "application/vnd.fiducial.heartbeat.v1+json",
  closure: "application/vnd.fiducial.closure.v1+json",
};

export function payloadType(endpoint: Endpoint): string {
  return TYPES[endpoint];
}

/** DSSE v1: "DSSEv1" SP len(type) SP type SP len(body) SP body. */
function preAuth(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);
}

export function newKey(): { privateKey: KeyObject; publicKeyRaw: Buffer; keyId: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const publicKeyRaw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  return { privateKey, publicKeyRaw, keyId: createHash("sha256").update(publicKeyRaw).digest("hex") };
}

export function scannerClient(port: number, scannerId: string, key = newKey()): ScannerClient {
  const signature = (type: string, body: Buffer) =>
    sign(null, preAuth(type, body), key.privateKey).toString("base64");
  return {
    scannerId,
    keyId: key.keyId,
    publicKeyRaw: key.publicKeyRaw,
    port,
    signature,
    post: (endpoint, body, override = {}) => {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
      const headers: Record<string, string | undefined> = {
        "content-type": "application/json",
        "fiducial-key": key.keyId,
        "fiducial-sig": signature(TYPES[endpoint], bytes),
        ...override,
      };
      return send(port, { path: `/agent/v1/${endpoint}`, method: "POST", headers, body: bytes });
    },
  };
}

export type Sent = {
  path: string;
  method: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
};

export function send(port: number, { path, method, headers, body }: Sent): Promise<Answer> {
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const out = request(
      {
        host: "127.0.0.1",
        port,
        path,
        method,
        agent: false,
        headers: { "content-length": body.length, ...given } as never,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const raw = Buffer.concat(chunks);
          const text = raw.toString("utf8");
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            json: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {},
            raw,
          });
        });
        response.on("error", reject);
      },
    );
    out.on("error", reject);
    out.end(body);
  });
}

/** docs/protocol.md, "Answers": Ed25519 over the pre-authentication encoding of (answer type, request signature LF body). */
export function answerHolds(serverKey: KeyObject, requestSignature: string, answer: Answer): boolean {
  const given = answer.headers["fiducial-server-sig"];
  const payload = Buffer.concat([Buffer.from(`${requestSignature}\n`), answer.raw]);
  const bytes = preAuth("application/vnd.fiducial.answer.v1+json", payload);
  return typeof given === "string" && verify(null, bytes, serverKey, Buffer.from(given, "base64"));
}
