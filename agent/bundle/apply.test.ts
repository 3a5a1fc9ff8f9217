import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { consider } from "#agent/activate/consider.ts";
import type { Host } from "#agent/activate/host.ts";
import { statusOf } from "#agent/activate/status.ts";
import { applyBundle, verifyBundle } from "#agent/bundle/apply.ts";
import { type Bundle, openBundle } from "#agent/bundle/bundle.ts";
import { BundleError } from "#agent/bundle/bundle-error.ts";
import type { Import } from "#agent/bundle/stage.ts";
import { ActivatorRoom, change } from "#tests/support/activator-room.ts";
import { CarriedBundle, madeNars } from "#tests/support/carried-bundle.ts";
import type { ModelScanner } from "#tests/support/model-scanner.ts";

let room: ActivatorRoom;
let host: Host;
let scanner: ModelScanner;
let bundle: CarriedBundle;
let held: Set<string>;
const made = madeNars("r1", [70_000, 9_000_000]);

beforeEach(() => {
  room = new ActivatorRoom();
  const { toplevel, paths } = made;
  room.release("r1", 1, { paths, toplevel });
  room.installation.instruct({ release: "r1", toplevel, changeId: change(1) });
  bundle = new CarriedBundle(room.installation, made);
  ({ host, scanner } = room.host());
  held = new Set();
  host.store.missing = async (all) => all.filter(({ path }) => !held.has(path));
});
afterEach(() => {
  bundle.remove();
  room.remove();
});

/** In place of Nix: takes only what lies in the activator's own folder, whole. */
const bring: Import = async (_, stage, { absent }) => {
  for (const one of absent) {
    const name = readdirSync(stage.nars).find(
      (file) => file.endsWith(".nar") && sizeOf(stage.nars, file) === one.narSize,
    );
    if (name === undefined) return { ok: false, detail: `${one.path} was not staged` };
    held.add(one.path);
  }
  return { ok: true };
};
const sizeOf = (folder: string, name: string) => readFileSync(join(folder, name)).length;

const lines: string[] = [];
const apply = (from: Bundle = openBundle(bundle.folder)) =>
  applyBundle(host, from, (line) => lines.push(line), bring);
const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => "taken",
    (error: unknown) => {
      if (error instanceof BundleError) return error.reason;
      throw error;
    },
  );

describe("a bundle for this scanner", () => {
  test("is proved without a trace, then applied, and goes the way of every change [OFF-1]", async () => {
    const found = await verifyBundle(host, openBundle(bundle.folder), () => {});
    expect(found.absent).toHaveLength(2);
    expect((await statusOf(host)).told.state).toBe("none");
    expect(existsSync(join(room.folders.state, "trust"))).toBe(false);
    await apply();
    expect((await statusOf(host)).told).toMatchObject({ state: "confirmed", changeId: change(1), to: "r1" });
    expect([scanner.current, scanner.profile]).toEqual([made.toplevel, made.toplevel]);
    expect(lines.at(-1)).toMatch(/no longer needed/);
    expect(existsSync(join(room.folders.state, "bundle", "spool"))).toBe(false);
    expect(readdirSync(room.folders.spool), "the agent's folder is left alone").toEqual([]);
  });

  test("put in again says that it is done, and brings nothing back that was left [ACT-7]", async () => {
    await apply();
    expect(await reasonOf(apply())).toBe("done-already");
  });

  test("when the network is back the server's own copy of the same instruction is over, too", async () => {
    await apply();
    room.fillSpool();
    expect(await consider(host)).toEqual({ answer: "nothing" });
    room.installation.instruct({ release: "r1", toplevel: made.toplevel, changeId: change(2) });
    room.fillSpool();
    await consider(host);
    expect(await reasonOf(apply()), "what is newer than the stick is what counts").toBe("superseded");
  });

  test("waits for consent and for the interlock as any change [ACT-2]", async () => {
    ({ host, scanner } = room.host({ consent: "needed" }));
    host.store.missing = async (all) => all.filter(({ path }) => !held.has(path));
    host.clock.sleep = async () => {
      throw new Error("waits");
    };
    await expect(apply()).rejects.toThrow("waits");
    expect((await statusOf(host)).told).toMatchObject({ state: "waiting", reason: "consent" });
    expect(scanner.profile).not.toBe(made.toplevel);
  });

  test("changes that are off stay off, and two bundles are not read at once [ACT-9]", async () => {
    const off = room.host({ enable: false }).host;
    expect(await reasonOf(applyBundle(off, openBundle(bundle.folder), () => {}, bring))).toBe("changes-off");
    const slow = openBundle(bundle.folder);
    const both = await Promise.allSettled([apply(slow), apply(slow)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

/** Ends every read from the n-th on, as a stick does that is pulled. */
function pulledAt(from: Bundle, point: number): { bundle: Bundle; used: () => number } {
  let used = 0;
  const gone = () => {
    used += 1;
    return used > point;
  };
  const EIO = () => Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
  return {
    used: () => used,
    bundle: {
      read: async (name, maxBytes) =>
        gone() ? { ok: false, problem: "unreached", detail: EIO().message } : from.read(name, maxBytes),
      open: async (name) => {
        if (gone()) throw new BundleError("pulled-out", name);
        const file = await from.open(name);
        const read = async (...args: unknown[]) => {
          if (gone()) throw EIO();
          return (file.read as (...all: unknown[]) => unknown)(...args);
        };
        return { stat: () => file.stat(), close: () => file.close(), read } as unknown as Awaited<
          ReturnType<Bundle["open"]>
        >;
      },
    },
  };
}

describe("a stick that is pulled [OFF-1, U-03]", () => {
  test("at each of its reads: says so, nothing is half, and the next try goes through", async () => {
    const counted = pulledAt(openBundle(bundle.folder), Number.POSITIVE_INFINITY);
    await verifyBundle(host, counted.bundle, () => {});
    const before = { current: scanner.current, profile: scanner.profile };
    expect(counted.used()).toBeGreaterThanOrEqual(20);
    for (let point = 0; point < counted.used(); point += 1) {
      rmSync(join(room.folders.state, "bundle", "spool"), { recursive: true, force: true });
      const why = await reasonOf(apply(pulledAt(openBundle(bundle.folder), point).bundle));
      expect(why, `at read ${point}`).toBe("pulled-out");
      expect((await statusOf(host)).told.state).toBe("none");
      expect({ current: scanner.current, profile: scanner.profile }).toEqual(before);
    }
    await apply();
    expect((await statusOf(host)).told.state).toBe("confirmed");
  });

  test("whose folder goes away is told as gone or cut off, and comes back", async () => {
    const away = `${bundle.folder}.away`;
    renameSync(bundle.folder, away);
    expect(await reasonOf(apply())).toBe("not-a-bundle");
    renameSync(away, bundle.folder);
    rmSync(bundle.path("cache"), { recursive: true });
    expect(await reasonOf(apply())).toBe("incomplete");
    expect((await statusOf(host)).told.state).toBe("none");
  });
});
