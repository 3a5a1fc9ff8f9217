import type { ClosureBoot, ClosurePath } from "#core/closure/upload.ts";

/** A closure as the comparison needs it; a path list of core/closure/upload.ts is one, and so is a system of a release. */
export type Listing = {
  toplevel: string;
  paths: readonly (Omit<ClosurePath, "path"> & { path: string })[];
  boot?: ClosureBoot | null | undefined;
};
