import { describe, expect, test, vi } from "vitest";
import { rankLetter } from "#core/fleet/rank.ts";
import { HEADLINES, type HeadlineWord } from "#core/headline/axes.ts";
import type { Fleet, FleetCounts, FleetRow } from "#server/scanner/view.ts";
import { createLiveFleet, type FleetAsk } from "./live-fleet.ts";

/** Small enough for a page of two and an order of four; ids as the server packs them. */
const ID = ["01", "02", "03", "04", "05"].map((end) => `01990000-0000-7000-8000-0000000000${end}`) as [
  string,
  string,
  string,
  string,
  string,
];

const row = (id: string, word: HeadlineWord, serial = id.slice(-2)) =>
  ({ scannerId: id, serial, headline: { word, variant: null } }) as unknown as FleetRow;

const counts = (total: number) =>
  ({
    counts: Object.fromEntries([...HEADLINES, "tripped"].map((word) => [word, 0])),
    ...{ total, pinned: 0, onPin: 0, pending: 0, asOfMs: total },
  }) as unknown as FleetCounts;

const packed = (rows: readonly FleetRow[]) => ({
  ids: Buffer.from(rows.map(({ scannerId }) => scannerId.replaceAll("-", "")).join(""), "hex").toString(
    "base64",
  ),
  ranks: rows.map(({ headline }) => rankLetter(headline)).join(""),
});

/** A server of four scanners whose words a test changes. */
function server(words: readonly HeadlineWord[]) {
  const now = ID.slice(0, words.length).map((id, at) => row(id, words[at] ?? "nominal"));
  const asked: string[][] = [];
  let counted = 0;
  const ask: FleetAsk = {
    list: async () => ({ ...counts(now.length), rows: now.slice(0, 2), offset: 0 }) as Fleet,
    order: async () => packed(now),
    rows: async (ids) => {
      asked.push([...ids]);
      return { rows: now.filter(({ scannerId }) => ids.includes(scannerId)), asOfMs: 99 };
    },
    counts: async () => {
      counted += 1;
      return counts(now.length);
    },
  };
  return { now, asked, ask, counted: () => counted };
}

const opened = async (words: readonly HeadlineWord[]) => {
  const made = server(words);
  const fleet = createLiveFleet("", await made.ask.list(""), made.ask);
  await fleet.loadOrder();
  return { ...made, fleet };
};
const FOUR = ["unsafe", "drifted", "nominal", "nominal"] as const;

describe("rows in their places", () => {
  test("the order of the rest comes behind the rows that are already on the page", async () => {
    const made = server(FOUR);
    const fleet = createLiveFleet("", await made.ask.list(""), made.ask);
    expect(fleet.snapshot().ids).toEqual(ID.slice(0, 2));
    expect(fleet.snapshot().total).toBe(4);
    made.now.reverse();
    await fleet.loadOrder();
    expect(fleet.snapshot().ids).toEqual([ID[0], ID[1], ID[3], ID[2]]);
  });

  test("a change shows in its place, and says that the order is not the newest", async () => {
    const { fleet, now } = await opened(FOUR);
    fleet.look(0, 2);
    now[1] = row(ID[1], "unsafe");
    fleet.nudged([ID[1]]);
    await fleet.pull();
    expect(fleet.row(ID[1])?.headline.word).toBe("unsafe");
    expect(fleet.snapshot().ids.slice(0, 2)).toEqual([ID[0], ID[1]]);
    expect(fleet.snapshot().changed).toBe(1);
    now[1] = row(ID[1], "drifted");
    fleet.nudged([ID[1]]);
    await fleet.pull();
    expect(fleet.snapshot().changed).toBe(0);
  });

  test("a report that changes no headline moves nothing", async () => {
    const { fleet, now } = await opened(FOUR);
    fleet.look(0, 4);
    now[0] = row(ID[0], "unsafe", "renamed");
    fleet.nudged([ID[0]]);
    await fleet.pull();
    expect(fleet.row(ID[0])?.serial).toBe("renamed");
    expect(fleet.snapshot().changed).toBe(0);
  });

  test("a change out of sight is noticed too, and the newest order is made on request", async () => {
    const { fleet, now } = await opened(FOUR);
    fleet.look(0, 0);
    now[3] = row(ID[3], "unsafe");
    fleet.nudged([ID[3]]);
    await fleet.pull();
    expect(fleet.snapshot().changed).toBe(1);
    now.sort((a, b) => HEADLINES.indexOf(a.headline.word) - HEADLINES.indexOf(b.headline.word));
    await fleet.refresh();
    expect(fleet.snapshot().ids).toEqual([ID[0], ID[3], ID[1], ID[2]]);
    expect(fleet.snapshot().changed).toBe(0);
  });

  test("a scanner that is gone keeps its last row, is counted, and is not asked for again", async () => {
    const { fleet, now, asked } = await opened(FOUR);
    fleet.look(0, 4);
    now.splice(2, 1);
    fleet.nudged([ID[2]]);
    await fleet.pull();
    expect(fleet.snapshot().changed).toBe(1);
    const before = asked.length;
    await fleet.pull();
    await fleet.pull();
    expect(asked.length).toBe(before);
  });

  test("scanners that came since are told by the count alone", async () => {
    const { fleet, now } = await opened(FOUR);
    now.push(row(ID[4], "unsafe"));
    fleet.nudged([ID[4]]);
    await fleet.pull();
    expect(fleet.snapshot().ids).not.toContain(ID[4]);
    expect(fleet.snapshot().changed).toBe(1);
  });
});

