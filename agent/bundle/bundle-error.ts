import type { RefusalReason } from "#core/trust/attack.ts";

/** What can be the matter with a bundle besides what core/trust/attack.ts names, each with what a technician can do about it. */
export const BUNDLE_PROBLEMS = {
  "not-a-bundle": "There is no bundle in this folder: name the folder that holds release/ and director/.",
  "not-for-this-scanner":
    "This bundle holds nothing for this scanner. The file README.txt on it names those it is for.",
  "nothing-asked":
    "The bundle asks nothing of this scanner: its instruction was taken back before it was written.",
  "done-already": "This scanner has already done what the bundle asks, or was told something newer since.",
  "not-held-by-it":
    "This scanner is not held after the change that the bundle speaks of: it was released since, or is held after a newer one.",
  "not-blocked-by-it":
    "What the bundle speaks of is not blocked on this scanner: the block was lifted since, or a newer failure blocks it.",
  superseded:
    "This scanner has heard from its server since the bundle was written, and that is newer. Write the bundle again.",
  "link-on-it":
    "The bundle holds a link or something else that is no plain file. No bundle of this product does.",
  "pulled-out": "The bundle could not be read to its end. Put it in again, and type the same command again.",
  incomplete: "The bundle is not complete: it was taken away while it was written. Write it again.",
  unreadable: "The bundle cannot be read. Try another stick.",
  "not-enrolled": "This scanner is not enrolled.",
  "not-written":
    "The results could not be written: is it mounted to be written on, and not full? fiducial-activate bundle results FOLDER tries again.",
  "copy-failed":
    "The files of the bundle could not be brought into this scanner's store. Nothing was changed.",
} as const;
export type BundleProblem = keyof typeof BUNDLE_PROBLEMS;

/** Ends the work on a bundle. Nothing that runs on the scanner was changed by then. */
export class BundleError extends Error {
  readonly reason: BundleProblem | RefusalReason;

  constructor(reason: BundleError["reason"], detail: string, options?: ErrorOptions) {
    super(detail.slice(0, 900), options);
    this.name = "BundleError";
    this.reason = reason;
  }
}
