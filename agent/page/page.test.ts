import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { consider } from "#agent/activate/consider.ts";
import { localFileSchema } from "#core/local/log.ts";
import { ActivatorRoom, change } from "#tests/support/activator-room.ts";
import type { ModelPlan } from "#tests/support/model-scanner.ts";
import { PageRoom } from "#tests/support/page-room.ts";

const PASSCODE = "473920";
let room: ActivatorRoom;
let page: PageRoom | null = null;
beforeEach(() => {
  room = new ActivatorRoom();
});
afterEach(async () => {
  await page?.close();
  page = null;
  room.remove();
});

/** Two releases confirmed, the second runs. */
async function confirmedTwice(words: object = {}, plan: Partial<ModelPlan> = {}) {
  const { host, scanner } = room.host(words, plan);
  const tops: string[] = [];
  for (const number of [1, 2]) {
    tops.push(room.release(`r${number}`, number));
    await ask(host, number, tops.at(-1) ?? "");
  }
  page = await PageRoom.withPasscode(host, PASSCODE);
  return { host, scanner, tops, page };
}

async function ask(host: Parameters<typeof consider>[0], number: number, toplevel: string) {
  room.installation.instruct({ release: `r${number}`, toplevel, changeId: change(number) });
  room.fillSpool();
  return await consider(host);
}

const told = () =>
  localFileSchema.parse(JSON.parse(readFileSync(join(room.folders.run, "local.json"), "utf8")));
const acts = () => told().entries.map(({ act, result }) => `${act} ${result}`);

test("rolled back from the page, with preflight and passcode, and entered with its own time [ACT-4, LOC-1, OFF-2]", async () => {
  const { host, scanner, tops, page: shown } = await confirmedTwice();
  const [one = "", two = ""] = tops;
  expect((await shown.send("/rollback")).body).toContain("Look at r1");
  const path = `/rollback?to=${encodeURIComponent(one)}`;
  const form = (await shown.send(path)).body;
  expect(form).toContain("The drive is off");
  expect(form).toContain("Roll back");
  const wrong = await shown.fill(path, { to: one, reason: "image noise", passcode: "000000" });
  expect([wrong.status, wrong.body.includes("That is not the passcode")]).toEqual([409, true]);
  expect(wrong.body).toContain("image noise");
  expect(wrong.body).not.toContain("000000");
  expect(scanner.current).toBe(two);
  const done = await shown.fill(path, { to: one, reason: "image noise", passcode: PASSCODE });
  expect(done).toMatchObject({ status: 303, headers: { location: "/?done=rollback" } });
  expect(scanner.current).toBe(one);
  expect((await host.records.journal()).step).toBe("rest");
  expect(acts()).toEqual(["passcode-set done", "passcode-refused refused", "rollback done"]);
  expect(told().entries.at(-1)).toMatchObject({ door: "page", to: "r1", text: "image noise" });
  expect(told().entries.at(-1)?.atMs).toBe(host.clock.nowMs());
});

test("guesses are counted before they are looked at, and then wait, also for the right one [LOC-1]", async () => {
  const { scanner, tops, page: shown } = await confirmedTwice();
  const path = `/rollback?to=${encodeURIComponent(tops[0] ?? "")}`;
  const guess = (passcode: string) => shown.fill(path, { to: tops[0] ?? "", reason: "x", passcode });
  for (const passcode of ["", "111111", "222222"]) expect((await guess(passcode)).status).toBe(409);
  const right = await guess(PASSCODE);
  expect(right.body).toContain("Too many wrong passcodes");
  expect(scanner.current).toBe(tops[1]);
  expect(acts().filter((one) => one.startsWith("passcode-refused"))).toHaveLength(3);
});

