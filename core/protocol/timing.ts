/** Intervals of the protocol, milliseconds. `design/architecture.md` §7: heartbeat every 15 s, late > 45 s, offline > 180 s. */
export const HEARTBEAT_MS = 15_000;
export const LATE_AFTER_MS = 45_000;
export const OFFLINE_AFTER_MS = 180_000;
/** Leaving offline needs this many consecutive reports (F28: flapping link). */
export const REPORTS_TO_LEAVE_OFFLINE = 2;
/** A full report is sent at least this often, unchanged or not. */
export const FULL_REPORT_MS = 15 * 60_000;
/** A safety-class item may be missing for this long while the link is live before the scanner is unsafe. */
export const SAFETY_MISSING_MS = 30_000;
/** Clock skew beyond which a report cannot be trusted for time (F19). */
export const SKEW_UNVERIFIABLE_MS = 300_000;
/** Heartbeat of the safety daemon older than this is silence (safety socket: a state at least every second). */
export const SAFETY_SILENT_MS = 2_000;
export const RETRY_CAP_MS = 120_000;
