import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { approve } from "#tests/support/portal.ts";
import type { SystemPlan } from "#tests/system/nixos-host.ts";
import { type Cast, MODEL, PEOPLE } from "./cast.ts";
import { type Story, short } from "./telling.ts";

const SERIAL = "STORY-1";

/** Three people, two of whom must sign; the signer's public halves; both roots; the scanner's own configuration. */
export async function makeKeys(story: Story, cast: Cast): Promise<void> {
  await story.step("Three people make their keys; the server's signer has made its own", async (tell) => {
    const { workshop, product } = cast;
    const online = path.join(product.data, "signer/online-keys.json");
    copyFileSync(online, path.join(workshop.shared, "online-keys.json"));
    tell.saw("real", "the signer process printed the public halves of its three keys");
    for (const person of PEOPLE) {
      await cast.types(person, "init");
      await cast.types(person, "keys", "new", person);
      await cast.types(person, "keys", "export-public", person, `/shared/${person}.public.json`);
    }
    const secret = readdirSync(path.join(workshop.shared, "anna/keys"))
      .map((name) => readFileSync(path.join(workshop.shared, "anna/keys", name), "utf8"))
      .join("");
    tell.check("real", "anna's private keys lie encrypted in her folder", !/PRIVATE KEY-----\n/.test(secret));
    const asked = PEOPLE.flatMap((person) => ["--people", `/shared/${person}.public.json`]);
    const online_ = ["--online-keys", "/shared/online-keys.json"];
    await cast.types("anna", "root", "init", ...asked, "--threshold", "2", ...online_);
    await workshop.host.must("cp", ["/shared/anna/drafts/roots.signing.json", "/shared/roots"]);
    const one = await cast.types("anna", "root", "sign", "/shared/roots", "--yes");
    tell.check(
      "real",
      "one signature is not enough, and it says whose is missing",
      one.includes("missing: 1 of"),
    );
    const two = await cast.types("clara", "root", "sign", "/shared/roots", "--yes");
    tell.check("real", "with the second both roots are complete", two.includes("complete"));
    for (const person of ["anna", "ben"] as const) await cast.types(person, "take", "/shared/roots");
  });
}

/** The scanner's first system has the roots in its configuration; a person approves its key at the portal. */
export async function enrol(story: Story, cast: Cast, first: Partial<SystemPlan> = {}): Promise<void> {
  await story.step("The scanner is installed with both first roots, and enrolled", async (tell) => {
    const { workshop, scanner, product, portal } = cast;
    await publishRoots(cast);
    const root = (name: string) =>
      readFileSync(path.join(product.data, "repository/first-root", `${name}.root.json`), "utf8");
    workshop.setEtc({
      "fiducial/changes.json": JSON.stringify({
        schema: "fiducial.changes/1",
        enable: true,
        model: MODEL,
        trustedKeys: [await cacheKey(cast)],
        consent: "not-needed",
        bootLoader: "systemd-boot",
        espPath: "/boot",
        liveSwitch: true,
      }),
      "fiducial/agent.json": JSON.stringify({ changesEnabled: true }),
      "fiducial/page.json": JSON.stringify({ hosts: ["127.0.0.1:7420", "localhost:7420"] }),
      "fiducial/trust/release.root.json": root("release"),
      "fiducial/trust/director.root.json": root("director"),
    });
    const factory = await cast.builds("factory", { version: "0", ...first });
    await workshop.host.must("nix", ["copy", "--to", "file:///shared/factory", factory]);
    await scanner.host.must("true", []);
    copyFolder(path.join(workshop.shared, "factory"), path.join(scanner.shared, "factory"));
    await scanner.host.must("nix", ["copy", "--no-check-sigs", "--from", "file:///shared/factory", factory]);
    await enrolHere(cast);
    await scanner.install(factory);
    tell.check("real", `it runs ${short(factory)}`, (await scanner.seen()).current === factory);
    cast.scannerId = await approve(portal, SERIAL);
    await portal.api.scanner.rename.mutate({
      scannerId: cast.scannerId,
      model: MODEL,
      reason: "as its type plate says",
    });
    tell.saw("real", `its own key was compared and approved at ${product.url}; it is a ${MODEL}`);
  });
}

async function enrolHere({ scanner, portal, product }: Cast): Promise<void> {
  const [site] = await portal.api.site.list.query();
  if (site === undefined) throw new Error("the installation has no site");
  const { token, serverFingerprint } = await portal.api.enrolment.createToken.mutate({
    siteId: site.siteId,
    serial: SERIAL,
  });
  const { host } = scanner;
  await host.must("install", ["-d", "-o", "fiducial", "-g", "fiducial", "-m", "0700", "/var/lib/fiducial"]);
  await host.must("runuser", [
    ...["-u", "fiducial", "--", "node", "/opt/fiducial/fiducial.mjs", "enroll", "--server", product.url],
    ...["--token", token, "--fingerprint", serverFingerprint, "--state", "/var/lib/fiducial"],
  ]);
}

/** Roots go to the server by a person's hand: whom it believes is decided beside it, not by it. */
async function publishRoots({ workshop, product }: Cast): Promise<void> {
  const at = path.join(product.data, "repository/first-root");
  mkdirSync(at, { recursive: true });
  for (const name of ["release", "director"])
    copyFileSync(
      path.join(workshop.shared, "anna/repository/first-root", `${name}.root.json`),
      path.join(at, `${name}.root.json`),
    );
}

async function cacheKey({ workshop }: Cast): Promise<string> {
  return readFileSync(path.join(workshop.shared, "anna/keys/cache.pub"), "utf8").trim();
}

function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const source = path.join(entry.parentPath, entry.name);
    const target = path.join(to, path.relative(from, source));
    if (entry.isDirectory()) mkdirSync(target, { recursive: true });
    else {
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, readFileSync(source));
    }
  }
}
