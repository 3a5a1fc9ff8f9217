/**
 * A page that refreshes by itself sends this header with every request nobody asked for: such a request shows what may be
 * shown, but does not keep a session alive that its owner has walked away from (B-11).
 */
export const BACKGROUND_HEADER = "fiducial-background";
