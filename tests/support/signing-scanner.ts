import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";

/**
 * A scanner's side of the wire, written from docs/protocol.md and sharing no code with the agent or the server: what both got wrong in
 * the same way would show here.
 */
export type Answer = { status: number; json: Record<string, unknown>; signed: boolean };

export class SigningScanner {
  readonly #key: KeyObject;
  readonly #publicRaw: Buffer;
  readonly #url: string;
  #serverKey: KeyObject | null = null;
  readonly #made = new Map<number, object>();
  scannerId = "";
  readonly keyId: string;
  readonly bootId = crypto.randomUUID();

  constructor(url: string) {
    const pair = generateKeyPairSync("ed25519");
    this.#key = pair.privateKey;
    this.#publicRaw = pair.publicKey.export({ format: "der", type: "spki" }).subarray(-32);
    this.keyId = createHash("sha256").update(this.#publicRaw).digest("hex");
    this.#url = url;
  }

  async enrol(token: string, serial: string): Promise<void> {
    const answer = await this.post("enroll", {
      protocol: 1,
      token,
      publicKey: this.#publicRaw.toString("base64"),
      serial,
      hostname: serial.toLowerCase(),
      hardwareFingerprint: createHash("sha256").update(serial).digest("hex"),
      agentVersion: "signing-scanner",
      bootId: this.bootId,
      sentAtMs: Date.now(),
    });
    if (answer.status !== 200)
      throw new Error(`enrolment answered ${answer.status} ${JSON.stringify(answer.json)}`);
    this.scannerId = String(answer.json.scannerId);
  }

  /** A report whose only moving part is a number, so that what is stored can be told apart. Sent again it is the same bytes. */
  async report(seq: number, number = seq): Promise<Answer> {
    const message = this.#made.get(seq) ?? {
      protocol: 1,
      scannerId: this.scannerId,
      bootId: this.bootId,
      bootCounter: 1,
      startCounter: 1,
      seq,
      sentAtMs: Date.now(),
      observedAtMs: Date.now(),
      uptimeMs: 1000 + seq,
      witness: null,
      facts: {
        provided: {
          state: "observed",
          value: [{ owner: "test", id: "number", value: number, unit: null, quality: "good", ageMs: 0 }],
        },
      },
    };
    this.#made.set(seq, message);
    return await this.post("report", message);
  }

  async post(endpoint: string, message: unknown): Promise<Answer> {
    const body = Buffer.from(JSON.stringify(message));
    const type = `application/vnd.fiducial.${endpoint}.v1+json`;
    const signature = sign(null, encoded(type, body), this.#key).toString("base64");
    const response = await fetch(`${this.#url}/agent/v1/${endpoint}`, {
      method: "POST",
      headers: { "content-type": type, "fiducial-key": this.keyId, "fiducial-sig": signature },
      body,
      signal: AbortSignal.timeout(10_000),
    });
    const answer = Buffer.from(await response.arrayBuffer());
    this.#learnServer(response.headers.get("fiducial-server-key"));
    const given = Buffer.from(response.headers.get("fiducial-server-sig") ?? "", "base64");
    const bytes = encoded(
      "application/vnd.fiducial.answer.v1+json",
      Buffer.concat([Buffer.from(`${signature}\n`), answer]),
    );
    const signed = this.#serverKey !== null && verify(null, bytes, this.#serverKey, given);
    return { status: response.status, json: JSON.parse(answer.toString()), signed };
  }

  #learnServer(raw: string | null): void {
    if (raw === null || this.#serverKey !== null) return;
    const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(raw, "base64")]);
    this.#serverKey = createPublicKey({ key: der, format: "der", type: "spki" });
  }
}

/** DSSE v1 pre-authentication encoding. */
function encoded(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);
}
