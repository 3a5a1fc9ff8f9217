import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { judge } from "#agent/link/answer.ts";
import { signBody, signingKey } from "#agent/link/keys.ts";
import { REFUSAL_MEANING } from "#agent/link/schedule.ts";
import { TROUBLES } from "#agent/link/trouble.ts";
import { acknowledgementSchema, REFUSALS } from "#core/protocol/acknowledgement.ts";
import { answerBytes, BODY_LIMIT_BYTES, fingerprintText, PAYLOAD_TYPES } from "#core/protocol/envelope.ts";
import { heartbeatSchema } from "#core/protocol/heartbeat.ts";

const page = readFileSync("docs/protocol.md", "utf8");
const PKCS8_HEAD = "302e020100300506032b657004220420";

/** What stands in the fenced block with this name. */
function block(name: string): string {
  const [, text] = new RegExp(`\`\`\`\\w+ ${name}\\n(.*)\\n\`\`\``).exec(page) ?? [];
  if (text === undefined) throw new Error(`docs/protocol.md has no block ${name}`);
  return text;
}

/** What stands in the table row that begins with this. */
function row(name: string): string {
  const [, text] = new RegExp(`^\\| ${name} \\| \`([^\`]+)\` \\|$`, "m").exec(page) ?? [];
  if (text === undefined) throw new Error(`docs/protocol.md has no row ${name}`);
  return text;
}

function pem(hex: string): string {
  const der = Buffer.from(PKCS8_HEAD + hex, "hex");
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

const scanner = signingKey(pem(row("scanner's private key \\(hex\\)")));
const server = signingKey(pem(row("server's private key \\(hex\\)")));
const body = Buffer.from(block("request"));
const answer = Buffer.from(block("answer"));

test("the worked example of docs/protocol.md is what the agent signs, byte for byte", () => {
  expect(Buffer.from(scanner.publicKey).toString("base64")).toBe(row("scanner's public key \\(base64\\)"));
  expect(scanner.keyId).toBe(row("`fiducial-key`"));
  expect(fingerprintText(scanner.keyId)).toBe(row("shown to people as"));
  expect(signBody(scanner, "heartbeat", body)).toBe(block("fiducial-sig"));
  expect(page).toContain(
    `DSSEv1 ${PAYLOAD_TYPES.heartbeat.length} ${PAYLOAD_TYPES.heartbeat} ${body.length} {"protocol":1,`,
  );
  expect(heartbeatSchema.safeParse(JSON.parse(body.toString())).success).toBe(true);
});

test("the answer of the worked example is what the agent believes, and one changed byte is not", () => {
  const signature = block("fiducial-server-sig");
  expect(sign(null, answerBytes(block("fiducial-sig"), answer), server.privateKey).toString("base64")).toBe(
    signature,
  );
  const pinned = row("server's public key \\(base64\\)");
  expect(Buffer.from(server.publicKey).toString("base64")).toBe(pinned);
  const headers = { "fiducial-server-sig": signature };
  const judged = judge({ status: 200, headers, body: answer }, block("fiducial-sig"), { pinned });
  expect(judged).toMatchObject({ kind: "answered" });
  expect(acknowledgementSchema.safeParse(JSON.parse(answer.toString())).success).toBe(true);
  const changed = Buffer.from(answer.toString().replace("false", "true "));
  expect(judge({ status: 200, headers, body: changed }, block("fiducial-sig"), { pinned })).toMatchObject({
    kind: "trouble",
  });
});

test("every refusal stands in the page with its status, every trouble with its name, every limit as it is", () => {
  for (const [code, status] of Object.entries(REFUSALS)) {
    const line = page.split("\n").find((one) => one.startsWith("| `") && one.includes(`\`${code}\``));
    expect(line, code).toContain(String(status));
    expect(REFUSAL_MEANING).toHaveProperty(code);
  }
  for (const name of Object.keys(TROUBLES)) expect(page).toContain(name);
  for (const [endpoint, bytes] of Object.entries(BODY_LIMIT_BYTES)) {
    const limit = bytes >= 1024 * 1024 ? `${bytes / 1024 / 1024} MB` : `${bytes / 1024} kB`;
    expect(page).toMatch(new RegExp(`/agent/v1/${endpoint}\`.*\\| ${limit}`));
  }
});
