/**
 * The lines a person pastes at the machine: fetch the program, introduce the machine, keep it running. Where the server's certificate
 * comes from an authority nobody knows, that is fetched first, unchecked, and then compared with the digest that this person was
 * shown on a page they trust: what does not fit stops the rest.
 */
export function enrolCommand(server: {
  origin: string;
  keyFingerprint: string;
  ownCa?: { fileSha256: string } | null;
  token: string;
}): string {
  const { origin, keyFingerprint, ownCa = null, token } = server;
  const file = "fiducial-ca.pem";
  const [curl, agent] = ownCa === null ? ["", ""] : [` --cacert ${file}`, ` --ca-file ${file}`];
  const fetchCa =
    ownCa === null
      ? []
      : [
          `curl -fsSk ${origin}/lan-ca.pem -o ${file}`,
          `echo "${ownCa.fileSha256}  ${file}" | sha256sum -c -`,
        ];
  return [
    ...fetchCa,
    `curl -fsS${curl} ${origin}/agent/bundle/fiducial.mjs -o fiducial.mjs`,
    `node fiducial.mjs enroll --server ${origin} --token ${token} --fingerprint "${keyFingerprint}"${agent}`,
    `node fiducial.mjs run${agent}`,
  ].join(" && ");
}
