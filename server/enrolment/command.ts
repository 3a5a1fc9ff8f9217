/** The lines a person pastes at the machine: fetch the program, introduce the machine, keep it running. */
export function enrolCommand(origin: string, token: string, fingerprint: string): string {
  return [
    `curl -fsS ${origin}/agent/bundle/fiducial.mjs -o fiducial.mjs`,
    `node fiducial.mjs enroll --server ${origin} --token ${token} --fingerprint "${fingerprint}"`,
    "node fiducial.mjs run",
  ].join(" && ");
}