test("a hold needs no passcode and stops what comes from outside; releasing it needs one [LOC-1]", async () => {
  const { host, scanner, tops, page: shown } = await confirmedTwice();
  expect((await shown.fill("/hold", { reason: "<b>noise</b>\u0000" })).headers.location).toBe("/?done=hold");
  const three = room.release("r3", 3);
  // Nothing carries it on here while a gate is shut; the real unit looks again and again.
  const waiting = ask(host, 3, three);
  const gate = async () => {
    const journal = await host.records.journal();
    return journal.step === "staged" ? journal.waiting : null;
  };
  await expect.poll(gate, { timeout: 20_000 }).toBe("hold");
  const overview = (await shown.send("/")).body;
  expect(overview).toContain("It waits for: a hold.");
  expect(overview).toContain("&lt;b&gt;noise&lt;/b&gt;");
  expect(overview).not.toContain("<b>noise");
  expect((await shown.fill("/release", { reason: "fixed", passcode: "" })).status).toBe(409);
  expect(scanner.current).toBe(tops[1]);
  expect((await shown.fill("/release", { reason: "fixed", passcode: PASSCODE })).status).toBe(303);
  await waiting;
  await expect.poll(() => scanner.current, { timeout: 20_000 }).toBe(three);
  expect(told().hold).toBeNull();
});

test("a foreign page can neither read nor send: host, origin, token [X-01]", async () => {
  const { page: shown } = await confirmedTwice();
  expect((await shown.send("/", { headers: { host: "evil.example:80" } })).status).toBe(421);
  for (const headers of [{ origin: "http://evil.example" }, { "sec-fetch-site": "cross-site" }])
    expect((await shown.fill("/hold", { reason: "x" }, headers)).body).toContain("open too long");
  expect((await shown.fill("/hold", { reason: "x", token: "A".repeat(43) })).status).toBe(409);
  expect(told().hold).toBeNull();
  const { headers } = await shown.send("/");
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
  expect(headers["x-frame-options"]).toBe("DENY");
});

test("what nobody sends by hand is refused and changes nothing", async () => {
  const { page: shown } = await confirmedTwice();
  const statuses = [
    await shown.send("/../etc/passwd"),
    await shown.send("/__proto__"),
    await shown.send("/", { method: "PUT" }),
    await shown.send(`/?${"x".repeat(3_000)}`),
    await shown.send("/report", { method: "POST", form: { text: "y".repeat(40_000) } }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([404, 404, 405, 400, 413]);
  expect((await shown.send("/rollback?to=/nix/store/nothing")).body).toContain(
    "never confirmed on this scanner",
  );
  expect(acts()).toEqual(["passcode-set done"]);
});

test("a report freezes what the scanner shows and its journal, the newest few of them [LOC-1]", async () => {
  const { page: shown, tops, host } = await confirmedTwice();
  const run = vi.spyOn(host.system, "run");
  run.mockResolvedValue({ ok: true, value: { status: 0, stdout: "a line of the journal\n", stderr: "" } });
  await shown.fill("/report", { text: "noise" });
  const entry = told().entries.at(-1);
  expect(entry).toMatchObject({ act: "report", text: "noise", to: `local/reports/${entry?.atMs}.json` });
  const frozen = JSON.parse(readFileSync(join(room.folders.state, entry?.to ?? ""), "utf8"));
  expect(frozen).toMatchObject({
    atMs: entry?.atMs,
    status: { seen: { current: tops[1] } },
    journal: { state: "observed", end: "a line of the journal\n" },
  });
  expect(run).toHaveBeenCalledWith("journalctl", expect.arrayContaining(["-n", "400"]), expect.anything());
  for (let number = 1; number <= 9; number += 1) {
    room.installation.nowMs += 1_000;
    await shown.fill("/report", { text: `again ${number}` });
  }
  const kept = readdirSync(join(room.folders.state, "local/reports"));
  expect([kept.length, kept.includes(`${entry?.atMs}.json`)]).toEqual([8, false]);
});

test("twenty reports an hour, and German where the browser asks for it [LOC-1]", async () => {
  const { page: shown } = await confirmedTwice();
  for (let number = 1; number <= 20; number += 1)
    expect((await shown.fill("/report", { text: `problem ${number}` })).status).toBe(303);
  expect((await shown.fill("/report", { text: "one more" })).body).toContain("Too much was entered");
  const german = await shown.send("/", { headers: { "accept-language": "de-DE,en;q=0.5" } });
  expect(german.body).toContain("Ein Problem melden");
});
