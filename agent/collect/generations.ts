import { posix } from "node:path";
import { observed } from "#core/report/fact.ts";
import { isUnknown, osIdentity, readGenerations } from "./nix-profile.ts";
import type { Probe } from "./probe.ts";
import { notKnown } from "./reason.ts";

const MAX_ENTRIES = 200;
const MAX_PATH = 512;

/** SEE-1: generations of the system profile still on disk, newest first; a link that dangles is listed as not present. */
export const generationsProbe: Probe<"generations"> = {
  owner: "none",
  while: "always",
  read: async (source) => {
    const { system, options, note } = source;
    const read = await readGenerations(source);
    if (isUnknown(read)) {
      const identity = await osIdentity(system);
      const elsewhere = !isUnknown(identity) && identity.get("ID") !== "nixos";
      if (elsewhere && read.reason.code === "no-such-file")
        return notKnown("not-nixos", { os: identity.get("PRETTY_NAME") ?? "" });
      return read;
    }
    for (const name of read.skipped)
      note(posix.join(options.profiles, name), "generation link that cannot be read");
    const fitting = read.generations.filter((one) => one.path.length <= MAX_PATH);
    return observed({
      profile: posix.join(options.profiles, "system"),
      entries: fitting.slice(0, MAX_ENTRIES),
      more: read.generations.length - Math.min(fitting.length, MAX_ENTRIES),
    });
  },
};
