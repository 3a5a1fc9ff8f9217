import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { v7 } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statusOf } from "#agent/activate/status.ts";
import { carryOutBundle } from "#agent/bundle/command.ts";
import { verb } from "#cli/station/bundle.ts";
import { narFileName, narinfoName, narinfoText } from "#core/closure/narinfo.ts";
import { storePathSchema } from "#core/closure/store-path.ts";
import type { StickView } from "#server/change/view.ts";
import { reportBody } from "#tests/integration/report-body.ts";
import type { ScannerClient } from "#tests/integration/scanner-client.ts";
import { publish, type SignedWorld, scannerAt, signedWorld } from "#tests/integration/signed-world.ts";
import { ActivatorRoom } from "#tests/support/activator-room.ts";

/** The line that the page shows, typed at a release station: it makes a bundle that is good for as long as the page says. */
let world: SignedWorld;
let made: Awaited<ReturnType<typeof publish>>;
const scratch = mkdtempSync(join(tmpdir(), "fiducial-stick-line-"));
const station = join(scratch, "station");
const stick = join(scratch, "stick");

beforeAll(async () => {
  world = await signedWorld();
  world.ceremony.placeFirstRoots(world.server.dataFolder);
  made = await publish(world, "r1", 1);
  builtHere();
});
afterAll(async () => {
  await world.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** A station that has the archives and believes the first roots. */
function builtHere(): void {
  world.ceremony.placeFirstRoots(station);
  const put = (name: string, content: string | Buffer) => {
    mkdirSync(dirname(join(station, name)), { recursive: true });
    writeFileSync(join(station, name), content);
  };
  const settings = { solo: true, onlineKeys: "elsewhere", for: [], publishTo: null };
  put("fiducial.json", JSON.stringify({ schema: "fiducial.station/1", ...settings }));
  for (const { path, bytes } of made.contents) {
    put(`repository/cache/${narFileName(path.narHash)}`, bytes);
    const described = {
      ...path,
      path: storePathSchema.parse(path.path),
      references: path.references.map((one) => storePathSchema.parse(one)),
    };
    put(`repository/cache/${narinfoName(path.path)}`, narinfoText({ ...described, signatures: [] }));
  }
}

async function type(line: string): Promise<number> {
  const [, , ...args] = line.replace("/media/stick", stick).split(/[\s\\]+/);
  const { values, positionals, tokens } = parseArgs({
    args: [...args, "--folder", station],
    ...{ options: verb.options, allowPositionals: true, tokens: true },
  });
  const order = tokens.flatMap((one) =>
    one.kind === "option" && one.value !== undefined ? [{ name: one.name, value: one.value }] : [],
  );
  return await verb.run({ values, positionals, order });
}

test("the page's line writes a stick that lasts as long as the page says, and none before it was decided [OFF-1]", async () => {
  const scanner = await scannerAt(world, world.own);
  const ask = { scannerIds: [scanner.scannerId], action: "activate", release: "r1" };
  const asked = await world.admin.mutate("change.request", { ...ask, reason: "newer", requestKey: v7() });
  const changeId = (asked.data as { changes: { changeId: string }[] }).changes[0]?.changeId;
  const stickOf = async () =>
    ((await world.admin.query("change.get", { changeId })).data as { stick: StickView | null }).stick;
  const round = () => world.server.composed.changes.round();
  await round();
  const untilMs = Date.now() + 6 * 24 * 60 * 60_000;
  const until = `${new Date(untilMs).toISOString().slice(0, 19)}Z`;
  const serial = `S-${scanner.scannerId.slice(-6)}`;
  const early = `fiducial bundle write /media/stick --release r1 --scanner ${serial}=${scanner.scannerId} \\\n  --server ${world.server.url} --expires ${until}`;
  await expect(type(early)).rejects.toThrow(/is good until .+, and not until/);
  expect(existsSync(stick)).toBe(false);

  const decided = await world.admin.mutate("change.carry", { changeId, reason: "no network", untilMs });
  expect(decided.status).toBe(200);
  await round();
  const command = (await stickOf())?.command ?? "";
  expect(command).toBe(early);
  expect(await type(command)).toBe(0);
  const cover = readFileSync(join(stick, "README.txt"), "utf8");
  expect(cover).toContain(`${serial} (${scanner.scannerId})  activate`);
  expect(cover).toContain(until.replace("Z", ".000Z"));
  for (const name of [`director/${scanner.scannerId}`, "release/targets.json", "cache/nar"])
    expect(existsSync(join(stick, name)), name).toBe(true);

  // The same by its type plate alone, found in the file that the fleet page exports.
  rmSync(stick, { recursive: true });
  const bySerial = command.replace(`=${scanner.scannerId}`, "");
  await expect(type(bySerial)).rejects.toThrow(/no list of scanners/);
  const exported = await world.admin.fetch("/export/fleet.csv");
  writeFileSync(join(station, "fleet.csv"), Buffer.from(await exported.arrayBuffer()));
  expect(await type(bySerial)).toBe(0);
  expect(readFileSync(join(stick, "README.txt"), "utf8")).toBe(cover);
});

/** Its own word: the change failed, and it is held since. */
async function tellHeld(scanner: ScannerClient, changeId: string): Promise<void> {
  const about = { toplevel: made.toplevel, release: "r1", changeId, reason: "health-failed", sinceMs: 5 };
  const change = {
    ...{ state: "rolled-back", sinceMs: Date.now(), changeId, from: "r0", to: "r1" },
    ...{ reason: "health-failed", percent: null, budgetMs: null, energised: null },
  };
  const observed = (value: unknown) => ({ state: "observed", value });
  const facts = { change: observed(change), quarantine: observed({ held: about, blocked: [about] }) };
  const sent = reportBody(scanner.scannerId, { seq: 1 }, { facts });
  expect((await scanner.post("report", sent)).status).toBe(200);
}

test("a hold that was released in the portal ends at a scanner that hears of it from a stick [ACT-6, OFF-1]", async () => {
  const scanner = await scannerAt(world, world.own);
  const ask = { scannerIds: [scanner.scannerId], action: "activate", release: "r1", reason: "newer" };
  const asked = await world.admin.mutate("change.request", { ...ask, requestKey: v7() });
  const failed = (asked.data as { changes: { changeId: string }[] }).changes[0]?.changeId ?? asked.body;
  await world.server.composed.changes.round();
  await tellHeld(scanner, failed);
  // At most one instruction a minute.
  world.signer.aheadMs += 61_000;
  const reason = "power supply exchanged";
  expect((await world.admin.mutate("change.releaseHold", { changeId: failed, reason })).status).toBe(200);
  await world.server.composed.changes.round();

  rmSync(stick, { recursive: true, force: true });
  const line = `fiducial bundle write /media/stick --pardon --scanner ${scanner.scannerId} --server ${world.server.url}`;
  await expect(type(line.replace("--pardon", "--release r1"))).rejects.toThrow(/end of the hold/);
  expect(await type(line)).toBe(0);
  expect(existsSync(join(stick, "cache"))).toBe(false);

  const room = new ActivatorRoom();
  try {
    for (const [name, root] of Object.entries(world.ceremony.signed.firstRoots))
      writeFileSync(join(room.folders.trust, `${name}.root.json`), root);
    room.enrolAs(scanner.scannerId);
    const { host } = room.host();
    const { toplevel } = made;
    await host.records.saveHeld({
      changeId: failed,
      toplevel,
      release: "r1",
      reason: "health-failed",
      sinceMs: 5,
    });
    const applied = await carryOutBundle(
      host,
      { act: "apply", folder: stick },
      { wait: true, tell: () => {} },
    );
    expect(applied).toMatchObject({ how: "ok" });
    expect((await statusOf(host)).held).toBeNull();
  } finally {
    room.remove();
  }
});
