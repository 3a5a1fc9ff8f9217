import { expect, test } from "vitest";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import { type Act, type ActPorts, runAct, type Tx } from "./act.ts";

const SITE = "site" as SiteId;
const WHO = { actor: "u", nowMs: 1 };

function world(attempts = 1) {
  const log: string[] = [];
  const ports: ActPorts = {
    transaction: async (work) => {
      for (let attempt = 1; attempt < attempts; attempt += 1) await work({} as Tx);
      const result = await work({} as Tx);
      log.push("commit");
      return result;
    },
    append: async (_tx, actor, rows) => {
      for (const row of rows) log.push(`audit ${row.actor ?? actor} ${row.action}`);
    },
    nudge: {
      scanners: (ids) => log.push(`nudge ${ids.join()}`),
      list: (list) => log.push(`nudge ${list}`),
    },
  };
  return { log, ports };
}

const work = async (act: Act) => {
  act.scannersChanged(["s" as ScannerId], SITE);
  act.listChanged("site", SITE);
  await act.audit({ siteId: SITE, action: "did", body: {} });
  return "done";
};

test("work that leaves no audit row is not committed, and nobody is told of it [A-06]", async () => {
  const { log, ports } = world();
  const silent = async (act: Act) => act.listChanged("site", SITE);
  await expect(runAct(ports, WHO, silent)).rejects.toThrow("left no audit row");
  expect(log).toEqual([]);
});

test("browsers are told after the commit, never before there is something to see", async () => {
  const { log, ports } = world();
  expect(await runAct(ports, WHO, work)).toBe("done");
  expect(log).toEqual(["audit u did", "commit", "nudge s", "nudge site"]);
});

test("a transaction that had to be repeated tells once", async () => {
  const { log, ports } = world(3);
  await runAct(ports, WHO, work);
  expect(log.filter((line) => line.startsWith("nudge"))).toEqual(["nudge s", "nudge site"]);
});

test("a row may name another actor than the caller: the person an invitation just made", async () => {
  const { log, ports } = world();
  await runAct(ports, WHO, (act) => act.audit({ siteId: null, actor: "new", action: "joined", body: {} }));
  expect(log[0]).toBe("audit new joined");
});
