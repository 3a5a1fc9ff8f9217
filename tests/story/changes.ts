import { TRPCClientError } from "@trpc/client";
import * as z from "zod";
import { invitedAt, type Portal } from "#tests/support/portal.ts";
import type { SystemPlan } from "#tests/system/nixos-host.ts";
import { type Cast, MODEL } from "./cast.ts";
import { type Story, short, type Tell } from "./telling.ts";

type Release = { name: string; plan: SystemPlan };

/** Builds, compares, signs by two of three, publishes. */
async function release(cast: Cast, tell: Tell, { name, plan }: Release): Promise<void> {
  const { workshop, product } = cast;
  const toplevel = await cast.builds(name, plan);
  const draft = await cast.types(
    "anna",
    "release",
    "create",
    toplevel,
    "--for",
    `model:${MODEL}`,
    "--name",
    name,
  );
  const effect = draft
    .split("\n")
    .find((line) => line.trim().startsWith("=> "))
    ?.trim();
  tell.saw(
    "real",
    `Nix built ${short(toplevel)}${effect === undefined ? "" : `; what it does: ${effect.slice(3)}`}`,
  );
  await cast.types("anna", "release", "sign", name, "--yes");
  const isListed = async () =>
    JSON.stringify(await cast.portal.api.release.list.query()).includes(`"${name}"`);
  await cast.tries("anna", "publish", product.url);
  tell.check("real", "with one signature it reaches no server", !(await isListed()));
  await workshop.host.must("cp", [`/shared/anna/drafts/${name}.signing.json`, "/shared/to-ben"]);
  const signed = await cast.types("ben", "release", "sign", "/shared/to-ben", "--yes");
  tell.check("real", "anna and ben signed it: two of three", signed.includes("is complete"));
  await cast.types("anna", "take", "/shared/to-ben");
  await cast.types("anna", "publish", product.url);
  tell.check("real", `the server verified and lists ${name}`, await isListed());
}

/** What the host itself shows, read with Nix's and systemd's own programs. */
async function runs(cast: Cast, tell: Tell, name: string): Promise<void> {
  const toplevel = cast.toplevel(name);
  const { scanner } = cast;
  const seen = await scanner.seen();
  tell.check(
    "real",
    `/run/current-system and the system profile are ${short(toplevel)}`,
    seen.current === toplevel && seen.profile === toplevel,
  );
  await scanner.host.must("nix", ["store", "verify", "--no-trust", "--recursive", toplevel]);
  tell.saw("real", "nix store verify finds every file of its closure as it was built");
  tell.check(
    "stand-in",
    "the boot loader's default starts the same",
    (await scanner.bootsNext()) === toplevel,
  );
  const motor = (await scanner.host.must("systemctl", ["is-active", "motor.service"])).trim();
  tell.check("real", "systemd runs its motor daemon", motor === "active");
}

export async function confirmRelease(story: Story, cast: Cast, wanted: Release): Promise<void> {
  await story.step(
    `Release ${wanted.name} is signed, asked for, and confirmed by what is observed`,
    async (tell) => {
      await release(cast, tell, wanted);
      const reboots = cast.scanner.host.reboots;
      const changeId = await cast.asks("activate", wanted.name, "scheduled upgrade");
      const change = await cast.serverSays(changeId, "confirmed");
      tell.saw("real", `the scanner's signed report says confirmed; steps: ${stepsOf(change)}`);
      if (wanted.plan.kernel !== undefined)
        tell.check("stand-in", "another kernel: it was booted into", cast.scanner.host.reboots > reboots);
      await runs(cast, tell, wanted.name);
    },
  );
}

export async function rollBackByItself(story: Story, cast: Cast, wanted: Release): Promise<void> {
  await story.step(
    `Release ${wanted.name} has a safety daemon that fails: the scanner goes back by itself`,
    async (tell) => {
      const before = (await cast.scanner.seen()).current;
      await release(cast, tell, wanted);
      const changeId = await cast.asks("activate", wanted.name, "scheduled upgrade");
      const change = await cast.serverSays(changeId, "rolled-back");
      tell.check(
        "real",
        "nobody was asked; the reason: its health contract was broken",
        change.stateReason?.code === "health-failed",
      );
      tell.saw("real", `steps: ${stepsOf(change)}`);
      tell.check("real", `it runs ${short(before)} again`, (await cast.scanner.seen()).current === before);
      const safety = (await cast.scanner.host.must("systemctl", ["is-active", "safetyd.service"])).trim();
      tell.check("real", "the safety daemon of the old release speaks again", safety === "active");
      const preflight = await cast.portal.api.change.preflight.query({
        scannerIds: [cast.scannerId],
        action: "activate",
        release: wanted.name,
      });
      tell.check(
        "real",
        "the server knows that this release is blocked on this scanner",
        preflight.scanners[0]?.blockedHere !== null,
      );
    },
  );
}

export async function goBackByTechnician(story: Story, cast: Cast, name: string): Promise<void> {
  await story.step(`A technician goes back to ${name}, which was confirmed on this scanner`, async (tell) => {
    const [site] = await cast.portal.api.site.list.query();
    if (site === undefined) throw new Error("the installation has no site");
    const { siteId } = site;
    const technician = await invitedAt(cast.portal, { role: "technician", name: "Jo Lind", siteId });
    const forward = await refusalOf(cast, technician);
    tell.check(
      "real",
      "to go forward is refused to a technician, by the server",
      forward === "action-not-yours",
    );
    const changeId = await cast.asks("rollback", name, "image noise in the afternoon", technician);
    const change = await cast.serverSays(changeId, "confirmed");
    tell.saw("real", `the scanner's signed report says so; steps: ${stepsOf(change)}`);
    await runs(cast, tell, name);
  });
}

async function refusalOf(cast: Cast, { api }: Portal): Promise<string> {
  const asked = { scannerIds: [cast.scannerId], action: "activate" as const, release: "r2", reason: "newer" };
  const code = z.object({ refusal: z.object({ code: z.string() }) });
  return await api.change.request.mutate({ ...asked, requestKey: crypto.randomUUID() }).then(
    () => "taken",
    (error: unknown) =>
      error instanceof TRPCClientError ? code.parse(error.data).refusal.code : String(error),
  );
}

function stepsOf({ steps }: { steps: readonly { state: string }[] }): string {
  return steps
    .map(({ state }) => state)
    .filter((state, at, all) => state !== all[at - 1])
    .join(", ");
}
