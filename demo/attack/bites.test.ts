import { Targets } from "@tufjs/models";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { METADATA_LIMIT_BYTES } from "#core/trust/layout.ts";
import type { Matched } from "#core/trust/match.ts";
import { SCRIPTS } from "#demo/attack/scripts.ts";
import { EvilRoom } from "#tests/support/evil-room.ts";

/**
 * A check that can be taken out without an attack getting through protects against nothing. Each is taken out by itself by blinding what
 * it looks at, in the one function that makes it; everything else stays as it is on a scanner.
 */
const CHECKS = [
  "system of the release",
  "list of people",
  "audience",
  "recipient of the metadata",
  "recipient of the instruction",
  "floor",
  "confirmed here",
  "number",
  "counter",
  "newest root",
  "content of the release file",
  "length of time",
  "scanning",
  "words of an instruction",
  "blocked here",
  "held",
  "expiry",
  "size",
] as const;
type Check = (typeof CHECKS)[number];
const out = vi.hoisted(() => new Set<string>());

vi.mock("#core/release/fit.ts", async (original) => {
  const real = await original<typeof import("#core/release/fit.ts")>();
  return {
    ...real,
    refuseSystem: ((system, device) =>
      out.has("audience") ? null : real.refuseSystem(system, device)) satisfies typeof real.refuseSystem,
    systemOf: ((release, matched) => {
      const [first] = release.systems;
      return out.has("system of the release") && first !== undefined
        ? { ...first, toplevel: matched.instruction.toplevel }
        : real.systemOf(release, matched);
    }) satisfies typeof real.systemOf,
  };
});

vi.mock("#core/trust/match.ts", async (original) => {
  const real = await original<typeof import("#core/trust/match.ts")>();
  const matchTargets: typeof real.matchTargets = (director, release, scannerId) => {
    const [asked] = Object.values(director);
    const named = (asked?.custom as { scannerId?: typeof scannerId } | undefined)?.scannerId;
    const who = out.has("recipient of the instruction") ? (named ?? scannerId) : scannerId;
    const custom = { counter: 3, floor: 2, withdrawn: null };
    const unlisted = Object.entries(director).map(([path, target]) => [path, { ...target, custom }] as const);
    const listed = out.has("list of people") ? { ...Object.fromEntries(unlisted), ...release } : release;
    return real.matchTargets(director, listed, who);
  };
  return { ...real, matchTargets };
});

vi.mock("#core/trust/accept.ts", async (original) => {
  const real = await original<typeof import("#core/trust/accept.ts")>();
  const refuseInstruction: typeof real.refuseInstruction = (matched, here) => {
    const { instruction } = matched;
    const short = { ...instruction, notAfterMs: Math.min(instruction.notAfterMs, here.nowMs + 60_000) };
    const seen: Matched = {
      ...matched,
      floor: out.has("floor") ? 0 : matched.floor,
      instruction: out.has("length of time") ? short : instruction,
    };
    return real.refuseInstruction(seen, {
      ...here,
      last: out.has("number") ? null : here.last,
      running: out.has("counter") ? null : here.running,
      confirmed: out.has("confirmed here") ? [...here.confirmed, instruction.toplevel] : here.confirmed,
      blocked: out.has("blocked here") ? [] : here.blocked,
      held: !out.has("held") && here.held,
    });
  };
  return { ...real, refuseInstruction };
});

vi.mock("#core/trust/instruction.ts", async (original) => {
  const real = await original<typeof import("#core/trust/instruction.ts")>();
  const words = Object.keys(real.instructionSchema.shape);
  const safeParse: typeof real.instructionSchema.safeParse = (said) => {
    const loose = Object.fromEntries(Object.entries(said as object).filter(([name]) => words.includes(name)));
    if (loose.action === "confirm") loose.action = "activate";
    return real.instructionSchema.safeParse(out.has("words of an instruction") ? loose : said);
  };
  const instructionSchema = new Proxy(real.instructionSchema, {
    get: (schema, name) => (name === "safeParse" ? safeParse : Reflect.get(schema, name)),
  });
  return { ...real, instructionSchema };
});

