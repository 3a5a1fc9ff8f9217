import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { throttle } from "#agent/fetch/throttle.ts";
import type { Begun, CutScanner } from "./cut-scanner.ts";
import type { StrikeName } from "./held-cases.ts";

/** `strike` while the process waits at the point; `after` when it goes on again; `mend` when the change is over, or when it has been seen to wait. */
export type Strike = {
  /** Where a change has to use up its time before it ends. */
  budgets?: { activateMs: number };
  strike(cutter: CutScanner, change: Begun): Promise<void>;
  after?(cutter: CutScanner): Promise<void>;
  mend?(cutter: CutScanner, change: Begun): Promise<void>;
};

const FILLER = "filler";

/** To the last block, those that are kept for root, too. */
const FILL =
  'fallocate -l "$(($(stat -f -c "%f * %S" "$1")))" "$1/filler"; cat /dev/zero 2>&1 >>"$1/filler" | grep -q "No space left"';

const by = (cutter: CutScanner) => cutter.scanner.nixos.host;

async function fill(cutter: CutScanner, part: "system" | "esp"): Promise<void> {
  await cutter.onThisMachine("sh", ["-c", FILL, "sh", cutter.disk.at(part)]);
}

function makeRoom(cutter: CutScanner, part: "system" | "esp"): void {
  rmSync(path.join(cutter.disk.at(part), FILLER), { force: true });
}

function loseServer(cutter: CutScanner, reply: CutScanner["scanner"]["server"]["reply"]): void {
  cutter.scanner.server.files = null;
  cutter.scanner.server.reply = reply;
}

function giveServerBack(cutter: CutScanner): void {
  const { server } = cutter.scanner;
  server.files = cutter.workshop.repository;
  server.reply = () => null;
  server.lateMs = 0;
  server.line = null;
}

/** reliability.md §3.3, F4. */
const LATE_MS = 20_000;
const SLOW_BYTES_PER_SECOND = 1024;

/** The dead battery of a clock, and one that was set by hand (reliability.md §3.3, F7). */
const TEN_YEARS_MS = 10 * 365 * 86_400_000;
const OFF_AT_MOST_MS = 60_000;

/** All programs of the scanner see the step at once, those that run already, too. */
async function setClock(cutter: CutScanner, offMs: number): Promise<void> {
  const host = by(cutter);
  host.shiftClock(offMs);
  const told = Number(await host.must("node", ["-p", "Date.now()"]));
  expect(Math.abs(told - Date.now() - offMs)).toBeLessThan(OFF_AT_MOST_MS);
}

/** One byte of what ran before, in a file that nothing of it opens: as a disk that rots has it, below Nix's own knowledge. */
const EDIT =
  'file=$(nix-store --query --requisites "$1" | grep -- -motor-daemon-)/table; printf %s "$2" | dd of="$file" bs=1 conv=notrunc 2>&1';

/** ext4 finds an error of its own and, as errors=remount-ro has it, writes nothing from then on. */
const READ_ONLY =
  'device=$(basename "$(findmnt -n -o SOURCE "$1")"); echo "a test" >"/sys/fs/ext4/$device/trigger_fs_error"; findmnt -n -o FS-OPTIONS "$1" | grep -q "^ro\\|emergency_ro"';
/** Long enough that whoever fails was started again, and has failed again. */
const READ_ONLY_S = 8;

/** It ends as often as anybody starts it: a mask of /run counts for less than a unit of /etc, and a switch would start it again. */
const SAFETY_SICK = `mkdir -p /run/systemd/system/safetyd.service.d
printf '[Service]\\nExecStart=\\nExecStart=/bin/false\\n' >/run/systemd/system/safetyd.service.d/sick.conf
systemctl daemon-reload; systemctl stop safetyd.service`;
const SAFETY_WELL = `rm -r /run/systemd/system/safetyd.service.d/sick.conf; systemctl daemon-reload
systemctl reset-failed safetyd.service; systemctl restart safetyd.service`;
/** Its last word is old by then (core/change/gates.ts). */
const SAFETY_OLD_S = 3;
const AGENT_SICK = `mkdir -p /run/systemd/system/fiducial-agent.service.d
printf '[Service]\\nExecStart=\\nExecStart=/bin/false\\n' >/run/systemd/system/fiducial-agent.service.d/sick.conf
systemctl daemon-reload; systemctl kill --signal=KILL fiducial-agent.service || true`;
const AGENT_WELL = `rm -r /run/systemd/system/fiducial-agent.service.d/sick.conf; systemctl daemon-reload
systemctl reset-failed fiducial-agent.service; systemctl restart fiducial-agent.service`;
/** The activator of what runs now. */
export const PROGRAM = "/run/current-system/fiducial/programs/fiducial-activate.mjs";

