import { posix } from "node:path";
import { type Fact, observed, type Unknown } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { readBootDefault } from "./boot-default.ts";
import {
  closureBehind,
  type Generation,
  generationNumber,
  isUnknown,
  linkTime,
  osIdentity,
  readGenerations,
} from "./nix-profile.ts";
import type { Probe, Source } from "./probe.ts";
import { notKnown } from "./reason.ts";

type ClosureRef = Fact<FactValue<"closures">["running"] extends Fact<infer T> ? T : never>;

/** SEE-1: running, booted, system profile and next boot apart from each other, each known or unknown for itself. */
export const closuresProbe: Probe<"closures"> = {
  owner: "none",
  while: "always",
  read: async (source) => {
    const read = await readGenerations(source);
    const generations = isUnknown(read) ? [] : read.generations;
    const otherSystem = await notNixos(source);
    const behind = async (link: string) =>
      explained(await behindLink(source, link, generations), otherSystem);
    return observed({
      running: await behind("/run/current-system"),
      booted: await behind("/run/booted-system"),
      profile: await behind(posix.join(source.options.profiles, "system")),
      nextBoot: explained(await nextBoot(source, generations), otherSystem),
    });
  },
};

async function behindLink(
  source: Source,
  link: string,
  generations: readonly Generation[],
): Promise<ClosureRef> {
  const found = await closureBehind(source.system, link);
  if (isUnknown(found)) return found;
  const info = await source.system.info(link);
  return observed({
    path: found.path,
    // The profile says its generation itself; for the others the newest generation with that content is meant.
    generation: numberOnTheWay(found.via) ?? numberOf(found.path, generations),
    sinceMs: info.ok ? linkTime(info.value) : null,
  });
}

async function nextBoot(source: Source, generations: readonly Generation[]): Promise<ClosureRef> {
  const found = await readBootDefault(source);
  if (isUnknown(found)) return found;
  return observed({ path: found.path, generation: numberOf(found.path, generations), sinceMs: null });
}

function numberOnTheWay(via: readonly string[]): number | null {
  for (const link of via) {
    const number = generationNumber(posix.basename(link));
    if (number !== null) return number;
  }
  return null;
}

function numberOf(path: string, generations: readonly Generation[]): number | null {
  return generations.find((one) => one.path === path)?.number ?? null;
}

/** On another operating system "no such file" would be true and useless: what is missing is NixOS. */
function explained(fact: ClosureRef, otherSystem: Unknown | null): ClosureRef {
  if (fact.state === "observed" || otherSystem === null) return fact;
  return ["no-such-file", "no-boot-loader", "facts-program-absent"].includes(fact.reason.code)
    ? otherSystem
    : fact;
}

async function notNixos({ system }: Source): Promise<Unknown | null> {
  const identity = await osIdentity(system);
  if (isUnknown(identity)) return null;
  const id = identity.get("ID") ?? "";
  return id === "nixos" ? null : notKnown("not-nixos", { os: identity.get("PRETTY_NAME") ?? id });
}
