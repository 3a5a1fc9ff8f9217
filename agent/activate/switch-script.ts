import { join } from "node:path";

export function switchResultFile(state: string): string {
  return join(state, "switch-result.json");
}

/**
 * What the switch's unit runs: the closure's own script, and how it ended, durably (as `durableWrite`, and on a full disk without the
 * ballast as `writeWithRoom`). A shell, because the scanner is being switched while a program starts, and Node takes longer to start
 * than all of this. `test` is `switch` without the boot loader: the entry was installed by the step before, and `switch` would make it
 * the default again while nothing is confirmed (decisions.md, boot). A script that a signal ended leaves null.
 */
const SCRIPT = `state=$1 token=$2 toplevel=$3
"$toplevel/bin/switch-to-configuration" test
status=$?
[ "$status" -le 128 ] || status=null
umask 077
draft=$state/.switch-result.json.$$.unfinished
leave() {
  printf '{"token":"%s","toplevel":"%s","status":%s}\\n' "$token" "$toplevel" "$status" >"$draft" &&
    sync "$draft" && mv "$draft" "$state/switch-result.json" && sync "$state"
}
leave || { rm -f "$state/ballast" && sync "$state" && leave; } || { rm -f "$state/ballast.last" && sync "$state" && leave; }`;

/** For a unit: systemd would put its own variables in (systemd.service(5), command lines). Nothing here is put into the text of the script. */
export function switchCommand(state: string, token: string, toplevel: string): string[] {
  return ["/bin/sh", "-c", SCRIPT.replaceAll("$", "$$$$"), "fiducial-switch", state, token, toplevel];
}
