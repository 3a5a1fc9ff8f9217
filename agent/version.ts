declare const FIDUCIAL_VERSION: string | undefined;
declare const FIDUCIAL_BUILD: string | undefined;

/** Set by scripts/build-agent.mjs; a run from source says so instead of naming a version it may not be. */
export const VERSION = typeof FIDUCIAL_VERSION === "string" ? FIDUCIAL_VERSION : "source";
export const BUILD = typeof FIDUCIAL_BUILD === "string" ? FIDUCIAL_BUILD : "source";
