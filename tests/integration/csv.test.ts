import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SheetPreview, SheetText } from "#server/sheet/view.ts";
import { done, reportingScanner } from "#tests/integration/fleet-world.ts";
import { type RunningServer, startServer } from "#tests/integration/running-server.ts";
import type { Answer, Visitor } from "#tests/integration/visitor.ts";
import { makeWorld, personAt, type World } from "#tests/integration/world.ts";

let server: RunningServer;
let world: World;

beforeAll(async () => {
  server = await startServer();
  world = await makeWorld(server);
  for (const serial of ["SN-1", "SN-2", "SN-3"]) await reportingScanner(world, world.own, serial);
});
afterAll(() => server.stop());

type Kind = "Labels" | "Sites";
const preview = async (text: string, kind: Kind = "Labels", visitor: Visitor = world.admin) =>
  done(await visitor.query(`sheet.preview${kind}`, { text })) as SheetPreview;

async function importSheet(
  text: string,
  more: { goodLinesOnly?: boolean; kind?: Kind; visitor?: Visitor; planDigest?: string } = {},
): Promise<Answer> {
  const { kind = "Labels", visitor = world.admin, goodLinesOnly = false } = more;
  const planDigest = more.planDigest ?? (await preview(text, kind, visitor)).planDigest;
  return visitor.mutate(`sheet.import${kind}`, { text, planDigest, goodLinesOnly, reason: "inventory" });
}

async function labels(): Promise<Record<string, unknown>[]> {
  return server.owner(
    `select serial, alias, model, "hardwareRevision", room, tags, "siteId" from "Scanner" order by serial`,
  );
}
const events = async () =>
  Number((await server.owner<{ n: string }>("select count(*) n from audit.event"))[0]?.n);

describe("labels", () => {
  test("are shown first, then written in one go: one row of the log for the sheet and one for each scanner", async () => {
    const text = `serial;alias;model;revision;room;tags;price\nSN-1;"Bay ""3""; left";FM-25;C;U1.07;Trial haus-b;12\nSN-2;'=SUM(A1);;;;;1\n`;
    const before = await events();
    const shown = await preview(text);
    expect(shown).toMatchObject({ changed: 2, unchanged: 0, unknownColumns: ["price"], problems: [] });
    expect(shown.changes[0]?.fields).toContainEqual({ field: "alias", from: null, to: `Bay "3"; left` });
    expect(await events()).toBe(before);
    expect(done(await importSheet(text))).toEqual({ changed: 2, unchanged: 0, leftOut: 0 });
    expect(await events()).toBe(before + 3);
    expect((await labels())[0]).toMatchObject({ model: "FM-25", room: "U1.07", tags: ["haus-b", "trial"] });
    expect((await labels())[1]).toMatchObject({ alias: "=SUM(A1)", model: null });
    expect((await importSheet(text)).refusal?.code).toBe("nothing-to-change");
  });

  test("with a wrong line nothing is written, unless the person chooses the good ones", async () => {
    const text = "serial,alias,room,site\nSN-1,Good,,Alpha\nSN-404,Lost,,Alpha\nSN-2,Bad site,,Atlantis\n";
    const shown = await preview(text);
    expect(shown.problems).toMatchObject([
      { line: 3, column: "serial", reason: { code: "unknown-serial", params: { serial: "SN-404" } } },
      { line: 4, column: "site", reason: { code: "unknown-site", params: { site: "Atlantis" } } },
    ]);
    const before = await labels();
    expect((await importSheet(text)).refusal).toEqual({
      code: "sheet-has-problems",
      params: { problems: 2 },
    });
    expect(await labels()).toEqual(before);
    expect(done(await importSheet(text, { goodLinesOnly: true }))).toEqual({
      changed: 1,
      unchanged: 0,
      leftOut: 2,
    });
    expect((await labels())[0]).toMatchObject({ alias: "Good", room: null });
  });

  test("only what was shown is written: a scanner that changed meanwhile makes it another sheet", async () => {
    const text = "serial,alias\nSN-3,From the sheet\n";
    const { planDigest } = await preview(text);
    const [row] = await server.owner<{ id: string }>(`select id from "Scanner" where serial = 'SN-3'`);
    done(await world.admin.mutate("scanner.rename", { scannerId: row?.id, alias: "By hand", reason: "x" }));
    expect((await importSheet(text, { planDigest })).refusal?.code).toBe("sheet-moved-on");
    expect((await labels())[2]).toMatchObject({ alias: "By hand" });
  });

  test("another site moves the scanner with all of its rows, for whoever may move it", async () => {
    const text = "serial,site\nSN-3,Beta\n";
    const engineer = await personAt(world, "service-engineer", world.own);
    expect((await preview(text, "Labels", engineer)).problems).toMatchObject([
      { line: 2, reason: { code: "unknown-site" } },
    ]);
    done(await importSheet(text));
    for (const table of ["Scanner", "ScannerState", "Report", "FactInterval"]) {
      const tie = table === "Scanner" ? "id" : "scannerId";
      const rows = await server.owner<{ siteId: string }>(
        `select distinct t."siteId" from "${table}" t join "Scanner" s on s.id = t."${tie}" where s.serial = 'SN-3'`,
      );
      expect([table, rows]).toEqual([table, [{ siteId: world.other.siteId }]]);
    }
    const chains = await server.owner<{ chain: string }>(
      `select chain from audit.event where action = 'scanner.labels-imported' and body like '%"site":"Beta"%' order by 1`,
    );
    expect(chains.map(({ chain }) => chain).sort()).toEqual(
      [`site:${world.own.siteId}`, `site:${world.other.siteId}`].sort(),
    );
  });

  test("what is exported and imported again changes nothing, whatever people call things", async () => {
    const rows = await server.owner<{ id: string }>(`select id from "Scanner" order by serial`);
    const hostile = [`=cmd|' /C calc'!A0`, `'quoted, "twice";\tand tabbed`, "\u202Eלמטה"];
    for (const [index, { id }] of rows.entries())
      await server.owner(`update "Scanner" set alias = $2, room = $3 where id = $1`, [
        id,
        hostile[index % hostile.length]?.trim(),
        "+49",
      ]);
    const { text } = done(await world.admin.mutate("sheet.exportLabels")) as SheetText;
    expect(text.startsWith("\uFEFFserial,alias,")).toBe(true);
    expect(text).toContain("'=cmd|");
    expect(await preview(text)).toMatchObject({ changed: 0, unchanged: rows.length, problems: [] });
  });

  test("who took a sheet along is in the log, with how much of it [A-06]", async () => {
    const taken = async (what: "labels" | "sites") =>
      server.owner<{ actor: string; chain: string; body: string }>(
        `select actor, chain, body from audit.event where action = $1 order by at`,
        [`sheet.${what}-exported`],
      );
    const before = { labels: await taken("labels"), sites: await taken("sites") };
    const { text } = done(await world.admin.mutate("sheet.exportLabels")) as SheetText;
    done(await world.admin.mutate("sheet.exportSites"));
    const labelled = (await taken("labels")).slice(before.labels.length);
    expect(labelled.map(({ body }) => JSON.parse(body))).toEqual([{ rows: linesOf(text) - 1 }]);
    const listed = (await taken("sites")).slice(before.sites.length);
    expect(listed).toMatchObject([{ actor: labelled[0]?.actor, chain: labelled[0]?.chain }]);
    expect((await world.admin.query("sheet.exportLabels")).refusal?.code).toBe("wrong-request");

    function linesOf(sheet: string): number {
      return sheet.trimEnd().split("\r\n").length;
    }
  });

  test("nobody reads or writes labels of another site [P-02]", async () => {
    const engineer = await personAt(world, "service-engineer", world.other);
    const { text } = done(await engineer.mutate("sheet.exportLabels")) as SheetText;
    expect(text).not.toContain("SN-1");
    const foreign = await preview("serial,alias\nSN-1,mine\n", "Labels", engineer);
    const missing = await preview("serial,alias\nSN-9,mine\n", "Labels", engineer);
    expect([foreign.problems[0]?.reason.code, missing.problems[0]?.reason.code]).toEqual([
      "unknown-serial",
      "unknown-serial",
    ]);
  });
});

