import { copyFileSync, cpSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localEntrySchema } from "#core/local/log.ts";
import { until } from "#tests/support/portal.ts";
import { enrol } from "../story/beginning.ts";
import { Cast, MODEL } from "../story/cast.ts";
import { Story } from "../story/telling.ts";
import { Cable } from "./cable.ts";
import { whyNoHost } from "./host-root.ts";
import { OwnPage, readable } from "./own-page.ts";
import { SANDBOX_PROBE } from "./sandbox-probe.ts";

const why = whyNoHost();
if (why !== null) console.log(`skipped: the scanner's own page on a host: ${why}`);

const PASSCODE = "473920";
const PROGRAM = "/run/current-system/fiducial/programs/fiducial-activate.mjs";
const LATER = "const now = Date.now; Date.now = () => now() + 86_400_000 * Number(process.env.LATER_DAYS);";
/** A change with budgets of seconds, on a machine that has other things to do. */
const PATIENCE_MS = 240_000;

/**
 * The real server with its signer and PostgreSQL, the release station, real Nix and systemd, and the units as the module renders them. The
 * scanner loses its network, gets a release from a stick, and is rolled back from its own page.
 */
describe.skipIf(why !== null)(
  "a scanner without a network, and its own page [OFF-1, OFF-2, LOC-1, ACT-4]",
  () => {
    let cast: Cast;
    let page: OwnPage;
    let cable: Cable;

    beforeAll(async () => {
      cast = await Cast.gather({ network: false });
      const { workshop, scanner, product } = cast;
      page = new OwnPage(scanner.host);
      cable = await Cable.lay(scanner, product.url);
      copyFileSync(
        path.join(product.data, "signer/online-keys.json"),
        path.join(workshop.shared, "online-keys.json"),
      );
      const keys = ["--online-keys", "/shared/online-keys.json", "--publish-to", product.url];
      await cast.types("anna", "init", "--solo", "--name", "anna", "--for", `model:${MODEL}`, ...keys);
      await enrol(new Story(), cast, { page: "on" });
      await ship("r1", "1");
      await cast.serverSays(await cast.asks("activate", "r1", "first release"), "confirmed");
    });
    afterAll(async () => {
      await cable?.unplug();
      await cast?.leave();
    });

    /** One person builds, signs and publishes. */
    const ship = async (name: string, version: string) => {
      const toplevel = await cast.builds(name, { version, page: "on" });
      await cast.types("anna", "ship", toplevel, "--name", name, "--yes");
    };
    const byHand = (...args: string[]) => cast.scanner.host.run("node", [PROGRAM, ...args]);
    /** The scanner's own program, by a clock that is on by days: hosts here share the clock of this machine. */
    const verifyLater = (days: number, stick: string) =>
      cast.scanner.host.run("env", [
        ...[`LATER_DAYS=${days}`, "node", "--import", "/usr/local/lib/later.mjs"],
        ...[PROGRAM, "bundle", "verify", `/shared/${stick}`],
      ]);
    const entries = async () => {
      const log = await cast.scanner.host.must("cat", ["/var/lib/fiducial-activate/local/log.jsonl"]);
      return log.split("\n").flatMap((line) => {
        const entry = line === "" ? null : localEntrySchema.safeParse(JSON.parse(line));
        return entry?.success === true ? [entry.data] : [];
      });
    };

    /** What the server's audit says was done at the scanner, in its order. */
    const audited = async () => {
      const { scannerId, portal } = cast;
      const { entries: newestFirst } = await portal.api.audit.list.query({ scannerId, limit: 200 });
      return newestFirst
        .filter(({ actor, action }) => actor === scannerId && action.startsWith("local."))
        .reverse();
    };

    test("a release comes on a stick that was made to last in the portal, and is confirmed", async () => {
      const { scanner, workshop, product, portal } = cast;
      await cable.unplug();
      const links = await scanner.host.must("sh", ["-c", "ls /sys/class/net"]);
      expect(links.trim()).toBe("lo");
      await ship("r2", "2");
      const changeId = await cast.asks("activate", "r2", "scheduled upgrade");
      const day = ["/shared/day", "--release", "r2", "--scanner", cast.scannerId, "--server", product.url];
      await until("the server to have signed it", PATIENCE_MS, async () => {
        const { status } = await cast.tries("anna", "bundle", "write", ...day);
        return status === 0 ? true : null;
      });
      await portal.api.change.carry.mutate({ changeId, reason: "no network there", untilMs: null });
      const line = await until("the portal to show the line", PATIENCE_MS, async () => {
        const { stick } = await portal.api.change.get.query({ changeId });
        return stick?.command ?? null;
      });
      expect(line).toContain(` --scanner STORY-1=${cast.scannerId} `);
      const [, ...words] = line.replace("/media/stick", "/shared/stick").split(/[\s\\]+/);
      expect(await cast.types("anna", ...words)).toContain(`STORY-1 (${cast.scannerId})  activate`);
      for (const name of ["day", "stick"])
        cpSync(path.join(workshop.shared, name), path.join(scanner.shared, name), { recursive: true });
      await scanner.host.write("/usr/local/lib/later.mjs", LATER);
      expect(await verifyLater(3, "day")).toMatchObject({
        ...{ status: 4, stderr: expect.stringMatching(/refused \(metadata-frozen\)/) },
      });
      expect(await verifyLater(3, "stick")).toMatchObject({
        ...{ status: 0, stdout: expect.stringMatching(/would take it/) },
      });
      expect(await verifyLater(15, "stick")).toMatchObject({ status: 4 });
      const applied = await byHand("bundle", "apply", "/shared/stick");
      expect(applied, applied.stderr).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^confirmed$/m),
      });
      expect(await scanner.seen()).toMatchObject({
        current: cast.toplevel("r2"),
        profile: cast.toplevel("r2"),
      });
    });

    test("its page says what runs, takes a report and a hold, and needs the passcode to go on", async () => {
      const first = await page.open("/");
      expect(first.status, first.body).toBe(200);
      expect(readable(first.body)).toMatch(/STORY-1/);
      expect(readable(first.body)).toMatch(/r2 nixos-system-scanner-2/);
      await cast.scanner.host.must("node", [PROGRAM, "passcode", "set"], { input: `${PASSCODE}\n` });
      expect((await page.fill("/report", { text: "noise in the image" })).location).toMatch(/done=report/);
      expect((await page.fill("/hold", { reason: "waiting for service" })).location).toMatch(/done=hold/);
      expect(readable((await page.open("/")).body)).toMatch(/waiting for service/);
      const free = await page.fill("/release", { reason: "looked at", passcode: "000000" });
      expect([free.status, readable(free.body)]).toEqual([409, expect.stringMatching(/not the passcode/)]);
      const freed = await page.fill("/release", { reason: "looked at", passcode: PASSCODE });
      expect(freed.location, readable(freed.body)).toMatch(/done=release/);
    });

    test("the page's unit writes, sees and reaches nothing but its socket [LOC-1, ACT-9]", async () => {
      const { host } = cast.scanner;
      await host.write("/usr/local/lib/sandbox-probe.mjs", SANDBOX_PROBE);
      // The rendered unit itself, with another program and without the socket that would be handed to it.
      const unit = await host.must("cat", ["/etc/systemd/system/fiducial-page.service"]);
      const probe = unit
        .replace(/^(Requires|After)=.*\n/gm, "")
        .replace(/^ExecStart=.*$/m, "ExecStart=/usr/local/bin/node /usr/local/lib/sandbox-probe.mjs")
        .replace("Type=exec", "Type=oneshot")
        .replaceAll("=fiducial-page\nRuntimeDirectoryMode", "=fiducial-probe\nRuntimeDirectoryMode");
      await host.write("/run/systemd/system/page-probe.service", probe);
      await host.must("systemctl", ["daemon-reload"]);
      await host.must("systemctl", ["start", "page-probe.service"]);
      const said = await host.must("journalctl", ["-u", "page-probe.service", "-o", "cat", "--no-pager"]);
      const [line = "{}"] = said.split("\n").filter((one) => one.startsWith("{"));
      expect(JSON.parse(line)).toEqual({
        ...{ writeEtc: "EROFS", writeVar: "EROFS", writeRun: "EACCES", writeStore: "EROFS" },
        ...{ readIdentity: "EACCES", readPasscode: "EACCES", readShadow: "EACCES", listRoot: "EACCES" },
        ...{ seesInit: "ENOENT", killInit: "EPERM", askActivator: "EACCES", network: "EAFNOSUPPORT" },
        ...{ askLocal: "done", ownFolder: "done" },
      });
    });

    test("rolled back from its page, after the preflight and with the passcode, and confirmed by what is observed", async () => {
      const { scanner } = cast;
      const [one, two] = [cast.toplevel("r1"), cast.toplevel("r2")];
      expect(readable((await page.open("/rollback")).body)).toMatch(/Look at r1/);
      const form = `/rollback?to=${encodeURIComponent(one)}`;
      expect(readable((await page.open(form)).body)).toMatch(/The drive is off/);
      const typed = { to: one, reason: "image noise" };
      expect((await page.fill(form, { ...typed, passcode: "111111" })).status).toBe(409);
      expect(await scanner.seen()).toMatchObject({ current: two });
      const done = await page.fill(form, { ...typed, passcode: PASSCODE });
      expect(done.location, readable(done.body)).toMatch(/done=rollback/);
      await until("the way back to be confirmed", PATIENCE_MS, async () => {
        const told = await cast.scannerSays();
        return told?.to === "r1" && told.state === "confirmed" ? true : null;
      });
      expect(await scanner.seen()).toMatchObject({ current: one, profile: one });
      expect(await scanner.bootsNext()).toBe(one);
      expect(readable((await page.open("/")).body)).toMatch(/r1 nixos-system-scanner-1/);
      expect((await entries()).map(({ act, result }) => `${act} ${result}`)).toEqual([
        "passcode-set done",
        "report done",
        "hold done",
        "passcode-refused refused",
        "release done",
        "passcode-refused refused",
        "rollback done",
      ]);
    });

    test("plugged in again, the server hears of all of it once, with the times at which it was done", async () => {
      const { portal, scanner, scannerId } = cast;
      expect(await audited()).toEqual([]);
      const before = await portal.api.change.list.query({ scannerId });
      expect(before.rows.find((row) => row.release.name === "r2")?.state).not.toBe("confirmed");
      const done = await entries();
      const pluggedMs = Date.now();
      await cable.plug();
      await until("the server to know what was done", PATIENCE_MS, async () =>
        (await audited()).length >= done.length ? true : null,
      );
      await until("the server to see r1 running", PATIENCE_MS, async () => {
        const { running } = await portal.api.scanner.get.query({ scannerId });
        return running.toplevel === cast.toplevel("r1") ? true : null;
      });
      const { rows } = await portal.api.change.list.query({ scannerId });
      expect(rows.find((row) => row.release.name === "r2")).toMatchObject({ state: "confirmed" });
      const told = await audited();
      expect(told.map(({ action, body }) => ({ action, body }))).toEqual(
        done.map(({ seq, atMs, act, result }) => ({
          action: `local.${act}`,
          body: expect.objectContaining({ entered: "offline", enteredAtMs: atMs, number: seq, result }),
        })),
      );
      for (const { atMs, body } of told) {
        expect(Number(body.enteredAtMs)).toBeLessThan(pluggedMs);
        expect(atMs).toBeGreaterThanOrEqual(pluggedMs);
      }

      // Whoever begins anew tells all of it again, and nothing is heard twice.
      const started = (await portal.api.scanner.get.query({ scannerId })).seq?.startCounter ?? 0;
      await scanner.host.must("systemctl", ["restart", "fiducial-agent.service"]);
      await until("the agent to have reported again", PATIENCE_MS, async () => {
        const { seq } = await portal.api.scanner.get.query({ scannerId });
        return (seq?.startCounter ?? 0) > started ? true : null;
      });
      expect(await audited()).toEqual(told);
    });
  },
);