/** What the boot loader would start: another generation than the one that it should be, once. */
function bootWrongly(cutter: CutScanner, { was, to }: Begun): void {
  const folder = path.join(cutter.disk.at("esp"), "loader/entries");
  const entries = readdirSync(folder).map((name) => ({
    name,
    text: readFileSync(path.join(folder, name), "utf8"),
  }));
  const third = entries.find(({ text }) => !text.includes(was) && !text.includes(to));
  const target = entries.find(({ text }) => text.includes(to));
  const chosen = third ?? target ?? entries[0];
  if (chosen === undefined) throw new Error("no boot entry");
  cutter.disk.bootOnce(chosen.name);
}

export const STRIKES: Readonly<Record<StrikeName, Strike>> = {
  "disk-full": {
    strike: (cutter) => fill(cutter, "system"),
    mend: async (cutter) => makeRoom(cutter, "system"),
  },
  "esp-full": {
    strike: (cutter) => fill(cutter, "esp"),
    mend: async (cutter) => makeRoom(cutter, "esp"),
  },
  "read-only": {
    strike: async (cutter) => {
      await cutter.onThisMachine("sh", ["-ec", READ_ONLY, "sh", cutter.disk.at("system")]);
    },
    after: async (cutter) => {
      await cutter.pause(READ_ONLY_S);
      await cutter.scanner.nixos.cutPower();
    },
  },
  "network-silent": {
    strike: async (cutter) => loseServer(cutter, () => ({ silent: true })),
    mend: async (cutter) => giveServerBack(cutter),
  },
  "network-slow": {
    strike: async ({ scanner: { server } }) => {
      server.lateMs = LATE_MS;
      server.line = throttle(SLOW_BYTES_PER_SECOND, { nowMs: () => performance.now(), sleep: pause });
    },
    mend: async (cutter) => giveServerBack(cutter),
  },
  "clock-ahead": {
    strike: (cutter) => setClock(cutter, TEN_YEARS_MS),
    mend: (cutter) => setClock(cutter, 0),
  },
  "clock-back": {
    strike: (cutter) => setClock(cutter, -TEN_YEARS_MS),
    mend: (cutter) => setClock(cutter, 0),
  },
  "server-errors": {
    strike: async (cutter) =>
      loseServer(cutter, () => ({ raw: { status: 503, body: "the database is away" } })),
    mend: async (cutter) => giveServerBack(cutter),
  },
  "two-commands": {
    strike: async (cutter, change) => {
      const rollback = ["rollback", "--to", change.was, "--reason", "a second command"];
      const ran = await by(cutter).run("node", [PROGRAM, ...rollback]);
      expect({ status: ran.status, said: ran.stderr }).toMatchObject({ status: expect.toBeOneOf([4, 75]) });
      await by(cutter).must("node", [PROGRAM, "recover"]);
      const { answer } = await cutter.scanner.ask({ verb: "consider" });
      expect(["under-way", "nothing"]).toContain(answer);
    },
  },
  "wrong-boot": {
    strike: async (cutter, change) => {
      bootWrongly(cutter, change);
      await cutter.scanner.nixos.cutPower();
    },
    // A generation that nobody asked for runs on once nothing is under way any more: it is told, and not fought. The next boot is the default.
    mend: async ({ scanner: { nixos } }, { was, to }) => {
      if (![was, to].includes((await nixos.seen()).current)) await nixos.cutPower();
    },
  },
  "safety-silent": {
    strike: async (cutter) => {
      await by(cutter).must("sh", ["-c", SAFETY_SICK]);
      await cutter.pause(SAFETY_OLD_S);
    },
    mend: async (cutter) => {
      await by(cutter).must("sh", ["-c", SAFETY_WELL]);
    },
  },
  "agent-crashes": {
    strike: async (cutter) => {
      await by(cutter).must("sh", ["-c", AGENT_SICK]);
    },
    mend: async (cutter) => {
      await by(cutter).must("sh", ["-c", AGENT_WELL]);
    },
  },
  "switch-locked": {
    budgets: { activateMs: 15_000 },
    strike: async (cutter) => {
      const hold = "mkdir -p /run/nixos; flock /run/nixos/switch-to-configuration.lock sleep infinity";
      await by(cutter).must("systemd-run", ["--quiet", "--unit=other-switch", "sh", "-c", hold]);
    },
    mend: async (cutter) => {
      await by(cutter).run("systemctl", ["stop", "other-switch.service"]);
    },
  },
  collected: {
    strike: async (cutter) => {
      await by(cutter).must("nix-collect-garbage", ["-d"]);
    },
  },
  edited: {
    strike: async (cutter, { was }) => {
      await by(cutter).must("sh", ["-ec", EDIT, "sh", was, "X"]);
      expect(await cutter.damaged()).toHaveLength(1);
    },
    mend: async (cutter, { was }) => {
      await by(cutter).must("sh", ["-ec", EDIT, "sh", was, "1"]);
    },
  },
};