describe("sites", () => {
  test("are made and changed, with the regions they name, and exported for the next time", async () => {
    const text =
      "name,region,time zone\nUniversitätsklinikum Köln,West,Europe/Berlin\nBeta,West,Europe/Berlin\nAlpha,Main,Mars/Base\n";
    expect((await preview(text, "Sites")).problems).toMatchObject([
      { line: 4, column: "time zone", reason: { code: "not-a-zone" } },
    ]);
    expect(done(await importSheet(text, { kind: "Sites", goodLinesOnly: true }))).toEqual({
      changed: 2,
      unchanged: 0,
      leftOut: 1,
    });
    const exported = done(await world.admin.mutate("sheet.exportSites")) as SheetText;
    expect(exported.text).toContain("Universitätsklinikum Köln,West,Europe/Berlin\r\n");
    expect(await preview(exported.text, "Sites")).toMatchObject({ changed: 0, problems: [] });
    const moved = await server.owner<{ region: string }>(
      `select r.name region from "Scanner" s join "Region" r on r.id = s."regionId" where s.serial = 'SN-3'`,
    );
    expect(moved).toEqual([{ region: "West" }]);
  });

  test("a site's own administrator makes none [P-03]", async () => {
    const local = await personAt(world, "admin", world.own);
    const shown = await preview("name,region,time zone\nMine,Main,UTC\n", "Sites", local);
    expect(shown.problems).toMatchObject([{ line: 2, column: "region", reason: { code: "unknown-region" } }]);
  });
});

describe("what is no sheet", () => {
  test("a quotation mark that is not closed is named by its line", async () => {
    expect((await preview('serial,alias\nSN-1,"open\nSN-2,x\n')).problems).toMatchObject([
      { reason: { code: "not-csv" } },
    ]);
  });

  test("the line of a wrong cell is the one an editor shows, line breaks inside cells counted", async () => {
    const shown = await preview('serial,alias\r\nSN-1,"two\r\nlines"\r\nSN-404,x\r\n');
    expect(shown.problems).toMatchObject([{ line: 4, column: "serial" }]);
  });

  test("more than a megabyte or ten thousand lines is refused in words; ten thousand lines are read", async () => {
    const post = async (text: string) => {
      const response = await world.admin.fetch("/api/trpc/sheet.previewLabels", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ text }),
      });
      return (await response.json()) as {
        error?: { data: { refusal: { code: string } } };
        result?: { data: SheetPreview };
      };
    };
    const body = (n: number) => `serial,alias\n${"SN-404,x\n".repeat(n)}`;
    expect((await post(body(10_001))).error?.data.refusal).toEqual({
      code: "sheet-too-long",
      params: { lines: 10_000 },
    });
    expect((await post(body(10_000))).result?.data.wrong).toBe(10_000);
    expect((await post(`serial\n${"x".repeat(1_000_000)}`)).error?.data.refusal).toEqual({
      code: "sheet-too-large",
      params: { limitBytes: 1_000_000 },
    });
    expect((await post("é".repeat(700_000))).error?.data.refusal.code).toBe("sheet-too-large");
  }, 60_000);
});
