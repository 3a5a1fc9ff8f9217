import * as z from "zod";

/**
 * A manifest is what must hold on a scanner that runs one system: data, produced by Nix from the same configuration
 * (EXP-1) or adopted from what a scanner was seen to run (EXP-8). An item names a probe kind and its arguments (SEE-13);
 * a kind this program does not know gives the finding *unknown*, never silence.
 */
export const ITEM_CLASSES = ["safety", "function", "config", "info"] as const;
export type ItemClass = (typeof ITEM_CLASSES)[number];

/**
 * Blocks of the scanner's diagram (TRI-7), as the talk's figure has them: the main computer's own, then the devices around it.
 * An item without one is placed by its kind (core/block).
 */
export const BLOCKS = [
  "ui",
  "services",
  "drivers",
  "safety",
  "daq",
  "motion",
  "electronics",
  "surveillance",
  "cooling",
  "auxiliary",
] as const;
export type Block = (typeof BLOCKS)[number];

const scalar = z.union([z.string().max(512), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof scalar>;

const expectation = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("eq"), want: scalar }),
  z.strictObject({ op: z.literal("oneOf"), want: z.array(scalar).min(1).max(64) }),
  /** Inclusive; null is open. */
  z.strictObject({
    op: z.literal("range"),
    want: z.strictObject({ min: z.number().nullable(), max: z.number().nullable() }),
  }),
  /** The value may be this old at most, milliseconds. */
  z.strictObject({ op: z.literal("maxAge"), want: z.int().positive() }),
  z.strictObject({ op: z.literal("present"), want: z.boolean() }),
]);
export type Expectation = z.infer<typeof expectation>;

export const itemSchema = z.strictObject({
  id: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._:@/+-]{0,199}$/),
  /** A probe kind (core/manifest/kinds.ts), open on purpose: a newer manifest may name a newer kind. */
  kind: z.string().regex(/^[a-z][a-z0-9.-]{0,63}$/),
  args: z.record(z.string().max(64), z.string().max(512)),
  expect: expectation,
  unit: z.string().max(32).optional(),
  class: z.enum(ITEM_CLASSES),
  riskControlId: z.string().max(64).optional(),
  /** Who owns the device that is read: nobody, a unit, or the agent itself (SEE-16). */
  owner: z.string().max(128).optional(),
  /** The block of the diagram it speaks for, the part inside that block ("rp-2"), and how the block hangs on the main computer. */
  block: z.enum(BLOCKS).optional(),
  part: z.string().max(48).optional(),
  link: z.enum(["network", "serial", "pci", "usb"]).optional(),
  /** When the value may be read; its age limit runs only then (status.md). */
  while: z.enum(["always", "idle", "commissioning"]).default("always"),
});
export type Item = z.infer<typeof itemSchema>;

export const manifestSchema = z.strictObject({
  schema: z.literal("fiducial.expected/1"),
  /** Toplevel of the system this describes; null only for an observed baseline of a host without NixOS. */
  toplevel: z.string().max(512).nullable(),
  closureDigest: z.string().max(64).nullable(),
  items: z.array(itemSchema).max(2000),
});
export type Manifest = z.infer<typeof manifestSchema>;
