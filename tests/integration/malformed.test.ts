import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { REFUSALS } from "#core/protocol/acknowledgement.ts";
import { CHECKS, type CheckId } from "#server/agent-api/checks.ts";
import { type IngestServer, startIngestServer } from "#tests/integration/ingest-server.ts";
import { heartbeatBody, observedClock, reportBody, unit, unitsFact } from "#tests/integration/report-body.ts";
import { type Answer, payloadType, type ScannerClient, send } from "#tests/integration/scanner-client.ts";

let server: IngestServer;
let scanner: ScannerClient;
beforeAll(async () => {
  server = await startIngestServer();
  scanner = await server.addScanner();
  expect((await scanner.post("report", good(1))).status).toBe(200);
});
afterAll(async () => {
  await server.close();
});
beforeEach(() => {
  server.refusals.length = 0;
  server.failures.length = 0;
});

const good = (seq: number, rest: Record<string, unknown> = {}) =>
  reportBody(
    scanner.scannerId,
    { seq },
    {
      sentAtMs: server.clock.wallMs,
      facts: { clock: observedClock(true), units: unitsFact(unit("a.service", "active")) },
      ...rest,
    },
  );

/** Everything a bad message could have left behind. */
async function traces(): Promise<unknown> {
  const rows = await server.sql(
    `select (select count(*)::int from "Report") reports, (select count(*)::int from "FactInterval") facts,
       (select count(*)::int from "Closure") closures, (select count(*)::int from "IdentityEvent") events,
       (select max(seq) from "ScannerState") seq, (select count(*)::int from audit.event) audit`,
  );
  return rows[0];
}

async function stoppedBy(check: CheckId, attempt: () => Promise<Answer>): Promise<void> {
  const before = await traces();
  const answer = await attempt();
  const { code } = CHECKS.find(({ id }) => id === check)!;
  expect({
    check: server.refusals.at(-1)?.check,
    refused: answer.json.refused,
    status: answer.status,
  }).toEqual({
    check,
    refused: code,
    status: REFUSALS[code],
  });
  expect(server.failures).toEqual([]);
  expect(await traces()).toEqual(before);
}

type Class = [name: string, check: CheckId, attempt: () => Promise<Answer>];
const text = (json: string) => Buffer.from(json);
const post = (body: unknown, headers?: Record<string, string | undefined>) =>
  scanner.post("report", body, headers);
const raw = (over: {
  method?: string;
  headers?: Record<string, string | string[] | undefined>;
  body?: Buffer;
}) =>
  send(server.port, {
    path: "/agent/v1/report",
    method: over.method ?? "POST",
    headers: { "content-type": "application/json", "fiducial-key": scanner.keyId, ...over.headers },
    body: over.body ?? Buffer.alloc(0),
  });
const signed = (body: Buffer, type = payloadType("report")) => scanner.signature(type, body);
const replace = (part: string, by: string) => text(JSON.stringify(good(9)).replace(part, by));

const METHODS: Class[] = ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"].map((method) => [
  `method ${method}`,
  "method",
  () => raw({ method }),
]);

const TYPES: Class[] = [
  ...[
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "application/jsonp",
    "",
  ].map(
    (type): Class => [
      `content type "${type}"`,
      "content-type",
      () => post(good(9), { "content-type": type }),
    ],
  ),
  ["no content type", "content-type", () => post(good(9), { "content-type": undefined })],
  [
    "the type of another endpoint",
    "content-type",
    () => post(good(9), { "content-type": payloadType("heartbeat") }),
  ],
  ...["gzip", "br", "deflate", "identity, gzip"].map(
    (encoding): Class => [
      `content encoding ${encoding}`,
      "content-type",
      () => post(good(9), { "content-encoding": encoding }),
    ],
  ),
];

const SIZES: Class[] = [
  ["a body of 256 kB and a byte", "size", () => post(Buffer.alloc(256 * 1024 + 1, 32))],
  ["a body of 10 MB", "size", () => post(Buffer.alloc(10 * 1024 * 1024, 32))],
  ["a heartbeat of 4 kB and a byte", "size", () => scanner.post("heartbeat", Buffer.alloc(4 * 1024 + 1, 32))],
  [
    "a path list of 4 MB and a byte",
    "size",
    () => scanner.post("closure", Buffer.alloc(4 * 1024 * 1024 + 1, 32)),
  ],
];

