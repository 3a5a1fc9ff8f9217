import { expect, test } from "vitest";
import type { VerifiedTargets } from "#agent/trust/verified.ts";
import { narFileName } from "#core/closure/narinfo.ts";
import type { Release } from "#core/release/release.ts";
import { createListedIndex } from "./cache-index.ts";

/** A list of releases of one path each; the hash of the path's NAR is made of the counter. */
function listed(...counters: number[]): VerifiedTargets {
  const targets = Object.fromEntries(
    counters.map((counter) => [
      `releases/r${counter}/release.json`,
      { length: 1, hashes: { sha256: `digest ${counter}` }, custom: { counter, floor: 0, withdrawn: null } },
    ]),
  );
  return { targets } as unknown as VerifiedTargets;
}
const narHash = (counter: number) => counter.toString(16).padStart(64, "0");
const nar = (counter: number) => narFileName(narHash(counter)).slice("nar/".length);

function reading() {
  const read: string[] = [];
  const index = createListedIndex(async (_, name) => {
    read.push(name);
    const counter = Number(name.slice(1));
    const path = `/nix/store/${"0".repeat(31)}${counter}-x`;
    const release = { name, paths: [{ path, narHash: narHash(counter), narSize: 7, references: [] }] };
    return counter === 0 ? null : (release as unknown as Release);
  });
  return { read, index };
}

test("nothing is read before something is asked, then the newest first, and each once [SIG-4]", async () => {
  const { read, index } = reading();
  const list = listed(1, 3, 2);
  expect(await index.find(list, "nars", nar(3))).toMatchObject({ release: "r3", narSize: 7 });
  expect(read).toEqual(["r3"]);
  const both = [index.find(list, "nars", nar(1)), index.find(list, "nars", nar(9))];
  expect(await Promise.all(both)).toEqual([expect.objectContaining({ release: "r1" }), null]);
  expect(read).toEqual(["r3", "r2", "r1"]);
  expect(await index.find(list, "narinfos", "0".repeat(32))).toBeNull();
  // The same files under a new list.
  expect(await index.find(listed(1, 2, 3, 4), "nars", nar(2))).toMatchObject({ release: "r2" });
  expect(read).toEqual(["r3", "r2", "r1"]);
  expect(await index.find(listed(1, 2, 3, 4), "nars", nar(4))).toMatchObject({ release: "r4" });
});

test("what people took off the list is found no more, and a file that is gone is looked for once", async () => {
  const { read, index } = reading();
  expect(await index.find(listed(1, 2), "nars", nar(2))).not.toBeNull();
  const shorter = listed(0, 1);
  expect(await index.find(shorter, "nars", nar(2))).toBeNull();
  expect(await index.find(shorter, "nars", nar(2))).toBeNull();
  expect(read).toEqual(["r2", "r1", "r0"]);
});
