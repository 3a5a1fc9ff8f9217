import { createHash } from "node:crypto";
import type { StorePath } from "#core/closure/store-path.ts";

/**
 * Two closures of one system before and after an upgrade, as input-addressed store paths: a path's hash covers its content and
 * everything it refers to, so a changed package renames all that stand on it, as in a real system.
 */
export type MadePath = {
  path: StorePath;
  nar: Buffer;
  /** SHA-256 of the NAR, base16. */
  narHash: string;
  references: StorePath[];
};
/** What a path refers to comes before it; the last is the toplevel. */
export type MadeClosure = { toplevel: StorePath; paths: MadePath[] };

const PATHS = 3_058;
const NIX32 = "0123456789abcdfghijklmnpqrsvwxyz";

export function madeClosures(): { before: MadeClosure; after: MadeClosure } {
  return {
    before: closure((index) => packageAt(index, false)),
    after: closure((index) => packageAt(index, true)),
  };
}

type Package = { name: string; bytes: number } | null;

/** Every 11th package moves up a version, every 37th grows, every 53rd goes or comes. */
function packageAt(index: number, upgraded: boolean): Package {
  const comes = index % 53 === 7;
  const goes = index % 53 === 11;
  if ((comes && !upgraded) || (goes && upgraded)) return null;
  const output = index % 10 === 3 ? "-dev" : "";
  const patch = upgraded && index % 11 === 4 ? 1 : 0;
  const grown = upgraded && index % 37 === 5 ? 24_000 : 0;
  // Two neighbours are outputs of one package, as "openssl-3.0.13" and "openssl-3.0.13-dev" are.
  const name = `lib${letters(output === "" ? index : index - 1)}`;
  return {
    name: `${name}-1.${index % 9}.${patch}${output}`,
    bytes: 100 + ((index * 7_919) % 20_000) + grown,
  };
}

function letters(value: number): string {
  const letter = String.fromCharCode(97 + (value % 26));
  return value < 26 ? letter : `${letters(Math.floor(value / 26))}${letter}`;
}

/** Every path stands on a few made before it, near and far; the toplevel stands on all, so that nothing is left out. */
function closure(at: (index: number) => Package): MadeClosure {
  const made = new Map<number, MadePath>();
  for (let index = 0; index < PATHS - 1; index += 1) {
    const one = at(index);
    if (one === null) continue;
    // Halving keeps the chain of dependents short: a change renames some forty paths and not all.
    const needs = new Set([Math.floor(index / 2), Math.floor(index / 3), (index * 31) % (index + 1)]);
    const references = [...needs].flatMap((need) => (need === index ? [] : (made.get(need)?.path ?? [])));
    made.set(index, madePath(one, references));
  }
  const all = [...made.values()];
  const top = madePath(
    { name: "nixos-system-fm25-26.05", bytes: 200 },
    all.map(({ path }) => path),
  );
  return { toplevel: top.path, paths: [...all, top] };
}

function madePath({ name, bytes }: { name: string; bytes: number }, references: StorePath[]): MadePath {
  const content = Buffer.alloc(bytes, name);
  const digest = createHash("sha256").update(name).update(content).update(references.join(" ")).digest();
  const hash = [...digest].map((byte) => NIX32.charAt(byte % 32)).join("");
  const nar = narOf(content);
  return {
    path: `/nix/store/${hash}-${name}` as StorePath,
    nar,
    narHash: createHash("sha256").update(nar).digest("hex"),
    references,
  };
}

/** A NAR of one regular file (Nix manual, "Nix Archive format"). */
function narOf(content: Buffer): Buffer {
  const words = ["nix-archive-1", "(", "type", "regular", "contents", content, ")"];
  return Buffer.concat(words.map(framed));
}

const EXPORT_MAGIC = 0x4558_494e;

/** What `nix-store --export` writes and `--import` reads (src/libstore/export-import.cc), unsigned. */
export function exportStream(paths: readonly MadePath[]): Buffer {
  const parts = paths.flatMap(({ path, nar, references }) => [
    number(1),
    nar,
    number(EXPORT_MAGIC),
    framed(path),
    number(references.length),
    ...references.map(framed),
    framed(""),
    number(0),
  ]);
  return Buffer.concat([...parts, number(0)]);
}

/** Length, bytes, and zeros up to a multiple of eight. */
function framed(content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([number(bytes.length), bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
