const DAY_MS = 24 * 60 * 60_000;

/** How long signed files are believed, milliseconds (update-systems.md §4.1). What expired stops new changes, never a way back. */
export const ROOT_VALID_MS = 365 * DAY_MS;
export const TARGETS_VALID_MS = 180 * DAY_MS;
/** Of a folder without a server: as long as a stick may travel. */
export const FRESH_VALID_MS = 30 * DAY_MS;
