/** A program that runs inside a unit's own sandbox and says of each attempt whether it went through (own-page.test.ts). */
export const SANDBOX_PROBE = `import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";

const attempt = (action) => {
  try {
    action();
    return "done";
  } catch (error) {
    return error.code;
  }
};
const reach = (where) =>
  new Promise((resolve) => {
    const socket = connect(where, () => {
      socket.destroy();
      resolve("done");
    });
    socket.once("error", (error) => resolve(error.code));
  });
const write = (path) => attempt(() => writeFileSync(path, "x"));
const read = (path) => attempt(() => readFileSync(path));

const said = {
  writeEtc: write("/etc/probe"),
  writeVar: write("/var/lib/probe"),
  writeRun: write("/run/fiducial/probe"),
  writeStore: write("/nix/store/probe"),
  readIdentity: read("/var/lib/fiducial/identity.json"),
  readPasscode: read("/var/lib/fiducial-activate/local/passcode.json"),
  readShadow: read("/etc/shadow"),
  listRoot: attempt(() => readdirSync("/root")),
  seesInit: read("/proc/1/cmdline"),
  killInit: attempt(() => process.kill(1, 0)),
  askActivator: await reach("/run/fiducial/activate.sock"),
  network: await reach({ host: "127.0.0.1", port: 7420 }),
  askLocal: await reach("/run/fiducial/local.sock"),
  ownFolder: write(process.env.RUNTIME_DIRECTORY + "/probe"),
};
console.log(JSON.stringify(said));
`;
