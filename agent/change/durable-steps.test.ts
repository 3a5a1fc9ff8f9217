import { expect, test } from "vitest";
import { examplePlan, NEW, OLD } from "#core/change/example-plan.ts";
import { type ModelPlan, ModelScanner } from "#tests/support/model-scanner.ts";

/** What a change writes, syncs and records, in the order in which it does; a reboot is the last that happens. */
async function doings(words: Omit<ModelPlan, "runs">): Promise<string[]> {
  const scanner = new ModelScanner({ runs: OLD, ...words });
  const done: string[] = [];
  const { store, profile, boot, records, ballast, deadline } = scanner.port;
  ballast.restore = async () => void done.push("ballast");
  const { arm } = deadline;
  deadline.arm = (ms) => {
    done.push("deadline");
    return arm(ms);
  };
  const { root, sync } = store;
  store.root = (name, toplevel) => {
    done.push(`root ${name}`);
    return root(name, toplevel);
  };
  store.sync = () => {
    done.push("sync");
    return sync();
  };
  const { set } = profile;
  profile.set = (toplevel) => {
    done.push("set");
    return set(toplevel);
  };
  const { nextBoot, reboot } = boot;
  boot.nextBoot = (toplevel) => {
    done.push("next boot");
    return nextBoot(toplevel);
  };
  boot.reboot = () => {
    done.push("reboot");
    return reboot();
  };
  const { saveJournal } = records;
  records.saveJournal = (journal) => {
    done.push(`record ${journal.step}`);
    return saveJournal(journal);
  };
  const plan = examplePlan();
  scanner.asked = plan.changeId;
  await scanner.take({ kind: "accepted", plan, complete: true });
  await scanner.settle(false);
  return done;
}

/** A disk that keeps its order hides it when one of these is missing: there no power cut finds it (docs/faults.md). */
test.each([
  ["what was copied and is kept", {}, ["root target", "sync", "record staged"]],
  ["the system profile", {}, ["set", "sync", "record boot"]],
  ["the profile on the way back", { sick: [NEW] }, ["set", "sync", "record back-boot"]],
  ["what the next boot starts", { otherKernel: [NEW] }, ["next boot", "sync", "reboot"]],
] as const)(
  "%s is on the disk before anything is recorded or done that stands on it [I4, F2]",
  async (_, words, order) => {
    const done = await doings(words);
    const at = done.lastIndexOf(order[2]);
    expect(done.slice(Math.max(0, at - 2), at + 1)).toEqual(order);
  },
);

test("what is given away on a full disk lies there before ARM, and again once it is over [ACT-3, F5]", async () => {
  for (const words of [{}, { sick: [NEW] }]) {
    const done = await doings(words);
    expect(done[done.indexOf("deadline") - 1]).toBe("ballast");
    expect(done.lastIndexOf("ballast")).toBeGreaterThan(done.lastIndexOf("set"));
  }
});
