import { goBack } from "#core/change/decide-back.ts";
import type { Seen } from "#core/change/event.ts";
import type { Journal, UnderWay } from "#core/change/journal.ts";

type Resumption = "back" | "again" | "arrive";

/** Killed while the host went on. Until the switch has come back nobody knows what it did; after it, looking can go on. */
const SAME_BOOT: Readonly<Record<UnderWay["step"], Resumption>> = {
  armed: "back",
  set: "back",
  boot: "back",
  switch: "back",
  reboot: "back",
  arrived: "again",
  "restart-agent": "again",
  probe: "again",
  bless: "again",
  confirm: "again",
  settle: "again",
};

/** The host was booted. Only after the step that boots it was that planned. */
const NEW_BOOT: Readonly<Record<UnderWay["step"], Resumption>> = {
  armed: "back",
  set: "back",
  boot: "back",
  switch: "back",
  reboot: "arrive",
  arrived: "back",
  "restart-agent": "back",
  probe: "back",
  bless: "back",
  confirm: "again",
  settle: "again",
};

/** After the machine died between ARM and CONFIRM (decisions.md, probation). Asked as often as one likes, it says the same. */
export function resumeForward(journal: UnderWay, seen: Seen): Journal {
  const isNewBoot = seen.bootId !== journal.run.bootId;
  const rule = (isNewBoot ? NEW_BOOT : SAME_BOOT)[journal.step];
  if (rule === "again") return journal;
  if (rule === "arrive") return arrive(journal, seen);
  const back = goBack(
    journal,
    isNewBoot ? "unplanned-boot" : "interrupted",
    `in step ${journal.step}, running ${seen.current}`,
  );
  return withWayBack(back, seen);
}

function arrive(journal: UnderWay, seen: Seen): Journal {
  const { plan, run } = journal;
  const isThere = seen.booted === plan.toplevel && seen.current === plan.toplevel;
  if (isThere) return { ...journal, step: "arrived", run: { ...run, bootId: seen.bootId } };
  return withWayBack(goBack(journal, "boot-failed", `booted ${seen.booted}`), seen);
}

/** What runs says best what is still to be undone. */
function withWayBack(back: ReturnType<typeof goBack>, seen: Seen): Journal {
  const { run } = back;
  if (seen.current === run.from) return { ...back, back: { ...back.back, way: "none" } };
  const way = run.way === "none" ? "live" : run.way;
  return { ...back, back: { ...back.back, way } };
}
