/** Where the activator keeps and finds things. All absolute; tests put them below a folder of their own. */
export type Folders = {
  /** root 0700: journal, records, trusted metadata. */
  state: string;
  /** change.json and the socket. */
  run: string;
  /** Written by the unprivileged half. */
  spool: string;
  /** Folder of `current-system` and `booted-system`. */
  links: string;
  profiles: string;
  gcRoots: string;
  store: string;
  /** First roots. */
  trust: string;
  settings: string;
  /** The agent's own state: who this scanner is. */
  identity: string;
};

export const FOLDERS: Folders = {
  state: "/var/lib/fiducial-activate",
  run: "/run/fiducial",
  spool: "/var/spool/fiducial",
  links: "/run",
  profiles: "/nix/var/nix/profiles",
  gcRoots: "/nix/var/nix/gcroots/fiducial",
  store: "/nix/store",
  trust: "/etc/fiducial/trust",
  settings: "/etc/fiducial/changes.json",
  identity: "/var/lib/fiducial",
};
