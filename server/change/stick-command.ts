import type { ServerFacts } from "#server/trpc.ts";

/**
 * The line that a release station is told: it refuses by itself unless what it fetches is good until then. Where the server's authority is
 * its own, the station has its file since it published. The serial is for the people who read the stick's cover sheet; the id binds.
 */
export function stickCommand(
  { origin, ownCa = null }: Pick<ServerFacts, "origin" | "ownCa">,
  { releaseName, serial, scannerId }: { releaseName: string; serial: string; scannerId: string },
  untilMs: number,
): string {
  const until = `${new Date(untilMs).toISOString().slice(0, 19)}Z`;
  return [
    `fiducial bundle write /media/stick --release ${releaseName} --scanner ${serial}=${scannerId}`,
    `--server ${origin}${ownCa === null ? "" : " --ca-file fiducial-ca.pem"} --expires ${until}`,
  ].join(" \\\n  ");
}
