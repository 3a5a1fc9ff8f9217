import { createHash } from "node:crypto";

/** Names and ids of a generated fleet: made of the seed and nothing else. */
export const iso = (ms: number) => new Date(ms).toISOString();
export const hash = (text: string) => createHash("sha256").update(text).digest("hex");

/** Looks like a UUID of version 7, so that every schema takes it, and depends on nothing but the seed. */
export function madeId(seed: number, name: string): string {
  const hex = hash(`${seed} ${name}`);
  return `01990000-${hex.slice(0, 4)}-7${hex.slice(4, 7)}-8${hex.slice(7, 10)}-${hex.slice(10, 22)}`;
}

export const releaseId = (seed: number, model: string, name: string) =>
  madeId(seed, `release ${model} ${name}`);
export const toplevelOf = (seed: number, model: string, name: string) =>
  storePath(`${seed} ${model} ${name}`, `nixos-system-${model.toLowerCase()}-${name}`);

export function storePath(of: string, name: string): string {
  const base = hash(of).slice(0, 32).replaceAll("e", "z");
  return `/nix/store/${base}-${name}`;
}
