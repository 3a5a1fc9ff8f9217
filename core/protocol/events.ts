/**
 * socket.io event maps, typed once. The socket only nudges: it says *these ids changed*, and the browser asks again
 * through tRPC, where access is checked (architecture.md §4). No fact ever travels here.
 */
export type ServerToBrowser = {
  /** Ids of scanners whose shown state changed; only ids the socket's user may see. */
  "scanners-changed": (ids: readonly string[]) => void;
  /** A list outside the scanners changed (enrolments, people, sites, releases). */
  "list-changed": (list: "enrolment" | "people" | "site" | "release") => void;
  /** The running server's build; another build asks the reader to reload. */
  hello: (build: string) => void;
};
export type BrowserToServer = Record<string, never>;
