/**
 * Every reason why a fact can be unknown, in the order of the catalogue (`unknown.<code>`). The agent types its reasons by this
 * list; a reader still accepts any code, because a newer agent may know more (SEE-14). Params in brackets.
 */
export const REASON_CODES = [
  /** The host runs another operating system. [os] */
  "not-nixos",
  /** [path] */
  "no-such-file",
  /** The agent's user may not read it. [path] */
  "denied",
  /** Only root may read it, and the agent is not root. [path] */
  "needs-root",
  /** Over the bound that protects the agent. [path, maxBytes] */
  "too-large",
  /** No answer in time. [path] */
  "timeout",
  /** The path that should be a program is not one. [path] */
  "not-a-program",
  /** The operating system refused in another way. [path, detail] */
  "read-failed",
  /** It was read and does not follow its format. [path, detail] */
  "malformed",
  /** A link whose target is not on disk. [path, target] */
  "dangling-link",
  /** A link that leads to something other than a store path. [path, target] */
  "not-a-store-path",
  /** The closure has no module tree. [path] */
  "no-module-tree",
  /** The closure's module tree has no single kernel release. [path] */
  "several-module-trees",
  /** The kernel was built without loadable modules. */
  "kernel-without-modules",
  /** Another module tree for the same kernel release, and nothing proves that these files are equal or not. [count, module] */
  "module-files-not-compared",
  /** A module's parameter is there, and its value is closed to the agent or longer than a report takes. [name] */
  "parameter-not-read",
  /** No boot loader configuration that the agent can read. */
  "no-boot-loader",
  /** The boot loader's default does not lead to a store path. [entry] */
  "boot-entry-not-understood",
  /** systemd is not this host's service manager. */
  "not-running-systemd",
  /** No D-Bus system bus. [path] */
  "no-system-bus",
  /** The bus or systemd answered with an error. [detail] */
  "bus-error",
  /** No safety daemon was ever heard, and no socket is there. [path] */
  "no-safety-socket",
  /** fiducial-facts has not written its file on this host. [path] */
  "facts-program-absent",
  /** This kind of machine has no such bus, a container for example. [path] */
  "no-such-bus",
  /** The agent was given a /dev of its own, in which the machine's nodes are not. [path] */
  "private-devices",
  /** Nothing on this host says whether the clock is synchronised. */
  "no-time-service",
  /** Neither machine id, DMI nor network card identify the hardware. */
  "no-hardware-identity",
  /** The scanner has been scanning since the agent started, and this is read only while it is idle (SEE-17). */
  "quiet-while-scanning",
  /** The probe itself failed: a defect of the agent, never of the scanner. [probe, detail] */
  "probe-failed",
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];
