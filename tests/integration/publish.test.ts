import { existsSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { v7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Fetcher } from "#agent/trust/fetched.ts";
import { openRepository, openTrust } from "#agent/trust/trust.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";
import {
  content,
  narName,
  publish,
  released,
  type SignedWorld,
  scannerAt,
  signedWorld,
} from "#tests/integration/signed-world.ts";
import { sha256, testKey } from "#tests/support/signed-repository.ts";

let world: SignedWorld;
beforeAll(async () => {
  world = await signedWorld({ releaseKeys: 3, threshold: 2 });
});
afterAll(() => world.close());

const status = async () => {
  const answer = await fetch(`${world.server.url}/publish/v1/status`);
  return (await answer.json()) as Record<string, unknown>;
};
const list = async () => (await world.admin.query("release.list")).data as { rows: { name: string }[] };

/** Over http, as a scanner reads it. */
function over(base: string): Fetcher {
  return async (name) => {
    const answer = await world.get(`tuf/${base}/${name}`);
    if (answer.status === 404) return { ok: false, problem: "absent", detail: name };
    return { ok: true, bytes: new Uint8Array(await answer.arrayBuffer()) };
  };
}
const look = () =>
  openRepository({
    folder: null,
    repository: "release",
    firstRoot: world.ceremony.signed.firstRoots.release,
    recipient: null,
    nowMs: Date.now,
  }).refresh(over("release"));

describe("signatures authorise [SIG-2]", () => {
  test("nothing is taken before a person has placed the first roots", async () => {
    const { files } = world.ceremony.release(released("r0", 1).wanted);
    const [[name = "", bytes = Buffer.alloc(0)] = []] = files;
    expect(await world.put(name, bytes)).toMatchObject({ status: 409, json: { refused: "no-first-root" } });
    world.ceremony.placeFirstRoots(world.server.dataFolder);
    expect(await status()).toMatchObject({ state: "nothing", targets: null });
  });

  test("a release is seen at once when all of it has come, and not before", async () => {
    const { wanted, contents, toplevel } = released("r1", 2);
    const { files } = world.ceremony.release(wanted);
    delete world.ceremony.signed.release.targets["releases/r0/release.json"];
    world.ceremony.signed.release.publish();
    const version = world.ceremony.signed.release.versions.targets;
    const targets = world.ceremony.read(`${version}.targets.json`);
    const [, [releaseName = "", release = Buffer.alloc(0)] = []] = [...files];
    expect(await world.put(`release/${version}.targets.json`, targets)).toMatchObject({
      status: 200,
      json: { state: "waiting", waiting: version, missing: [{ name: releaseName, from: 0 }] },
    });
    expect((await world.get(`tuf/release/${version}.targets.json`)).status).toBe(404);
    expect((await world.put(releaseName, release)).json).toMatchObject({
      state: "waiting",
      missing: expect.arrayContaining(
        contents.map(({ path }) => ({ name: narName(path.narHash), bytes: 3_000, from: 0 })),
      ),
    });
    // It lies there, and no list that anybody can see names it.
    expect((await world.get(`tuf/${releaseName}`)).status).toBe(404);
    const [top, library] = contents;
    if (top === undefined || library === undefined) throw new Error("two contents expected");
    const half = (from: number, to: number) => ({
      range: { "content-range": `bytes ${from}-${to - 1}/3000` },
      bytes: top.bytes.subarray(from, to),
    });
    const first = half(0, 1_000);
    const name = narName(top.path.narHash);
    expect((await world.put(name, first.bytes, first.range)).json).toMatchObject({
      missing: expect.arrayContaining([{ name, bytes: 3_000, from: 1_000 }]),
    });
    expect(await world.put(name, first.bytes, first.range)).toMatchObject({ status: 416 });
    const rest = half(1_000, 3_000);
    await world.put(name, rest.bytes, rest.range);
    expect((await world.get(name)).status).toBe(404);
    expect(await list()).toMatchObject({ rows: [] });
    expect((await world.put(narName(library.path.narHash), library.bytes)).json).toMatchObject({
      state: "published",
      targets: version,
      missing: [],
    });
    expect(await look()).toMatchObject({ ok: true, targets: { versions: { targets: version } } });
    expect(Buffer.from(await (await world.get(`tuf/${releaseName}`)).arrayBuffer()).equals(release)).toBe(
      true,
    );
    const { rows } = await list();
    expect(rows).toMatchObject([
      { name: "r1", counter: 2, models: ["M"], signed: { threshold: 2, keys: 3 }, withdrawn: null },
    ]);
    const page = (await world.admin.query("release.get", { name: "r1" })).data;
    expect(page).toMatchObject({
      systems: [{ toplevel, paths: 2, narBytes: 6_000 }],
      standing: { targets: { version } },
    });
    const closures = await world.server.owner(
      `select 1 from "Closure" where toplevel = $1 and "pathCount" = 2`,
      [toplevel],
    );
    expect(closures).toHaveLength(1);
  });

  test("what it changes is told from the signed files [SIG-5]", async () => {
    await publish(world, "r2", 3);
    const compared = await world.admin.query("release.compare", { name: "r2", against: "r1" });
    expect(compared.data).toMatchObject({
      from: { name: "r1" },
      to: { name: "r2", counter: 3 },
      systems: [{ change: "changed" }],
      effects: [
        { system: "scanner", effect: expect.arrayContaining([expect.objectContaining({ code: "fetch" })]) },
      ],
    });
  });

  test("a release that is withdrawn stays, and says so", async () => {
    const target = world.ceremony.signed.release.targets["releases/r1/release.json"];
    if (target === undefined) throw new Error("r1 is not listed");
    target.custom = { counter: 2, floor: 0, withdrawn: "bad driver" };
    world.ceremony.signed.release.publish();
    const version = world.ceremony.signed.release.versions.targets;
    const put = await world.put(
      `release/${version}.targets.json`,
      world.ceremony.read(`${version}.targets.json`),
    );
    expect(put.json).toMatchObject({ state: "published", targets: version });
    expect((await list()).rows).toMatchObject([{ name: "r2" }, { name: "r1", withdrawn: "bad driver" }]);
  });
});

describe("what is not signed is refused by its name, and nothing of it is seen", () => {
  const shown = async () => ({ list: await list(), status: await status() });
  let seen: Awaited<ReturnType<typeof shown>>;
  beforeAll(async () => {
    seen = await shown();
  });
  const unchanged = async () => expect(await shown()).toEqual(seen);
  const attempt = (change?: Parameters<typeof world.ceremony.signed.release.publish>[0]) => {
    const { release } = world.ceremony.signed;
    const { targets, versions } = release;
    release.targets = { ...targets };
    const kept = { ...versions };
    release.publish(change);
    const bytes = world.ceremony.read(`${release.versions.targets}.targets.json`);
    const name = `release/${release.versions.targets}.targets.json`;
    Object.assign(release.versions, kept);
    release.targets = targets;
    return { name, bytes };
  };

  test("a list by foreign keys [E-02]", async () => {
    const { name, bytes } = attempt({ signers: { targets: [testKey(), testKey()] } });
    expect(await world.put(name, bytes)).toMatchObject({ status: 403, json: { refused: "bad-signature" } });
    await unchanged();
  });

  test("a list below the threshold [E-02]", async () => {
    const { name, bytes } = attempt({ signers: { targets: world.ceremony.releaseKeys.slice(0, 1) } });
    expect(await world.put(name, bytes)).toMatchObject({
      status: 403,
      json: { refused: "threshold-missed" },
    });
    await unchanged();
  });

  test("an older list, and the same again [E-09]", async () => {
    const { versions } = world.ceremony.signed.release;
    for (const version of [versions.targets - 1, versions.targets]) {
      const name = `release/${version}.targets.json`;
      const put = await world.put(name, world.ceremony.read(`${version}.targets.json`));
      expect(put).toMatchObject({ status: 403, json: { refused: "metadata-rolled-back" } });
    }
    await unchanged();
  });

  test("a list that is older than the one that waits [E-09]", async () => {
    const older = released("waits-1", 40);
    const [[olderName = "", olderList = Buffer.alloc(0)] = []] = world.ceremony.release(older.wanted).files;
    const newer = released("waits-2", 41);
    const [[newerName = "", newerList = Buffer.alloc(0)] = []] = world.ceremony.release(newer.wanted).files;
    expect((await world.put(newerName, newerList)).json).toMatchObject({ state: "waiting" });
    expect(await world.put(olderName, olderList)).toMatchObject({
      status: 403,
      json: { refused: "metadata-rolled-back" },
    });
    for (const name of ["waits-1", "waits-2"])
      delete world.ceremony.signed.release.targets[`releases/${name}/release.json`];
    // Nothing but what was seen before is listed: published at once, and gone from what waits.
    world.ceremony.signed.release.publish();
    const { targets } = world.ceremony.signed.release.versions;
    const put = await world.put(
      `release/${targets}.targets.json`,
      world.ceremony.read(`${targets}.targets.json`),
    );
    expect(put.json).toMatchObject({ state: "published", waiting: null });
    expect((await list()).rows).toMatchObject(
      (seen.list as { rows: { name: string }[] }).rows.map(({ name }) => ({ name })),
    );
    seen = await shown();
  });

  test("a body that nobody signed for is refused before it is read [Z-02]", async () => {
    const { port } = new URL(world.server.url);
    const path = `/publish/v1/${narName(sha256(Buffer.from("nobody's")))}`;
    const headers = { "content-length": 4 * 1024 * 1024 };
    const status = await new Promise((resolve, reject) => {
      // The head alone: a server that waits for the body answers only when its patience ends.
      const out = request(
        { host: "localhost", port, path, method: "PUT", headers, agent: false },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
          out.destroy();
        },
      );
      out.once("error", reject);
      out.flushHeaders();
    });
    expect(status).toBe(403);
  });

  test("a root that does not follow", async () => {
    const { release } = world.ceremony.signed;
    const kept = { ...release.versions };
    const foreign = release.publishRoot({ signers: { root: [testKey()] } });
    Object.assign(release.versions, kept);
    expect(await world.put("release/2.root.json", foreign)).toMatchObject({ status: 403 });
    expect(await world.put("director/2.root.json", foreign)).toMatchObject({ status: 403 });
    await unchanged();
  });

  test("a release file, a NAR or a narinfo that no waiting or published list names", async () => {
    const bytes = Buffer.from("{}");
    const names = [
      `release/targets/releases/r9/${sha256(bytes)}.release.json`,
      narName(sha256(bytes)),
      `cache/${"0".repeat(32)}.narinfo`,
    ];
    for (const name of names)
      expect(await world.put(name, bytes)).toMatchObject({ status: 403, json: { refused: "not-listed" } });
    await unchanged();
  });

  test("a swapped NAR and one that is larger than signed [E-12]", async () => {
    const made = released("r3", 4);
    const { files } = world.ceremony.release(made.wanted);
    for (const [name, bytes] of files) expect((await world.put(name, bytes)).status).toBe(200);
    const [top, library] = made.contents;
    if (top === undefined || library === undefined) throw new Error("two contents expected");
    const name = narName(top.path.narHash);
    const swapped = content("other").bytes;
    expect(await world.put(name, swapped)).toMatchObject({
      status: 403,
      json: { refused: "content-mismatch" },
    });
    const more = Buffer.concat([top.bytes, Buffer.of(1)]);
    expect(await world.put(name, more)).toMatchObject({ status: 413, json: { refused: "too-large" } });
    expect((await status()).missing).toContainEqual({ name, bytes: 3_000, from: 0 });
    expect((await world.get(name)).status).toBe(404);
    // Its scanners get it elsewhere: whoever publishes says so.
    const complete = await world.put("complete", Buffer.alloc(0));
    expect(complete.json).toMatchObject({ state: "published", missing: [] });
    expect((await list()).rows[0]).toMatchObject({ name: "r3" });
    expect((await world.get(name)).status).toBe(404);
    // And it may come later.
    expect(await world.put(name, top.bytes)).toMatchObject({ status: 200 });
    expect(Buffer.from(await (await world.get(name)).arrayBuffer()).equals(top.bytes)).toBe(true);
    seen = await shown();
  });

  test("a release file that is not the one its target names", async () => {
    const made = released("r4", 5);
    const { files } = world.ceremony.release(made.wanted);
    const [[targets = "", list4 = Buffer.alloc(0)] = [], [name = "", bytes = Buffer.alloc(0)] = []] = [
      ...files,
    ];
    await world.put(targets, list4);
    const other = Buffer.from(bytes.toString("utf8").replace('"counter":5', '"counter":6'));
    expect(await world.put(name, other)).toMatchObject({
      status: 403,
      json: { refused: "content-mismatch" },
    });
    expect(await world.put("complete", Buffer.alloc(0))).toMatchObject({ json: { state: "waiting" } });
    expect(await list()).toEqual(seen.list);
    // People sign a list without it; otherwise everything after would wait for a file that never comes.
    delete world.ceremony.signed.release.targets["releases/r4/release.json"];
  });

  test("a narinfo that says something else than the release; its Nix signatures are kept", async () => {
    const { wanted, contents } = released("r5", 6);
    for (const [name, bytes] of world.ceremony.release(wanted).files) await world.put(name, bytes);
    await world.put("complete", Buffer.alloc(0));
    const [top] = contents;
    if (top === undefined) throw new Error("contents expected");
    const { path, narHash, narSize, references } = top.path;
    const hash = path.slice("/nix/store/".length).split("-")[0];
    const nar = narName(narHash).slice("cache/".length);
    const nix32 = nar.slice("nar/".length, -".nar".length);
    const narinfo = (size: number) =>
      Buffer.from(
        [
          `StorePath: ${path}`,
          `URL: ${nar}`,
          "Compression: none",
          `NarHash: sha256:${nix32}`,
          `NarSize: ${size}`,
          `References: ${references.map((one) => one.slice("/nix/store/".length)).join(" ")}`,
          "Sig: cache-1:AAAA",
          "",
        ].join("\n"),
      );
    const name = `cache/${hash}.narinfo`;
    expect(await world.put(name, narinfo(narSize + 1))).toMatchObject({
      json: { refused: "content-mismatch" },
    });
    expect((await world.get(name)).status).toBe(404);
    expect(await world.put(name, narinfo(narSize))).toMatchObject({ status: 200 });
    expect(await (await world.get(name)).text()).toContain("Sig: cache-1:AAAA");
  });
});

