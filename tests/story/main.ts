import { whyNoHost } from "#tests/system/host-root.ts";
import { refuseTamperedRelease, refuseUnsignedClosure } from "./attacks.ts";
import { enrol, makeKeys } from "./beginning.ts";
import { Cast } from "./cast.ts";
import { confirmRelease, goBackByTechnician, rollBackByItself } from "./changes.ts";
import { releaseHeld } from "./held.ts";
import { Story } from "./telling.ts";

/**
 * `npm run story`: the life of one scanner, on real Nix and real systemd, with the real server, signer and command line. Ends with
 * status 0 only if every step was observed.
 */
const why = whyNoHost();
if (why !== null) {
  console.error(
    `The story needs root on Debian with nix-bin, systemd-container, debootstrap, dbus, procps and curl: ${why}.`,
  );
  process.exit(2);
}

const story = new Story();
const cast = await Cast.gather();
try {
  await makeKeys(story, cast);
  await enrol(story, cast);
  await confirmRelease(story, cast, { name: "r1", plan: { version: "1" } });
  await confirmRelease(story, cast, { name: "r2", plan: { version: "2", kernel: "6.12.2" } });
  await rollBackByItself(story, cast, {
    name: "r3",
    plan: { version: "3", kernel: "6.12.2", safety: "failing" },
  });
  await goBackByTechnician(story, cast, "r1");
  await releaseHeld(story, cast, "r2");
  await refuseTamperedRelease(story, cast);
  await refuseUnsignedClosure(story, cast);
  story.end();
} catch (error) {
  console.error(`\nThe story does not hold: ${error instanceof Error ? error.message : String(error)}`);
  console.error(await cast.lastWords());
  process.exitCode = 1;
} finally {
  await cast.leave();
}