const SIGNATURE = () => signed(text("{}"));
const HEADERS: Class[] = [
  ["no key", "headers", () => post(good(9), { "fiducial-key": undefined })],
  ["no signature", "headers", () => post(good(9), { "fiducial-sig": undefined })],
  ["an empty signature", "headers", () => post(good(9), { "fiducial-sig": "" })],
  ["a key in capitals", "headers", () => post(good(9), { "fiducial-key": scanner.keyId.toUpperCase() })],
  ["a key of 63 digits", "headers", () => post(good(9), { "fiducial-key": scanner.keyId.slice(1) })],
  ["a key that is a path", "headers", () => post(good(9), { "fiducial-key": "../../etc/passwd" })],
  ["a key of 8 kB", "headers", () => post(good(9), { "fiducial-key": "a".repeat(8192) })],
  ["a key named __proto__", "headers", () => post(good(9), { "fiducial-key": "__proto__" })],
  [
    "two keys",
    "headers",
    () => raw({ headers: { "fiducial-key": [scanner.keyId, scanner.keyId], "fiducial-sig": SIGNATURE() } }),
  ],
  ["two signatures", "headers", () => raw({ headers: { "fiducial-sig": [SIGNATURE(), SIGNATURE()] } })],
  [
    "a signature with white space",
    "headers",
    () => post(good(9), { "fiducial-sig": `${SIGNATURE().slice(0, 40)} ${SIGNATURE().slice(40)}` }),
  ],
  [
    "a signature without padding",
    "headers",
    () => post(good(9), { "fiducial-sig": SIGNATURE().replace(/=/g, "") }),
  ],
  [
    "a signature in the other base64 alphabet",
    "headers",
    () => post(good(9), { "fiducial-sig": `-_${SIGNATURE().slice(2)}` }),
  ],
  [
    "a signature with spare bits set",
    "headers",
    () => post(good(9), { "fiducial-sig": `${SIGNATURE().slice(0, 85)}B==` }),
  ],
  [
    "a signature of 65 bytes",
    "headers",
    () => post(good(9), { "fiducial-sig": Buffer.alloc(65).toString("base64") }),
  ],
];

const KEYS: Class[] = [
  ["a key nobody has", "key", () => post(good(9), { "fiducial-key": "f".repeat(64) })],
  [
    "the signature of another key",
    "signature",
    async () => {
      const other = await server.addScanner();
      const body = text(JSON.stringify(good(9)));
      return post(body, { "fiducial-sig": other.signature(payloadType("report"), body) });
    },
  ],
  [
    "a body signed as another endpoint's",
    "signature",
    () => {
      const body = text(JSON.stringify(good(9)));
      return post(body, { "fiducial-sig": signed(body, payloadType("heartbeat")) });
    },
  ],
  [
    "a body signed as an answer",
    "signature",
    () => {
      const body = text(JSON.stringify(good(9)));
      return post(body, { "fiducial-sig": signed(body, "application/vnd.fiducial.answer.v1+json") });
    },
  ],
  [
    "a signature of zeros",
    "signature",
    () => post(good(9), { "fiducial-sig": Buffer.alloc(64).toString("base64") }),
  ],
  [
    "a byte after the signed ones",
    "signature",
    () => {
      const body = text(JSON.stringify(good(9)));
      return post(Buffer.concat([body, text(" ")]), { "fiducial-sig": signed(body) });
    },
  ],
  [
    "another scanner's report",
    "scanner",
    async () => post({ ...good(9), scannerId: (await server.addScanner()).scannerId }),
  ],
  [
    "another scanner's heartbeat",
    "scanner",
    async () => scanner.post("heartbeat", heartbeatBody((await server.addScanner()).scannerId, 1)),
  ],
];

