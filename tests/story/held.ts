import { until } from "#tests/support/portal.ts";
import type { Cast } from "./cast.ts";
import type { Story } from "./telling.ts";

/** The signer says one thing a minute to a scanner, and the scanner looks when it is nudged. */
const PATIENCE_MS = 180_000;

/** Held since it went back by itself: nothing new is planned, until a person's word reaches the scanner, signed (ACT-6). */
export async function releaseHeld(story: Story, cast: Cast, wanted: string): Promise<void> {
  await story.step(
    "A person releases the scanner that is held since it went back by itself",
    async (tell) => {
      const { change } = cast.portal.api;
      const { rows } = await change.list.query({ scannerId: cast.scannerId });
      const failed = rows.find(({ state }) => state === "rolled-back");
      if (failed === undefined) throw new Error("no change went back by itself");
      const ask = { scannerIds: [cast.scannerId], action: "activate" as const, release: wanted };
      const against = async () =>
        (await change.preflight.query(ask)).scanners[0]?.against.map(({ code }) => code) ?? [];
      tell.check("real", "the server plans nothing new for it", (await against()).includes("held"));
      await change.releaseHold.mutate({ changeId: failed.changeId, reason: "safety daemon of r3 looked at" });
      await until("the scanner to say that it is released", PATIENCE_MS, async () =>
        (await against()).includes("held") ? null : true,
      );
      tell.saw(
        "real",
        "the signed word reached the scanner, and its own report says that it is not held any more",
      );
    },
  );
}
