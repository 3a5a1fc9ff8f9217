/**
 * SEE-4. The device nodes that a report speaks of: those of the devices of field-service.md §3.1, by folder and name. One list for
 * the agent, which looks for them, and for whoever reads the report, who must not take a node that nobody looked for as absent.
 */
export const NODE_FOLDERS: readonly { folder: string; name: RegExp }[] = [
  { folder: "/dev", name: /^(nvidia([0-9]+|ctl|-uvm|-modeset)|comedi[0-9]+|spcm[0-9]+)$/ },
  { folder: "/dev", name: /^(tty(ACM|USB)[0-9]+|ptp[0-9]+)$/ },
  { folder: "/dev/serial/by-id", name: /^[^/]+$/ },
];

/** Whether the report would name the node if it were there. */
export function isNodeLookedFor(path: string): boolean {
  const cut = path.lastIndexOf("/");
  const folder = path.slice(0, cut);
  const name = path.slice(cut + 1);
  return NODE_FOLDERS.some((one) => one.folder === folder && one.name.test(name));
}