const JSONS: Class[] = [
  ["an empty body", "json", () => post(text(""))],
  ["half a report", "json", () => post(text(JSON.stringify(good(9)).slice(0, -20)))],
  ["bad UTF-8", "json", () => post(Buffer.concat([text('{"a":"'), Buffer.from([0xff, 0xfe]), text('"}')]))],
  ["a byte order mark", "json", () => post(text(`\ufeff${JSON.stringify(good(9))}`))],
  [
    "a surrogate in UTF-8",
    "json",
    () => post(Buffer.concat([text('{"a":"'), Buffer.from([0xed, 0xa0, 0x80]), text('"}')])),
  ],
  ["NaN", "json", () => post(replace('"uptimeMs":1000', '"uptimeMs":NaN'))],
  ["Infinity", "json", () => post(replace('"uptimeMs":1000', '"uptimeMs":Infinity'))],
  ["a trailing comma", "json", () => post(replace('"uptimeMs":1000', '"uptimeMs":1000,,'))],
  ["single quotes", "json", () => post(text("{'protocol':1}"))],
  ["two documents", "json", () => post(text(JSON.stringify(good(9)).repeat(2)))],
  ["depth of 10^5", "complexity", () => post(text("[".repeat(100_000) + "]".repeat(100_000)))],
  [
    "objects nested 30 deep in an unknown fact",
    "complexity",
    () => post(good(9, { facts: { future: JSON.parse(`${'{"a":'.repeat(30)}1${"}".repeat(30)}`) } })),
  ],
  ["10^5 entries", "complexity", () => post(text(`[${"1,".repeat(100_000)}1]`))],
  [
    "a key __proto__",
    "complexity",
    () => post(replace('"facts":{', '"facts":{"__proto__":{"polluted":true},')),
  ],
  [
    "a key __proto__ in escapes",
    "complexity",
    () => post(replace('"facts":{', '"facts":{"\\u005f_proto__":{"polluted":true},')),
  ],
  [
    "a key constructor",
    "complexity",
    () => post(replace('"facts":{', '"facts":{"constructor":{"prototype":{}},')),
  ],
  [
    "a text with NUL",
    "complexity",
    () =>
      post(
        good(9, {
          facts: {
            clock: { ...observedClock(true), value: { ...observedClock(true).value, source: "a\u0000b" } },
          },
        }),
      ),
  ],
  ["half a character", "complexity", () => post(replace('"chrony"', '"\\ud800"'))],
];

const SCHEMAS: Class[] = [
  ["no object", "schema", () => post(text("[]"))],
  ["null", "schema", () => post(text("null"))],
  ["a number", "schema", () => post(text("1"))],
  ["protocol 2", "protocol", () => post({ ...good(9), protocol: 2 })],
  ["protocol 0", "protocol", () => post({ ...good(9), protocol: 0 })],
  ["a protocol in words", "schema", () => post({ ...good(9), protocol: "1" })],
  ["a field nobody knows", "schema", () => post({ ...good(9), extra: 1 })],
  [
    "a scanner id that is no UUIDv7",
    "schema",
    () => post({ ...good(9), scannerId: "00000000-0000-4000-8000-000000000000" }),
  ],
  ["a scanner id that is a path", "schema", () => post({ ...good(9), scannerId: "../1" })],
  ["a boot id that is none", "schema", () => post({ ...good(9), bootId: "x" })],
  ["a counter of 0", "schema", () => post({ ...good(9), seq: 0 })],
  ["a counter below 0", "schema", () => post({ ...good(9), bootCounter: -1 })],
  ["a counter of 2^31", "schema", () => post({ ...good(9), seq: 2 ** 31 })],
  ["a counter of 2^53", "schema", () => post({ ...good(9), seq: 2 ** 53 })],
  ["a counter of 10^400", "schema", () => post(replace('"seq":9', `"seq":1${"0".repeat(400)}`))],
  ["a counter of 1.5", "schema", () => post({ ...good(9), startCounter: 1.5 })],
  ["a time in words", "schema", () => post({ ...good(9), sentAtMs: "now" })],
  ["a time beyond the calendar", "schema", () => post({ ...good(9), sentAtMs: 8.64e15 + 1 })],
  ["a time before the epoch", "schema", () => post({ ...good(9), observedAtMs: -1 })],
  [
    "a witness that is no hash",
    "schema",
    () => post({ ...good(9), witness: { chain: "site:x", seq: 1, hash: "x" } }),
  ],
  ["facts in a list", "schema", () => post({ ...good(9), facts: [] })],
  [
    "a fact without its state",
    "schema",
    () => post(good(9, { facts: { clock: observedClock(true).value } })),
  ],
  [
    "a fact both observed and unknown",
    "schema",
    () => post(good(9, { facts: { clock: { ...observedClock(true), reason: { code: "x" } } } })),
  ],
  ["a fact kind with a space", "schema", () => post(good(9, { facts: { "a b": {} } }))],
  ["an unknown kind over 4 kB", "schema", () => post(good(9, { facts: { future: "x".repeat(5000) } }))],
  [
    "seventeen unknown kinds",
    "schema",
    () => post(good(9, { facts: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`k${n}`, 1])) })),
  ],
  [
    "601 units",
    "schema",
    () => post(good(9, { facts: { units: unitsFact(...Array(601).fill(unit("a", "active"))) } })),
  ],
  [
    "a unit name of 257",
    "schema",
    () => post(good(9, { facts: { units: unitsFact(unit("a".repeat(257), "active")) } })),
  ],
  ["a heartbeat as a report", "schema", () => post(heartbeatBody(scanner.scannerId, 1))],
  ["a report as a heartbeat", "schema", () => scanner.post("heartbeat", good(9))],
  [
    "a path list with a path outside a store",
    "schema",
    () => scanner.post("closure", closure(["/etc/passwd"])),
  ],
  [
    "a path list with ..",
    "schema",
    () => scanner.post("closure", closure([`/nix/store/../store/${STORE_NAME}`])),
  ],
  ["a path list out of order", "schema", () => scanner.post("closure", closure([PATH_B, PATH_A]))],
  ["a path list with a path twice", "schema", () => scanner.post("closure", closure([PATH_A, PATH_A]))],
  ["an empty path list", "schema", () => scanner.post("closure", closure([]))],
  ["a path list nobody asked for", "asked", () => scanner.post("closure", closure([PATH_A]))],
];

