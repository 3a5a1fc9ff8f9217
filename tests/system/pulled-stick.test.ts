import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Host } from "#agent/activate/host.ts";
import { statusOf } from "#agent/activate/status.ts";
import { applyBundle } from "#agent/bundle/apply.ts";
import { type Bundle, openBundle } from "#agent/bundle/bundle.ts";
import { BundleError } from "#agent/bundle/bundle-error.ts";
import { ActivatorRoom, change } from "#tests/support/activator-room.ts";
import { CarriedBundle, madeNars } from "#tests/support/carried-bundle.ts";

const POINTS = 20;
const NAR_BYTES = 12_000_000;
const IMAGE_BYTES = 40_000_000;
const canMount = process.getuid?.() === 0 && existsSync("/dev/loop-control");
if (!canMount) console.log("skipped: a stick that is pulled: no loop devices, or not root");

const made = madeNars("r1", [70_000, NAR_BYTES]);
const folder = mkdtempSync(path.join(tmpdir(), "fid-pulled-"));
const [image, good, mount] = ["image", "good", "mount"].map((name) => path.join(folder, name)) as [
  string,
  string,
  string,
];
let room: ActivatorRoom;
let host: Host;

const run = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: "pipe" });
const plugIn = () => {
  cpSync(good, image);
  run("mount", "-o", "loop,ro,nosuid,nodev,noexec", image, mount);
};
/** What is read from now on is not there: the device has an end before it, and the name leads nowhere. */
const pull = () => {
  truncateSync(image, 0);
  run("umount", "--lazy", mount);
};

beforeAll(() => {
  if (!canMount) return;
  room = new ActivatorRoom();
  room.release("r1", 1, { paths: made.paths, toplevel: made.toplevel });
  room.installation.instruct({ release: "r1", toplevel: made.toplevel, changeId: change(1) });
  const stick = new CarriedBundle(room.installation, made);
  run("truncate", "-s", String(IMAGE_BYTES), good);
  run("mkfs.ext4", "-q", "-d", stick.folder, good);
  stick.remove();
  mkdirSync(mount);
  ({ host } = room.host());
  host.store.missing = async (all) => [...all];
});
afterAll(() => {
  room?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Pulls before the n-th read. */
function pulledBefore(from: Bundle, point: number): Bundle {
  let used = 0;
  const count = () => {
    used += 1;
    if (used === point) pull();
  };
  return {
    read: (name, maxBytes) => {
      count();
      return from.read(name, maxBytes);
    },
    open: async (name) => {
      count();
      const file = await from.open(name);
      const read = (...args: unknown[]) => {
        count();
        return (file.read as (...all: unknown[]) => unknown)(...args);
      };
      return { stat: () => file.stat(), close: () => file.close(), read } as unknown as Awaited<
        ReturnType<Bundle["open"]>
      >;
    },
  };
}

/** Evidence grade: kernel. A real file system on a real block device that ends under it; vfat is not in every kernel, ext4 is. */
test.skipIf(!canMount)(
  "pulled at twenty points of its reads: a word for it, nothing half, and the next try goes through [OFF-1, U-03]",
  async () => {
    const said: string[] = [];
    const apply = (bundle: Bundle) =>
      applyBundle(
        host,
        bundle,
        () => {},
        async () => ({ ok: true }),
      ).then(
        () => "taken",
        (error: unknown) => {
          if (error instanceof BundleError) return error.reason;
          throw error;
        },
      );
    for (let point = 1; point <= POINTS; point += 1) {
      rmSync(path.join(room.folders.state, "bundle", "spool"), { recursive: true, force: true });
      plugIn();
      said.push(await apply(pulledBefore(openBundle(mount), point)));
      expect(statSync(image).size, `it was pulled before read ${point}`).toBe(0);
      expect((await statusOf(host)).told.state).toBe("none");
    }
    // Cut off while something is read, it ends there; between two reads its name is gone.
    expect(new Set(said)).toEqual(
      new Set(said.filter((word) => /^(pulled-out|incomplete|not-a-bundle|unreadable)$/.test(word))),
    );
    expect(said).toContain("pulled-out");
    plugIn();
    expect(await apply(openBundle(mount))).toBe("taken");
    pull();
    expect((await statusOf(host)).told).toMatchObject({ state: "confirmed", changeId: change(1) });
  },
);
