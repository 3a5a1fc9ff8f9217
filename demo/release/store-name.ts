import { createHash } from "node:crypto";
import { type StorePath, storePathSchema } from "#core/closure/store-path.ts";

const NIX32 = "0123456789abcdfghijklmnpqrsvwxyz";

/** A store path whose hash part follows from its name and its inputs, as in Nix: other inputs, another path. */
export function storePathFor(name: string, inputs: readonly string[]): StorePath {
  const digest = createHash("sha256")
    .update([name, ...inputs].join("\n"))
    .digest();
  const hash = [...digest].map((byte) => NIX32.charAt(byte % 32)).join("");
  return storePathSchema.parse(`/nix/store/${hash}-${name}`);
}

export function narHashFor(path: string): string {
  return createHash("sha256").update(`nar\n${path}`).digest("hex");
}

/** About `kib` KiB, a little different for every path, a multiple of eight as every NAR is. */
export function narSizeFor(path: string, kib: number): number {
  const wobble = createHash("sha256").update(`size\n${path}`).digest().readUInt16BE(0) / 65_536;
  return Math.round((kib * 1024 * (0.97 + 0.06 * wobble)) / 8) * 8;
}
