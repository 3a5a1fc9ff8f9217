import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { KEY_HEADER, PAYLOAD_TYPES, preAuthEncoding, SIGNATURE_HEADER } from "#core/protocol/envelope.ts";

/**
 * The least that could answer a heartbeat: node:http, the body read to its end, 200 with as many bytes as the real answer. Modes add
 * the Ed25519 arithmetic that the protocol asks for and nothing else.
 */
export type BareMode = "plain" | "verify" | "verify-and-sign";
export type BareAsk = { mode: BareMode; keys: { keyId: string; publicKeyRaw: Buffer }[] };

const ANSWER = Buffer.from(
  JSON.stringify({
    protocols: [1],
    seq: null,
    needFull: false,
    needClosure: [],
    directorVersion: 0,
    auditHead: null,
    serverTimeMs: 1_795_353_600_120,
  }),
);
const SPKI = Buffer.from("302a300506032b6570032100", "hex");
const own = generateKeyPairSync("ed25519").privateKey;

process.once("message", ({ mode, keys }: BareAsk) => {
  const known = new Map(
    keys.map(({ keyId, publicKeyRaw }) => [
      keyId,
      createPublicKey({ key: Buffer.concat([SPKI, publicKeyRaw]), format: "der", type: "spki" }),
    ]),
  );
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      if (mode !== "plain") {
        const key = known.get(String(request.headers[KEY_HEADER]));
        const signature = Buffer.from(String(request.headers[SIGNATURE_HEADER]), "base64");
        const signed = preAuthEncoding(PAYLOAD_TYPES.heartbeat, body);
        if (key === undefined || !verify(null, signed, key, signature)) response.statusCode = 401;
      }
      if (mode === "verify-and-sign")
        response.setHeader("fiducial-server-sig", sign(null, ANSWER, own).toString("base64"));
      response.setHeader("content-length", ANSWER.length);
      response.end(ANSWER);
    });
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
});
process.send?.("ready");