describe("questions", () => {
  test("the first that come where nobody stood are shown: no page says that there are none beside a legend that counts them [SEE-14]", async () => {
    const { fleet, now } = await opened([]);
    expect(fleet.snapshot()).toMatchObject({ ids: [], total: 0 });
    now.push(row(ID[0], "unknown"));
    fleet.nudged([ID[0]]);
    await fleet.pull();
    expect(fleet.snapshot()).toMatchObject({ ids: [ID[0]], total: 1, changed: 0 });
    expect(fleet.row(ID[0])).toMatchObject({ headline: { word: "unknown" } });
    expect(fleet.isBehind()).toBe(false);
  });

  test("however many change, one wave asks once, for few, those in sight first [V-16]", async () => {
    const { fleet, asked, counted } = await opened(FOUR);
    fleet.look(0, 4);
    fleet.nudged(Array.from({ length: 5_000 }, (_, at) => `elsewhere ${at}`));
    fleet.nudged(ID);
    fleet.nudged([ID[3]]);
    await Promise.all([fleet.pull(), fleet.pull(), fleet.pull()]);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.length).toBeLessThanOrEqual(80);
    expect(asked[0]).toEqual(ID.slice(0, 4));
    expect(counted()).toBe(1);
  });

  test("nothing changed, nothing is asked; doubt asks for what is in sight", async () => {
    const { fleet, asked } = await opened(FOUR);
    fleet.look(0, 4);
    await fleet.pull();
    expect(asked).toEqual([[ID[2], ID[3]]]);
    await fleet.pull();
    expect(asked).toHaveLength(1);
    fleet.doubt();
    await fleet.pull();
    expect(asked[1]).toEqual(ID.slice(0, 4));
  });

  test("an answer that does not come is told, the rows stay, and the next one takes it back", async () => {
    const { fleet, ask } = await opened(FOUR);
    const rows = ask.rows;
    ask.rows = () => Promise.reject(new Error("away"));
    fleet.look(0, 4);
    await fleet.pull();
    expect(fleet.snapshot().problem).toBeInstanceOf(Error);
    expect(fleet.row(ID[0])?.headline.word).toBe("unsafe");
    ask.rows = rows;
    await fleet.pull();
    expect(fleet.snapshot().problem).toBeNull();
    expect(fleet.row(ID[3])).toBeDefined();
  });

  test("what changes while an answer is on its way is asked for once more", async () => {
    const { fleet, now, ask, asked } = await opened(FOUR);
    fleet.look(0, 4);
    await fleet.pull();
    const rows = ask.rows;
    ask.rows = async (ids) => {
      const answer = await rows(ids);
      now[0] = row(ID[0], "nominal");
      fleet.nudged([ID[0]]);
      return answer;
    };
    fleet.nudged([ID[0]]);
    await fleet.pull();
    expect(fleet.row(ID[0])?.headline.word).toBe("unsafe");
    expect(fleet.isBehind()).toBe(true);
    ask.rows = rows;
    await fleet.pull();
    expect(fleet.row(ID[0])?.headline.word).toBe("nominal");
    expect(fleet.isBehind()).toBe(false);
    expect(asked).toHaveLength(3);
  });

  test("rows wait for no legend, and the legend is asked for once at a time", async () => {
    const { fleet, now, ask, counted } = await opened(FOUR);
    fleet.look(0, 4);
    const { counts: answer } = ask;
    let come: (counts: FleetCounts) => void = () => undefined;
    ask.counts = async (query) => {
      const answered = await answer(query);
      return new Promise((resolve) => {
        come = () => resolve(answered);
      });
    };
    now[0] = row(ID[0], "nominal");
    fleet.nudged([ID[0]]);
    const pulled = fleet.pull();
    await vi.waitFor(() => expect(fleet.row(ID[0])?.headline.word).toBe("nominal"));
    fleet.nudged([ID[1]]);
    await fleet.pull();
    expect(counted()).toBe(1);
    come({} as FleetCounts);
    await pulled;
    expect(fleet.isBehind()).toBe(true);
  });

  test("an answered question does not take back that another one failed", async () => {
    const { fleet, now, ask } = await opened(FOUR);
    fleet.look(0, 4);
    ask.counts = () => Promise.reject(new Error("away"));
    fleet.nudged([ID[0]]);
    await fleet.pull();
    ask.counts = () => new Promise(() => undefined);
    now[0] = row(ID[0], "nominal");
    fleet.nudged([ID[0]]);
    void fleet.pull();
    await vi.waitFor(() => expect(fleet.row(ID[0])?.headline.word).toBe("nominal"));
    expect(fleet.snapshot().problem).toBeInstanceOf(Error);
  });

  test("an order that did not come is asked for again", async () => {
    const made = server(FOUR);
    const { order } = made.ask;
    made.ask.order = () => Promise.reject(new Error("away"));
    const fleet = createLiveFleet("", await made.ask.list(""), made.ask);
    await fleet.loadOrder();
    expect(fleet.snapshot().ids).toHaveLength(2);
    made.ask.order = order;
    await fleet.pull();
    expect(fleet.snapshot().ids).toHaveLength(4);
    expect(fleet.snapshot().problem).toBeNull();
  });
});