const STORE_NAME = "0123456789abcdfghijklmnpqrsvwxyz-a";
const PATH_A = `/nix/store/${STORE_NAME}`;
const PATH_B = "/nix/store/1123456789abcdfghijklmnpqrsvwxyz-b";
const closure = (paths: string[]) => ({
  protocol: 1,
  scannerId: scanner.scannerId,
  toplevel: paths[0] ?? PATH_A,
  digest: "a".repeat(64),
  paths: paths.map((path) => ({ path, narHash: "b".repeat(64), narSize: 1, references: [] })),
});

const CLASSES = [...METHODS, ...TYPES, ...SIZES, ...HEADERS, ...KEYS, ...JSONS, ...SCHEMAS];

describe("a malformed message is stopped by the check that is named, and leaves nothing [Z-01, Z-02, Z-03, Z-04]", () => {
  test.each(CLASSES)("%s → %s", async (_name, check, attempt) => {
    await stoppedBy(check, attempt);
  });

  test("every check up to the order has a class that it stops", () => {
    const covered = new Set(CLASSES.map(([, check]) => check));
    const elsewhere = [
      "time",
      "order",
      "digest",
      "token",
      "token-life",
      "token-once",
      "serial",
      "capacity",
      "database",
    ];
    const identities = ["identity-pending", "identity-refused", "identity-locked", "identity-retired"];
    expect(
      CHECKS.map(({ id }) => id)
        .filter((id) => !covered.has(id))
        .sort(),
    ).toEqual([...elsewhere, ...identities].sort());
  });

  test("a path list that does not hash to the digest it was reported under", async () => {
    const digests = {
      state: "observed",
      value: [
        {
          toplevel: PATH_A,
          narHash: "b".repeat(64),
          digest: "a".repeat(64),
          pathCount: 1,
          narSize: 1,
          computedAtMs: 1,
        },
      ],
    };
    const reporter = await server.addScanner();
    await reporter.post(
      "report",
      reportBody(
        reporter.scannerId,
        {},
        { sentAtMs: server.clock.wallMs, facts: { closureDigests: digests } },
      ),
    );
    await stoppedBy("digest", () =>
      reporter.post("closure", { ...closure([PATH_A]), scannerId: reporter.scannerId }),
    );
  });

  test("one flipped bit at every position of the body", async () => {
    const body = text(JSON.stringify(heartbeatBody(scanner.scannerId, 3)));
    const signature = signed(body, payloadType("heartbeat"));
    const before = await traces();
    for (let position = 0; position < body.length; position += 1) {
      const flipped = Buffer.from(body);
      flipped[position] = flipped[position]! ^ (1 << (position % 8));
      const answer = await scanner.post("heartbeat", flipped, { "fiducial-sig": signature });
      expect(answer.json.refused).toBe("bad-signature");
    }
    expect(await traces()).toEqual(before);
  });

  test("a gigabyte in chunks is cut soon after the limit", async () => {
    const sent = await streamUntilCut(1024 * 1024 * 1024);
    expect(sent.status).toBe(413);
    expect(sent.bytes).toBeLessThan(16 * 1024 * 1024);
    expect(server.refusals.at(-1)?.check).toBe("size");
  });

  test("both a length and chunks: no second request is smuggled in", async () => {
    const answer = await rawBytes(
      "POST /agent/v1/report HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /agent/v1/report HTTP/1.1\r\n\r\n",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  test("leaves the prototype of objects as it was", () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("a message that is odd and still well-formed", () => {
  test("words this server does not know are kept as unknown, never a crash [V-17]", async () => {
    const odd = await server.addScanner();
    const facts = {
      safety: {
        state: "observed",
        value: {
          link: "telepathic",
          daemon: null,
          version: null,
          heartbeatAgeMs: null,
          last: null,
          problem: null,
        },
      },
    };
    const answer = await odd.post(
      "report",
      reportBody(odd.scannerId, {}, { sentAtMs: server.clock.wallMs, facts }),
    );
    expect(answer.status).toBe(200);
    const [row] = await server.sql<{ link: string }>(
      `select facts #>> '{safety,value,link}' link from "ScannerState" where "scannerId" = $1`,
      [odd.scannerId],
    );
    expect(row).toEqual({ link: "unknown" });
  });

  test("any change of any field is either refused for its form or stored; never 5xx, never a stopped server [Z-01]", async () => {
    const fuzzed = await server.addScanner();
    let seq = 0;
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constant(undefined),
      fc.double(),
      fc.string({ unit: "binary" }),
    );
    const paths = fieldPaths(good(1));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), value, async (path, by) => {
        seq += 1;
        const body = changed({ ...good(seq), scannerId: fuzzed.scannerId }, path, by);
        const answer = await fuzzed.post("report", body);
        expect(answer.status, JSON.stringify(answer.json)).toBeLessThan(500);
        expect([
          "wrong-schema",
          "wrong-protocol",
          "not-your-scanner",
          "too-complex",
          "locked-out",
          undefined,
        ]).toContain(answer.json.refused);
        if (answer.json.refused === "locked-out" || seq % 20 === 0) await freshStart(fuzzed);
      }),
      { numRuns: 150, endOnFailure: true },
    );
    expect(server.failures).toEqual([]);
  }, 240_000);
});

/** Changed counters and boot ids rightly lock the scanner out; it is released for the next try. */
async function freshStart(fuzzed: ScannerClient): Promise<void> {
  await server.sql(`delete from "Report" where "scannerId" = $1`, [fuzzed.scannerId]);
  await server.sql(`delete from "ScannerState" where "scannerId" = $1`, [fuzzed.scannerId]);
  await server.sql(`update "Scanner" set identity = 'approved', "identitySince" = $2 where id = $1`, [
    fuzzed.scannerId,
    new Date(server.clock.wallMs),
  ]);
  await server.ingest.tick();
}

function fieldPaths(value: unknown, prefix: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [prefix];
  const inner = Object.entries(value).flatMap(([key, one]) => fieldPaths(one, [...prefix, key]));
  return prefix.length === 0 ? inner : [prefix, ...inner];
}

function changed(body: Record<string, unknown>, path: string[], by: unknown): unknown {
  const copy = structuredClone(body);
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, copy);
  parent[path.at(-1)!] = by;
  return copy;
}

function streamUntilCut(total: number): Promise<{ status: number; bytes: number }> {
  return new Promise((resolve, reject) => {
    const out = httpRequest({
      host: "127.0.0.1",
      port: server.port,
      path: "/agent/v1/report",
      method: "POST",
      agent: false,
      headers: { "content-type": "application/json", "transfer-encoding": "chunked" },
    });
    let bytes = 0;
    let status = 0;
    const chunk = Buffer.alloc(64 * 1024, 32);
    const pump = () => {
      while (bytes < total && !out.destroyed) {
        bytes += chunk.length;
        if (!out.write(chunk)) return void out.once("drain", pump);
      }
    };
    out.on("response", (response) => {
      status = response.statusCode ?? 0;
      response.resume();
    });
    out.on("error", (error) => (status === 0 ? reject(error) : undefined));
    out.on("close", () => resolve({ status, bytes }));
    pump();
  });
}

function rawBytes(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, "127.0.0.1", () => socket.write(bytes));
    let heard = "";
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(heard));
    socket.on("error", reject);
    socket.setTimeout(5_000, () => socket.destroy());
  });
}