vi.mock("#agent/trust/release-file.ts", async (original) => {
  const real = await original<typeof import("#agent/trust/release-file.ts")>();
  const { sha256 } = await import("#agent/trust/seal.ts");
  const verifyRelease: typeof real.verifyRelease = (instruction, bytes) => {
    const target = { ...instruction.target, length: bytes.length, hashes: { sha256: sha256(bytes) } };
    const blind = { ...instruction, target };
    return real.verifyRelease(out.has("content of the release file") ? blind : instruction, bytes);
  };
  return { ...real, verifyRelease };
});

vi.mock("#agent/trust/refresh-repository.ts", async (original) => {
  const real = await original<typeof import("#agent/trust/refresh-repository.ts")>();
  const refreshRepository: typeof real.refreshRepository = (options, fetcher, ...more) =>
    real.refreshRepository(
      out.has("recipient of the metadata") ? { ...options, recipient: null } : options,
      async (name, maxBytes) =>
        out.has("newest root") && name.endsWith(".root.json")
          ? { ok: false, problem: "absent", detail: "" }
          : fetcher(name, maxBytes),
      ...more,
    );
  return { ...real, refreshRepository };
});

vi.mock("#core/change/gates.ts", async (original) => {
  const real = await original<typeof import("#core/change/gates.ts")>();
  const shutGate: typeof real.shutGate = (plan, settings, view) => {
    const { last } = view.safety;
    if (out.has("scanning") && last !== null) last.state.scanState = "idle";
    return real.shutGate(plan, settings, view);
  };
  return { ...real, shutGate };
});

/** For each script the checks that have to be out before it gets through: where there are two, either one stops it. */
const STOPPED_BY: Readonly<Record<string, readonly Check[]>> = {
  "E-01": ["system of the release"],
  "E-02": ["list of people"],
  "E-03": ["audience"],
  "E-04": ["recipient of the metadata", "recipient of the instruction"],
  "E-05": ["floor"],
  "E-06": ["confirmed here"],
  "E-07": ["number", "floor", "counter"],
  "E-08": ["number"],
  "E-09": ["expiry"],
  "E-10": ["newest root"],
  "E-11": ["content of the release file"],
  "E-12": ["size"],
  "E-13": ["length of time"],
  "E-14": ["scanning"],
  "E-15": ["words of an instruction"],
  // Its first word is none of an instruction, which E-15 shows to be looked at; this is the second.
  "E-16": ["blocked here", "held"],
};

const LIMITS = { ...METADATA_LIMIT_BYTES };
let evil: EvilRoom;
beforeEach(() => {
  // Where the library itself looks at the clock there is one function, and each kind of file inherits it.
  const signed = Object.getPrototypeOf(Targets.prototype) as { isExpired: (now: Date) => boolean };
  const { isExpired } = signed;
  vi.spyOn(signed, "isExpired").mockImplementation(function (this: unknown, now) {
    return !out.has("expiry") && isExpired.call(this, now);
  });
});
afterEach(async () => {
  out.clear();
  vi.restoreAllMocks();
  Object.assign(METADATA_LIMIT_BYTES, LIMITS);
  await evil.close();
});

/** Whether the scanner carried out, or began to, what the attacker asked for last. */
async function getsThrough(id: string, without: readonly Check[]): Promise<boolean> {
  const script = SCRIPTS.find((one) => one.id === id);
  if (script === undefined) throw new Error(`no script ${id}`);
  evil = await EvilRoom.open({ nextIsSick: script.moves.some(({ before }) => before === "next-fails") });
  for (const one of without) out.add(one);
  if (out.has("size")) Object.assign(METADATA_LIMIT_BYTES, { timestamp: 1e9 });
  for (const move of script.moves) await evil.play(move, "spool");
  const { state, changeId } = await evil.told();
  return changeId === evil.asked && state !== "refused" && state !== "waiting";
}

describe("every script bites: without the check that stops it, it gets through [SIG-2]", () => {
  test.each(SCRIPTS)("[$id] $name", async ({ id }) => {
    expect(STOPPED_BY).toHaveProperty(id);
    expect(await getsThrough(id, STOPPED_BY[id] ?? [])).toBe(true);
  });

  test.each(
    SCRIPTS.flatMap(({ id }) => {
      const checks = STOPPED_BY[id] ?? [];
      return checks.length > 1 ? checks.map((left) => ({ id, left })) : [];
    }),
  )("[$id] with only '$left' left, that one stops it", async ({ id, left }) => {
    const others = (STOPPED_BY[id] ?? []).filter((one) => one !== left);
    expect(await getsThrough(id, others)).toBe(false);
  });
});