describe("serving [SIG-2, SIG-4]", () => {
  test("ranges, tags and heads of a NAR", async () => {
    const { contents } = await publish(world, "r6", 7);
    const [top] = contents;
    if (top === undefined) throw new Error("contents expected");
    const name = narName(top.path.narHash);
    const range = async (wanted: string) => {
      const answer = await world.get(name, { headers: { range: wanted } });
      const bytes = Buffer.from(await answer.arrayBuffer());
      return { status: answer.status, range: answer.headers.get("content-range"), bytes };
    };
    const part = await range("bytes=1000-1999");
    expect(part).toMatchObject({ status: 206, range: "bytes 1000-1999/3000" });
    expect(part.bytes.equals(top.bytes.subarray(1000, 2000))).toBe(true);
    expect((await range("bytes=2999-")).bytes.equals(top.bytes.subarray(2999))).toBe(true);
    expect((await range("bytes=-10")).bytes.equals(top.bytes.subarray(2990))).toBe(true);
    expect(await range("bytes=3000-")).toMatchObject({ status: 416, range: "bytes */3000" });
    expect((await range("bytes=0-1,5-6")).status).toBe(200);
    const whole = await world.get(name, { method: "HEAD" });
    expect(whole.headers.get("content-length")).toBe("3000");
    const etag = whole.headers.get("etag") ?? "";
    expect((await world.get(name, { headers: { "if-none-match": etag } })).status).toBe(304);
    expect((await world.get(name, { headers: { range: "bytes=0-1", "if-range": '"other"' } })).status).toBe(
      200,
    );
    expect(await (await world.get("cache/nix-cache-info")).text()).toContain("StoreDir: /nix/store");
  });

  const raw = (path: string, method = "GET") =>
    new Promise<number>((resolve, reject) => {
      const { port } = new URL(world.server.url);
      const out = request({ host: "localhost", port, path, method, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      out.once("error", reject);
      out.end();
    });

  test.each([
    "/agent/v1/tuf/release/../../server-key",
    "/agent/v1/tuf/release/..%2f..%2fserver-key",
    "/agent/v1/tuf/release/targets/releases/r1/../../../first-root/release.root.json",
    "/agent/v1/tuf/first-root/release.root.json",
    "/agent/v1/tuf/release/targets/releases/r1/release.json",
    "/agent/v1/tuf/director/..%2f..%2fsigner/keys.json",
    "/agent/v1/tuf/director/x/timestamp.json",
    "/agent/v1/tuf/release/1.timestamp.json",
    "/agent/v1/tuf/release/01.root.json",
    "/agent/v1/cache/nar/../../../signer/keys.json",
    "/agent/v1/cache/nar/x.nar",
    "/agent/v1/cache/%00.narinfo",
    "/publish/v1/../signer/keys.json",
    "/publish/v1/release/..%2f1.root.json",
  ])("%s is no name [X-07]", async (path) => {
    expect([400, 404, 405]).toContain(await raw(path));
    expect([400, 404, 405]).toContain(await raw(path, "PUT"));
  });

  test("a link in the place of a file is not followed [X-07]", async () => {
    const { contents } = await publish(world, "r7", 8);
    const [top] = contents;
    if (top === undefined) throw new Error("contents expected");
    const name = narName(top.path.narHash);
    expect((await world.get(name)).status).toBe(200);
    const path = join(world.server.dataFolder, "repository", name);
    rmSync(path);
    symlinkSync(join(world.server.dataFolder, "signer", "keys.json"), path);
    expect((await world.get(name)).status).toBe(404);
  });

  test("a scanner gets its own, fresh, and what is nobody's is not there [E-04]", async () => {
    const scanner = await scannerAt(world, world.own);
    const scannerId = scannerIdSchema.parse(scanner.scannerId);
    const trust = openTrust({
      folder: null,
      firstRoots: world.ceremony.signed.firstRoots,
      scannerId,
      nowMs: Date.now,
    });
    const seen = await trust.refresh({ release: over("release"), director: over(`director/${scannerId}`) });
    expect(seen).toMatchObject({ ok: true, instruction: null, directorVersion: 1 });
    const nobody = "019a5b1e-0000-7000-8000-00000000dead";
    expect((await world.get(`tuf/director/${nobody}/timestamp.json`)).status).toBe(404);
    expect(readdirSync(join(world.server.dataFolder, "repository", "director"))).toEqual([scannerId]);
  });

  test("who names scanners that there are not is told to wait, and for nothing else", async () => {
    const { contents } = await publish(world, "r8", 9);
    const look = async () => (await world.get(`tuf/director/${v7()}/timestamp.json`)).status;
    const tries: number[] = [];
    for (let at = 0; at < 40; at += 1) tries.push(await look());
    expect(tries.slice(0, 10)).toEqual(Array(10).fill(404));
    expect(tries).toContain(429);
    expect((await world.get("tuf/release/timestamp.json")).status).toBe(200);
    expect((await world.get(narName(contents[0]?.path.narHash ?? ""))).status).toBe(200);
  });

  test("the web process and the repository hold no private key [K-10]", () => {
    expect(existsSync(join(world.server.dataFolder, "signer", "keys.json"))).toBe(true);
    const walk = (folder: string): string[] =>
      readdirSync(folder, { withFileTypes: true }).flatMap((one) =>
        one.isDirectory() ? walk(join(folder, one.name)) : [join(folder, one.name)],
      );
    for (const path of walk(join(world.server.dataFolder, "repository")))
      expect(path).not.toContain("keys.json");
  });
});

describe("new release keys", () => {
  test("a root that makes the list of today worthless waits for the list that its keys sign [E-02]", async () => {
    const before = await status();
    const { release } = world.ceremony.signed;
    release.keys.targets = [testKey(), testKey()];
    const root = release.publishRoot();
    const version = release.versions.root;
    expect(await world.put(`release/${version}.root.json`, root)).toMatchObject({
      status: 200,
      json: { state: "waiting", root: before.root, targets: before.targets },
    });
    // Nothing of it lies where a start would find it.
    expect(readdirSync(join(world.server.dataFolder, "repository", "release"))).not.toContain(
      `${version}.root.json`,
    );
    expect((await world.get("tuf/release/timestamp.json")).status).toBe(200);
    release.publish({ signers: { targets: release.keys.targets } });
    const { targets } = release.versions;
    const put = await world.put(
      `release/${targets}.targets.json`,
      world.ceremony.read(`${targets}.targets.json`),
    );
    expect(put.json).toMatchObject({ state: "published", root: version, targets });
    expect(await look()).toMatchObject({ ok: true, targets: { versions: { root: version, targets } } });
  });
});

test("the next root of the director counts at once; a publisher that puts it again hears no complaint", async () => {
  const { director } = world.ceremony.signed;
  const root = director.publishRoot();
  const name = `director/${director.versions.root}.root.json`;
  for (const _ of ["first", "again"]) expect(await world.put(name, root)).toMatchObject({ status: 200 });
  const other = director.publishRoot({ signers: { root: [testKey()] } });
  expect(await world.put(name, other)).toMatchObject({ status: 403 });
});
