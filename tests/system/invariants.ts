import { expect } from "vitest";
import type { ChangeScanner } from "./change-scanner.ts";

/** Change states after which nothing more happens. */
const ENDS = ["confirmed", "rolled-back", "rollback-failed", "cancelled", "expired"];

/** Words of a change that was armed. */
const BEGUN = [
  ...["armed", "activating", "rebooting", "probation", "rolling-back"],
  ...["confirmed", "rolled-back", "rollback-failed"],
];

/**
 * The invariants of a change that is over (reliability.md §3.2), read from the host with Nix's and systemd's own programs, not with ours.
 * `was` is what ran before, `to` what was asked for. Gives the word the scanner ended with.
 */
export async function expectInvariants(
  scanner: ChangeScanner,
  { was, to, changeId }: { was: string; to: string; changeId: string },
): Promise<"confirmed" | "rolled-back"> {
  const { host } = scanner.nixos;
  const seen = await scanner.nixos.seen();
  const told = await scanner.told();
  // I1: the profile is one of the two, and whole (I2).
  expect([was, to]).toContain(seen.profile);
  await host.must("nix", ["store", "verify", "--no-trust", "--recursive", seen.profile]);
  // I3, I4: what runs is the profile, and no step is under way.
  expect(seen.current).toBe(seen.profile);
  const status = await scanner.ask({ verb: "status" });
  expect(status).toMatchObject({ answer: "status", step: "rest" });
  // I5: the way back exists, verifies and is rooted by us.
  await host.must("nix", ["store", "verify", "--no-trust", "--recursive", was]);
  const roots = await host.must("sh", ["-c", "readlink -f /nix/var/nix/gcroots/fiducial/*"]);
  expect(roots.split("\n")).toContain(was);
  // I6: the word is what is seen.
  expect(told).toMatchObject({ changeId });
  expect(["confirmed", "rolled-back"]).toContain(told?.state);
  expect(seen.current).toBe(told?.state === "confirmed" ? to : was);
  // What the boot loader starts next is what was proved, and not only once.
  expect(await scanner.nixos.bootsNext()).toBe(seen.current);
  // I7: recovering again, twice, changes nothing.
  const kept = () =>
    host.must("sh", ["-c", "sha256sum /var/lib/fiducial-activate/*.json /run/fiducial/change.json"]);
  const before = await kept();
  for (let again = 0; again < 2; again += 1)
    await host.must("node", ["/nix/var/nix/gcroots/fiducial/guard/fiducial-activate.mjs", "recover"]);
  expect(await kept()).toBe(before);
  expect(await scanner.nixos.seen()).toEqual(seen);
  // I8: the safety daemon speaks.
  expect((await host.must("systemctl", ["is-active", "safetyd.service"])).trim()).toBe("active");
  // I9: nothing is left behind of what was under way.
  const debris = await host.must("sh", [
    "-c",
    "find /var/lib/fiducial-activate /nix/var/nix/gcroots/fiducial /boot/loader -name '*.tmp*' -o -name '*.part'; systemctl list-timers --all --plain --no-legend 'fiducial-deadline*.timer'",
  ]);
  expect(debris.trim()).toBe("");
  expectOneEnd(scanner, changeId);
  return told?.state === "confirmed" ? "confirmed" : "rolled-back";
}

/**
 * I10: in what the server was told by signed reports, a change ends at most once, and never in two ways. *Refused* is an end only where
 * nothing follows: the agent looks by itself, may do so while the scanner is still held, and takes the same instruction once it was
 * released (docs/faults.md); what has begun is refused no more.
 */
function expectOneEnd(scanner: ChangeScanner, changeId: string): void {
  const words = scanner.changesReported(changeId);
  expect(wordsAgainstOneEnd(words), JSON.stringify({ changeId, words })).toEqual([]);
}

/** The words of one change, in their order, that come after an end, or refuse what had begun. */
export function wordsAgainstOneEnd(words: readonly string[]): string[] {
  const begunAt = words.findIndex((word) => BEGUN.includes(word));
  const ends = new Set(words.filter((word) => ENDS.includes(word)));
  const refusedLate = begunAt !== -1 && words.lastIndexOf("refused") > begunAt;
  return [...(ends.size > 1 ? ends : []), ...(refusedLate ? ["refused"] : [])];
}
