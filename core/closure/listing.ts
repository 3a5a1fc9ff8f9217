import type { ClosureBoot, ClosurePath } from "#core/closure/upload.ts";

/** A closure as the comparison needs it; a path list of core/closure/upload.ts is one. */
export type Listing = {
  toplevel: string;
  paths: readonly ClosurePath[];
  boot?: ClosureBoot | null | undefined;
};
