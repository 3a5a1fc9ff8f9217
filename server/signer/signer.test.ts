import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import { openTrust } from "#agent/trust/trust.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { onlineKeysSchema } from "#core/trust/online-keys.ts";
import type { WantedInstruction } from "#core/trust/signer-verbs.ts";
import { createLog } from "#server/log.ts";
import { Ceremony } from "#tests/support/publishing.ts";
import { CHANGE_ID, OTHER_SCANNER_ID, SCANNER_ID, type TestRelease } from "#tests/support/signed-release.ts";
import { type SignerClient, signerClient } from "./client.ts";
import { openSigner } from "./open-signer.ts";

const scannerId = scannerIdSchema.parse(SCANNER_ID);
const MINUTE_MS = 60_000;
let data: string;
let nowMs: number;
let stop: () => Promise<void>;
let signer: SignerClient;
let ceremony: Ceremony;

const log = createLog("error", () => undefined);
const open = async () => {
  stop = await openSigner(data, log, () => nowMs);
  signer = signerClient(join(data, "signer", "signer.sock"));
};
const online = () =>
  onlineKeysSchema.parse(JSON.parse(readFileSync(join(data, "signer", "online-keys.json"), "utf8")));

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "fiducial-signer-"));
  nowMs = Date.now();
  await open();
  ceremony = new Ceremony(data, online());
  ceremony.placeFirstRoots(data);
});
afterEach(() => stop());

