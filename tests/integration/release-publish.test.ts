import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PIECE_BYTES } from "#core/trust/publish.ts";
import { type SignedWorld, signedWorld } from "#tests/integration/signed-world.ts";
import { hasNixRooms, NixRoom, type Part } from "#tests/support/nix-room.ts";

const ready = hasNixRooms();
const scratch = mkdtempSync(join(tmpdir(), "fiducial-publish-"));

type Passed = { method: string; path: string; bytes: Buffer; range: string | undefined };
/** Stands before the server, notes what passes, and cuts the line when it is told to. */
type Line = { url: string; passed: Passed[]; cut: (path: string) => boolean; close: () => Promise<void> };

async function lineTo(target: string): Promise<Line> {
  const line: Line = { url: "", passed: [], cut: () => false, close: async () => undefined };
  const server: Server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = "", url: path = "", headers } = incoming;
    line.passed.push({ method, path, bytes: Buffer.concat(chunks), range: headers["content-range"] });
    if (line.cut(path)) {
      incoming.socket.destroy();
      return;
    }
    const { host: _, ...rest } = headers;
    const onward = request(`${target}${path}`, { method, headers: rest }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.end(Buffer.concat(chunks));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  line.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  line.close = () => new Promise((resolve) => server.close(() => resolve()));
  return line;
}

function system(version: string): Part[] {
  return [
    { name: "linux-6.6.30" },
    { name: `reconstruction-${version}`, filling: 2 * PIECE_BYTES + 1000 },
    { name: `nixos-system-nova-${version}`, needs: ["linux-6.6.30", `reconstruction-${version}`] },
  ];
}

describe.skipIf(!ready)("publishing to a server with its signer [SIG-1, SIG-8]", () => {
  let world: SignedWorld;
  let line: Line;
  let room: NixRoom;
  let program: string;
  const passphrase = join(scratch, "passphrase");

  beforeAll(async () => {
    const { buildStation } = await import("../../scripts/build-station.mjs");
    program = await buildStation(scratch);
    world = await signedWorld();
    line = await lineTo(world.server.url);
    room = new NixRoom();
    writeFileSync(passphrase, "correct horse battery staple\n", { mode: 0o600 });
  });
  afterAll(async () => {
    await line.close();
    await world.close();
    room.remove();
    rmSync(scratch, { recursive: true, force: true });
  });

  const at = (...parts: string[]) => join(room.folder, ...parts);
  const fiducial = (...args: string[]) =>
    room.run(process.execPath, [program, ...args, "--folder", at("mine")], {
      FIDUCIAL_PASSPHRASE_FILE: passphrase,
    });

  test("one person, one server: keys, first roots by hand, ship; cut in the middle, it goes on", async () => {
    const online = join(world.server.dataFolder, "signer", "online-keys.json");
    const init = await fiducial(
      "init",
      "mine",
      "--solo",
      "--name",
      "anna",
      "--for",
      "model:FM-25",
      "--online-keys",
      online,
    );
    expect(init.status, init.stderr).toBe(0);
    const toplevel = await room.build(system("1"));
    const early = await fiducial("ship", toplevel, "--to", line.url, "--yes");
    expect([early.status, early.stderr]).toEqual([5, expect.stringContaining("no-first-root")]);
    expect(early.stderr).toContain("by hand");

    const firstRoots = join(world.server.dataFolder, "repository", "first-root");
    mkdirSync(firstRoots, { recursive: true });
    for (const name of ["release.root.json", "director.root.json"])
      copyFileSync(at("mine", "repository", "first-root", name), join(firstRoots, name));
    let pieces = 0;
    line.cut = (path) => {
      pieces += path.includes("cache/nar/") ? 1 : 0;
      return pieces === 3;
    };
    const cut = await fiducial("publish", line.url);
    expect([cut.status, cut.stderr]).toEqual([4, expect.stringContaining("is not reached")]);
    line.cut = () => false;
    const before = line.passed.length;
    const done = await fiducial("publish", line.url);
    expect([done.status, done.stdout], done.stderr).toEqual([
      0,
      expect.stringContaining("Scanners see list 1"),
    ]);
    const again = line.passed.slice(before).filter((one) => one.path.includes("cache/nar/"));
    const sent = again.reduce((sum, one) => sum + one.bytes.length, 0);
    expect(sent).toBeLessThan(2 * PIECE_BYTES);
    const verified = await fiducial("verify", line.url);
    expect([verified.status, verified.stdout]).toEqual([0, expect.stringContaining("everything verifies")]);
    expect(verified.stdout).toContain("signed by anna");
  });

  test("the next release sends only what is new, and publishing twice sends nothing", async () => {
    const before = line.passed.length;
    const ship = await fiducial("ship", await room.build(system("2")), "--to", line.url, "--yes");
    expect([ship.status, ship.stdout], ship.stderr).toEqual([
      0,
      expect.stringContaining("Scanners see list 2"),
    ]);
    const names = line.passed
      .slice(before)
      .filter((one) => one.method === "PUT")
      .map((one) => one.path);
    expect(new Set(names.filter((one) => one.includes("/cache/nar/"))).size).toBe(2);
    const rest = line.passed.length;
    expect((await fiducial("publish", line.url)).status).toBe(0);
    expect(new Set(line.passed.slice(rest).map((one) => one.method))).toEqual(new Set(["GET"]));
  });

  test("nothing that a server was ever sent holds a private key [K-10]", () => {
    const folder = at("mine", "keys");
    const secrets = readdirSync(folder)
      .filter((name) => !name.endsWith(".pub"))
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .map((text) =>
        text.startsWith("{") ? String(JSON.parse(text).sealed) : (text.trim().split(":")[1] ?? ""),
      );
    expect(secrets.map((one) => one.length > 80)).toEqual(secrets.map(() => true));
    const all = Buffer.concat(line.passed.map((one) => one.bytes));
    expect(all.length).toBeGreaterThan(4 * PIECE_BYTES);
    for (const secret of secrets) expect(all.includes(secret)).toBe(false);
    expect(all.includes("PRIVATE KEY")).toBe(false);
  });

  test("a server does not take what this station's people did not sign", async () => {
    const other = (...args: string[]) =>
      room.run(process.execPath, [program, ...args, "--folder", at("other")], {
        FIDUCIAL_PASSPHRASE_FILE: passphrase,
      });
    const online = join(world.server.dataFolder, "signer", "online-keys.json");
    await other(
      "init",
      "other",
      "--solo",
      "--name",
      "mallory",
      "--for",
      "model:FM-25",
      "--online-keys",
      online,
    );
    await other("release", "create", await room.build(system("3")), "--name", "a");
    await other("release", "sign", "a", "--yes");
    for (const name of ["b", "c"]) {
      await other("release", "create", await room.build(system("3")), "--name", name);
      await other("release", "sign", name, "--yes");
    }
    const ran = await other("publish", line.url);
    expect([ran.status, ran.stderr]).toEqual([
      5,
      expect.stringMatching(/refuses release\/3\.targets\.json \((bad-signature|threshold-missed)\)/),
    ]);
    expect((await fiducial("verify", line.url)).stdout).toContain("r2: counter 2");
  });
});
