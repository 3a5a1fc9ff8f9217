import * as z from "zod";
import { storePathSchema } from "#core/closure/store-path.ts";
import { scannerIdSchema, sha256HexSchema } from "#core/identity/identity.ts";

/** A NixOS closure has about 3,000 paths; past this the list is refused rather than cut (a cut list would have another digest). */
export const MAX_CLOSURE_PATHS = 20_000;
const MAX_KERNEL_PARAMETERS = 256;

const closurePathSchema = z.strictObject({
  path: storePathSchema,
  /** SHA-256 of the path's NAR, base16, as the Nix database has it. */
  narHash: sha256HexSchema,
  /** Bytes of the NAR. */
  narSize: z.int().nonnegative(),
  /** Positions in the list (not paths: 3,000 paths stay under 500 kB). A path may refer to itself. */
  references: z.array(z.int().nonnegative().max(MAX_CLOSURE_PATHS)).max(MAX_CLOSURE_PATHS),
});
export type ClosurePath = z.infer<typeof closurePathSchema>;

/** What the closure boots, read from the toplevel itself (`boot.json`, bootspec v1, or the files before it). */
export const closureBootSchema = z.strictObject({
  kernelParams: z.array(z.string().max(4096)).max(MAX_KERNEL_PARAMETERS),
  kernel: storePathOrFile().nullable(),
  initrd: storePathOrFile().nullable(),
  systemd: storePathOrFile().nullable(),
});
export type ClosureBoot = z.infer<typeof closureBootSchema>;

const pathListShape = {
  toplevel: storePathSchema,
  /** closureDigestText of `paths`, hashed. The server computes it again and refuses another. */
  digest: sha256HexSchema,
  /** Every path of the closure once, bytewise ascending. */
  paths: z.array(closurePathSchema).min(1).max(MAX_CLOSURE_PATHS),
  boot: closureBootSchema.nullable().optional(),
};

/** One closure with all its paths, as fiducial-facts leaves it in `/run/fiducial/closures/<digest>.json` (SEE-2). */
export const closurePathListSchema = z.strictObject(pathListShape).superRefine(checkList);
export type ClosurePathList = z.infer<typeof closurePathListSchema>;

/**
 * Body of `POST /agent/v1/closure`, sent once per unknown digest (SEE-2): the path list as fiducial-facts wrote it,
 * with the protocol and the scanner that asks to be believed.
 */
export const closureUploadSchema = z
  .strictObject({ protocol: z.literal(1), scannerId: scannerIdSchema, ...pathListShape })
  .superRefine(checkList);
export type ClosureUpload = z.infer<typeof closureUploadSchema>;

/** A file inside the store, or a store path. */
function storePathOrFile() {
  return z
    .string()
    .max(512)
    .regex(/^\/[\x21-\x7e]+$/);
}

function checkList(list: { toplevel: string; paths: ClosurePath[] }, context: z.RefinementCtx): void {
  const problem = listProblem(list.toplevel, list.paths);
  if (problem !== null) context.addIssue({ code: "custom", path: problem.path, message: problem.message });
}

/** Order, uniqueness and positions hold for the whole list or the list is refused: a digest over a lenient reading proves nothing. */
function listProblem(
  toplevel: string,
  paths: readonly ClosurePath[],
): { path: (string | number)[]; message: string } | null {
  let before = "";
  for (const [position, one] of paths.entries()) {
    if (one.path <= before)
      return { path: ["paths", position, "path"], message: "not sorted, or there twice" };
    if (one.references.some((reference) => reference >= paths.length))
      return { path: ["paths", position, "references"], message: "points outside the list" };
    before = one.path;
  }
  return paths.some((one) => one.path === toplevel)
    ? null
    : { path: ["toplevel"], message: "is not in the list" };
}