/** As the web process does it once everything verified. */
function place(wanted: TestRelease): string {
  const { toplevel, files } = ceremony.release(wanted);
  for (const [name, bytes] of files) {
    const path = join(data, "repository", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return toplevel;
}

const wanted = (toplevel: string, change: Partial<WantedInstruction> = {}): WantedInstruction => ({
  scannerId,
  changeId: CHANGE_ID,
  action: "activate",
  release: "r1",
  system: "scanner",
  toplevel,
  notBeforeMs: nowMs,
  notAfterMs: nowMs + 60 * MINUTE_MS,
  slots: [],
  requestedBy: "Eve",
  ...change,
});
const instruct = (instruction: WantedInstruction) => signer.ask({ verb: "instruct", instruction });

/** The scanner's own verifier over what is served. */
function look(id = scannerId) {
  return openTrust({
    folder: null,
    firstRoots: ceremony.signed.firstRoots,
    scannerId: id,
    nowMs: () => nowMs,
  }).refresh({
    release: folderFetcher(join(data, "repository", "release")),
    director: folderFetcher(join(data, "repository", "director", id)),
  });
}

describe("what it signs a scanner believes [SIG-2]", () => {
  test("an instruction for a published release", async () => {
    const toplevel = place({ name: "r1", counter: 1 });
    expect(await instruct(wanted(toplevel))).toEqual({
      ok: true,
      verb: "instruct",
      seq: 1,
      directorVersion: 1,
    });
    expect(await look()).toMatchObject({
      ok: true,
      directorVersion: 1,
      instruction: { instruction: { changeId: CHANGE_ID, seq: 1, toplevel } },
    });
  });

  test("the same change asked twice is one, and survives a restart [ACT-7, E-08]", async () => {
    const toplevel = place({ name: "r1", counter: 1 });
    const first = await instruct(wanted(toplevel));
    expect(await instruct(wanted(toplevel))).toEqual(first);
    await stop();
    await open();
    expect(await instruct(wanted(toplevel))).toEqual(first);
    nowMs += 2 * MINUTE_MS;
    const other = wanted(toplevel, { changeId: SCANNER_ID });
    expect(await instruct(other)).toMatchObject({ seq: 2, directorVersion: 2 });
  });

  test("a withdrawn instruction leaves a list that asks nothing", async () => {
    const toplevel = place({ name: "r1", counter: 1 });
    await instruct(wanted(toplevel));
    const withdraw = { verb: "withdraw-instruction", scannerId, changeId: CHANGE_ID } as const;
    expect(await signer.ask(withdraw)).toMatchObject({ ok: true, directorVersion: 2 });
    expect(await look()).toMatchObject({ ok: true, instruction: null, directorVersion: 2 });
    expect(await signer.ask(withdraw)).toMatchObject({ ok: false, refused: "no-instruction" });
  });

  test("what is about to expire is signed anew, with the same words", async () => {
    const toplevel = place({ name: "r1", counter: 1 });
    await instruct(wanted(toplevel, { notAfterMs: nowMs + 3 * 24 * 60 * MINUTE_MS }));
    nowMs += 13 * 60 * MINUTE_MS;
    expect(await signer.ask({ verb: "freshen", scannerId })).toMatchObject({ ok: true, version: 2 });
    expect(await signer.ask({ verb: "freshen", scannerId })).toMatchObject({ ok: true, version: 2 });
    expect(await signer.ask({ verb: "freshen", scannerId: null })).toMatchObject({ ok: true });
    nowMs += 25 * 60 * MINUTE_MS;
    expect(await look()).toMatchObject({ ok: false, refusal: { refused: "metadata-frozen" } });
    await signer.ask({ verb: "freshen", scannerId });
    await signer.ask({ verb: "freshen", scannerId: null });
    expect(await look()).toMatchObject({
      ok: true,
      instruction: { instruction: { seq: 1, changeId: CHANGE_ID } },
    });
  });

  test("an instruction that is carried by hand is good until it ends, and the same words are served [OFF-1]", async () => {
    const toplevel = place({ name: "r1", counter: 1 });
    const notAfterMs = nowMs + 10 * 24 * 60 * MINUTE_MS;
    await instruct(wanted(toplevel, { notAfterMs }));
    const carry = { verb: "carry-instruction", scannerId, changeId: CHANGE_ID, untilMs: notAfterMs } as const;
    const refusedAs = async (change: object) => {
      const answer = await signer.ask({ ...carry, ...change });
      return answer.ok ? "signed" : answer.refused;
    };
    expect(await refusedAs({ changeId: SCANNER_ID })).toBe("no-instruction");
    expect(await refusedAs({ scannerId: scannerIdSchema.parse(OTHER_SCANNER_ID) })).toBe("no-instruction");
    expect(await refusedAs({ untilMs: notAfterMs + 1 })).toBe("instruction-too-long");
    expect(await refusedAs({ untilMs: nowMs })).toBe("instruction-too-long");
    const carried = { ok: true, directorVersion: 2, expiresAtMs: notAfterMs };
    expect(await signer.ask(carry)).toMatchObject(carried);
    expect(await signer.ask(carry), "asked again, nothing newer is made").toMatchObject(carried);
    nowMs += 9 * 24 * 60 * MINUTE_MS;
    expect(
      await signer.ask({ verb: "freshen", scannerId }),
      "it would be newer than the stick",
    ).toMatchObject({
      version: 2,
    });
    await signer.ask({ verb: "freshen", scannerId: null });
    expect(await look()).toMatchObject({ ok: true, instruction: { instruction: { seq: 1, notAfterMs } } });
    await signer.ask({ verb: "withdraw-instruction", scannerId, changeId: CHANGE_ID });
    expect(await look()).toMatchObject({ ok: true, instruction: null, directorVersion: 3 });
  });

  test("nobody has a list of another's", async () => {
    const other = scannerIdSchema.parse(OTHER_SCANNER_ID);
    await instruct(wanted(place({ name: "r1", counter: 1 })));
    expect(await signer.ask({ verb: "freshen", scannerId: other })).toMatchObject({ ok: true, version: 1 });
    expect(await look(other)).toMatchObject({ ok: true, instruction: null });
  });
});

describe("what it does not sign", () => {
  test("a release that nobody signed, a system that it does not hold, one below the floor [E-02, E-05]", async () => {
    const toplevel = place({ name: "r1", counter: 1 });
    const ask = async (change: Partial<WantedInstruction>) => {
      const answer = await instruct(wanted(toplevel, change));
      return answer.ok ? "signed" : answer.refused;
    };
    expect(await ask({ release: "r9" })).toBe("unknown-release");
    expect(await ask({ toplevel: "/nix/store/evil" })).toBe("wrong-system");
    expect(await ask({ system: "other" })).toBe("wrong-system");
    expect(await ask({ notAfterMs: nowMs + 15 * 24 * 60 * MINUTE_MS })).toBe("instruction-too-long");
    expect(await ask({ action: "rollback" })).toBe("instruction-too-long");
    place({ name: "r2", counter: 2, floor: 2 });
    expect(await ask({})).toBe("below-floor");
    expect(readdirSync(join(data, "repository", "director"))).toEqual([]);
  });

  test("a withdrawn release, unless it is gone back to", async () => {
    const toplevel = place({ name: "r1", counter: 1, withdrawn: "bad driver" });
    expect(await instruct(wanted(toplevel))).toMatchObject({ refused: "withdrawn" });
    const back = { action: "rollback", notAfterMs: nowMs + 10 * MINUTE_MS } as const;
    expect(await instruct(wanted(toplevel, back))).toMatchObject({ ok: true });
  });

  test("more than one instruction to one scanner a minute", async () => {
    const toplevel = place({ name: "r1", counter: 1 });
    await instruct(wanted(toplevel));
    nowMs += MINUTE_MS - 1;
    const second = wanted(toplevel, { changeId: SCANNER_ID });
    expect(await instruct(second)).toMatchObject({ ok: false, refused: "too-often", waitMs: 1 });
    nowMs += 1;
    expect(await instruct(second)).toMatchObject({ ok: true, seq: 2 });
  });

  test("targets that people did not sign, or older ones than were served [E-02, E-09]", async () => {
    place({ name: "r1", counter: 1 });
    expect(await signer.ask({ verb: "freshen", scannerId: null })).toMatchObject({ ok: true, version: 1 });
    const release = join(data, "repository", "release");
    const evil = readFileSync(join(release, "1.targets.json"), "utf8").replace('"version":1', '"version":2');
    writeFileSync(join(release, "2.targets.json"), evil);
    expect(await signer.ask({ verb: "freshen", scannerId: null })).toMatchObject({
      ok: false,
      refused: "not-verified",
    });
    expect(JSON.parse(readFileSync(join(release, "timestamp.json"), "utf8")).signed.version).toBe(1);
  });

  test("an older list that somebody put back [E-09]", async () => {
    place({ name: "r1", counter: 1 });
    place({ name: "r2", counter: 2 });
    expect(await signer.ask({ verb: "freshen", scannerId: null })).toMatchObject({ ok: true, version: 2 });
    rmSync(join(data, "repository", "release", "2.targets.json"));
    expect(await signer.ask({ verb: "freshen", scannerId: null })).toMatchObject({
      ok: false,
      refused: "not-verified",
      detail: expect.stringContaining("older than 2"),
    });
  });

  test("a file that is not the one its target names", async () => {
    const toplevel = place({ name: "r1", counter: 1 });
    const folder = join(data, "repository", "release", "targets", "releases", "r1");
    const [name = ""] = readdirSync(folder);
    chmodSync(join(folder, name), 0o600);
    writeFileSync(join(folder, name), "{}");
    expect(await instruct(wanted(toplevel))).toMatchObject({ ok: false, refused: "not-verified" });
  });

  test("anything before a person placed the first roots", async () => {
    await stop();
    data = mkdtempSync(join(tmpdir(), "fiducial-signer-"));
    await open();
    expect(await signer.ask({ verb: "freshen", scannerId })).toMatchObject({ refused: "not-ready" });
    expect(await signer.ask({ verb: "freshen", scannerId: null })).toMatchObject({ refused: "not-ready" });
    expect(await signer.ask({ verb: "status" })).toMatchObject({ ok: true, ready: false });
  });
});

describe("its door [K-10]", () => {
  const say = (text: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(join(data, "signer", "signer.sock"));
      let heard = "";
      socket.on("data", (chunk) => {
        heard += String(chunk);
        if (heard.endsWith("\n")) socket.end();
      });
      // Hung up on in the middle of a line is an answer, too.
      socket.on("error", () => undefined);
      socket.once("close", () => resolve(heard));
      socket.write(text);
    });

  test("knows five verbs and no other", async () => {
    for (const line of ['{"verb":"sign"}', "not json", '{"verb":"keys","private":true}', "[]", "null"])
      expect(JSON.parse(await say(`${line}\n`))).toMatchObject({ ok: false, refused: "wrong-request" });
    expect(await say("x".repeat(200_000))).toBe("");
  });

  test("gives out public halves only, and keeps the rest to its owner", async () => {
    const heard = await say('{"verb":"keys"}\n');
    const stored = JSON.parse(readFileSync(join(data, "signer", "keys.json"), "utf8")) as Record<
      string,
      string
    >;
    for (const pem of Object.values(stored)) {
      const secret = Buffer.from(pem.split("\n")[1] ?? "", "base64").subarray(-32);
      for (const spelled of [secret.toString("hex"), secret.toString("base64"), pem])
        expect(heard).not.toContain(spelled);
    }
    expect(onlineKeysSchema.parse(JSON.parse(heard).keys)).toEqual(online());
    expect(statSync(join(data, "signer", "keys.json")).mode & 0o777).toBe(0o600);
    expect(statSync(join(data, "signer", "signer.sock")).mode & 0o777).toBe(0o600);
    expect(statSync(join(data, "signer")).mode & 0o777).toBe(0o700);
  });

  test("is found where the folder's path is longer than a socket's may be", async () => {
    await stop();
    data = join(mkdtempSync(join(tmpdir(), "fiducial-signer-")), "a".repeat(60), "b".repeat(60));
    mkdirSync(data, { recursive: true });
    signer = signerClient(join(data, "signer", "signer.sock"));
    expect(await signer.ask({ verb: "status" })).toMatchObject({ ok: false, refused: "away" });
    await open();
    expect(await signer.ask({ verb: "status" })).toMatchObject({ ok: true });
    expect(statSync(join(data, "signer", "signer.sock")).mode & 0o777).toBe(0o600);
  });

  test("lets no second signer in: it would give out the same numbers", async () => {
    await expect(openSigner(data, log, () => nowMs)).rejects.toThrow(/Another signer/);
    expect(await signer.ask({ verb: "status" })).toMatchObject({ ok: true });
  });

  test("a signer that is not there is away, not a refusal", async () => {
    await stop();
    expect(await signer.ask({ verb: "status" })).toMatchObject({ ok: false, refused: "away" });
    await open();
  });
});
