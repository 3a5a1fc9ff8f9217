import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OTHER_SCANNER_ID, SCANNER_ID } from "#tests/support/signed-release.ts";
import { readScanners } from "./scanner-list.ts";
import type { Settings } from "./station.ts";

const settings: Settings = {
  ...{ schema: "fiducial.station/1", solo: true, onlineKeys: "elsewhere" },
  ...{ for: [], publishTo: null },
};
/** As the portal exports it: its own columns around, and a last line that says what the file is. */
const LIST = `\uFEFFserial,alias,scanner_id\r\nFM25-0137,"Bay 3, left",${SCANNER_ID}\r\nFM25-0021,,${OTHER_SCANNER_ID}\r\n# 2 rows,filter: none,\r\n`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fiducial-list-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (text: string, name = "fleet.csv") => writeFileSync(join(folder, name), text);
const read = (words: string[], given: string | null = null) =>
  readScanners({ folder, settings }, words, given === null ? null : join(folder, given));

test("scanners are found by serial, each once, and both names are told [OFF-1]", async () => {
  put(LIST);
  expect(await read(["FM25-0021", SCANNER_ID, "FM25-0137", `FM25-0137=${SCANNER_ID}`])).toEqual([
    { serial: "FM25-0021", scannerId: OTHER_SCANNER_ID },
    { serial: "FM25-0137", scannerId: SCANNER_ID },
  ]);
});

test("a list that a spreadsheet saved in another language is the same list", async () => {
  put(LIST.replaceAll('"Bay 3, left"', "Bay").replaceAll(",", ";"), "mine.csv");
  expect(await read(["FM25-0137"], "mine.csv")).toEqual([{ serial: "FM25-0137", scannerId: SCANNER_ID }]);
});

test("without a list an id is enough, also with its serial as the portal writes it", async () => {
  expect(await read([SCANNER_ID, `FM25-0021=${OTHER_SCANNER_ID}`, OTHER_SCANNER_ID])).toEqual([
    { serial: null, scannerId: SCANNER_ID },
    { serial: "FM25-0021", scannerId: OTHER_SCANNER_ID },
  ]);
  await expect(read(["FM25-0137"])).rejects.toThrow(/no list of scanners .+ --fleet FILE .+fleet\.csv/);
});

test.each([
  ["FM25-0555", /knows no FM25-0555\. It knows FM25-0021, FM25-0137\.$/],
  ["no serial", /names no scanner: write what its type plate says/],
  [`FM25-0137=${OTHER_SCANNER_ID}`, /says otherwise .+FM25-0137 \(.+a1\), FM25-0021 \(.+a2\)/],
])("%s is told with what is known [OFF-1]", async (word, said) => {
  put(LIST);
  await expect(read([word])).rejects.toMatchObject({ code: "usage", message: expect.stringMatching(said) });
});

test("one serial in two organisations is nobody's to choose but the person's; many are told in part", async () => {
  put(LIST.replace("FM25-0021", "FM25-0137"));
  await expect(read(["FM25-0137"])).rejects.toThrow(/more than one FM25-0137: .+a1\), .+a2\)/);
  const rows = Array.from({ length: 25 }, (_, at) => `S-${100 + at},${SCANNER_ID}`);
  put(`serial,scanner_id\n${rows.join("\n")}\n`);
  await expect(read(["S-1"])).rejects.toThrow(/S-119 and 5 more\.$/);
});

test.each([
  ["serial,alias\nFM25-0137,x\n", /has no column scanner_id/],
  ["serial,scanner_id\n", /names no scanner/],
  ["", /names no scanner|has no column/],
  ['serial,scanner_id\n"open', /is no CSV file/],
])("%j is no list, and says how to get one", async (text, said) => {
  put(text);
  await expect(read(["FM25-0137"])).rejects.toMatchObject({
    ...{ code: "folder", message: expect.stringMatching(said) },
  });
  await expect(read(["FM25-0137"])).rejects.toThrow(/Export/);
  await expect(read(["FM25-0137"], "away.csv")).rejects.toThrow(/There is no list of scanners/);
});
