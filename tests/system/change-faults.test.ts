import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildAgent, buildName } from "../../scripts/build-agent.mjs";
import { ChangeScanner, STUB_SCANNER_ID } from "./change-scanner.ts";
import { type Case, casesLeft, deathLog, endsOf, faultTable, SHORT, titleOf } from "./fault-cases.ts";
import { FaultRun } from "./fault-run.ts";
import { installHold } from "./held-reboot.ts";
import { whyNoHost } from "./host-root.ts";
import { QUICK_HEALTH, type SystemPlan } from "./nixos-host.ts";
import { type Built, Workshop } from "./workshop.ts";

const why = whyNoHost();
if (why !== null) console.log(`skipped: killing a change at its named points: ${why}`);

/** `npm run faults`: every point, both kinds of target and of death; its table is docs/faults.md. */
const ALL = process.env.FIDUCIAL_FAULTS === "all";
/** `1/2` and `2/2` in two terminals: a scanner mostly waits. */
const PART = process.env.FIDUCIAL_FAULTS_PART ?? "1/1";
/** A sweep takes long: after so many minutes it stops, and the next goes on where it stopped. */
const MINUTES = Number(process.env.FIDUCIAL_FAULTS_MINUTES ?? 24 * 60);

/** A case that hangs is cut off: longer than the longest that was ever seen to end. */
const CUT_MS = 300_000;
/** The cut, and another scanner before it. */
const CASE_MS = CUT_MS + 120_000;
/** What a scanner that hangs may take of this. */
const LAST_WORDS_MS = 30_000;

/** A sick target is given up sooner, so that the sweep ends. */
const HEALTH = {
  healthy: QUICK_HEALTH,
  sick: { ...QUICK_HEALTH, budgets: { ...QUICK_HEALTH.budgets, probationMs: 6_000 } },
} as const;

describe.skipIf(why !== null)(
  "a change killed at a named point ends whole, on one side or the other [ACT-3, I1-I10]",
  () => {
    let workshop: Workshop;
    /** Null: the last one was left half way by a case that failed. */
    let scanner: ChangeScanner | null = null;
    let number = 0;
    const endAtMs = Date.now() + MINUTES * 60_000;
    /** What is built, with the number of its kernel: what runs decides what another kernel is. */
    const built = new Map<string, Built & { kernel: number }>();

    const build = async (kernel: number, plan: Omit<SystemPlan, "version" | "kernel">) => {
      number += 1;
      const version = `f${number}`;
      const names = { version, programs: "/shared/faulty", kernel: `6.12.${kernel}` };
      const made = { ...(await workshop.build({ ...names, ...plan })), kernel };
      built.set(made.toplevel, made);
      return made;
    };

    beforeAll(async () => {
      workshop = await Workshop.open({ scannerId: STUB_SCANNER_ID, changes: { liveSwitch: true } });
      await buildAgent(path.join(workshop.nixos.shared, "faulty"), { faults: true });
      scanner = await another();
    });
    afterAll(async () => {
      await scanner?.remove();
      await workshop?.close();
      if (ALL) console.log(faultTable());
    });

    test.each((ALL ? casesLeft(PART) : SHORT).map((one) => [titleOf(one), one] as const))(
      "%s",
      async (_, one) => {
        if (Date.now() > endAtMs) return;
        const on = await atRest();
        try {
          await within(CUT_MS, titleOf(one), struckDown(one, on));
        } catch (error) {
          scanner = null;
          await lastWords(on, one);
          throw error;
        }
      },
      CASE_MS,
    );

    async function struckDown(one: Case, on: ChangeScanner): Promise<void> {
      const begunAtMs = Date.now();
      const was = await running(on);
      const run = new FaultRun(on, one);
      const { to, changeId } = await ask(one, on, was?.kernel ?? 1);
      await run.begin();
      const end = await run.end({ was: was?.toplevel ?? "", to: to.toplevel, changeId });
      expect(endsOf(one)).toContain(end);
      const reason = (await on.told())?.reason ?? null;
      const seconds = Math.round((Date.now() - begunAtMs) / 1000);
      if (ALL) deathLog.note({ ...one, end, reason, seconds, build: buildName() });
    }

    /** A scanner on which nothing is half way. */
    async function atRest(): Promise<ChangeScanner> {
      const found = scanner;
      const isWhole =
        found !== null &&
        (await within(LAST_WORDS_MS, "the scanner to answer", running(found)).catch(() => null)) !== null;
      if (found !== null && isWhole) return found;
      if (found !== null) await within(LAST_WORDS_MS, "the scanner to go", found.remove()).catch(() => null);
      scanner = await another();
      return scanner;
    }

    /** Nothing is asked of it: what was asked of the one before would be begun by this one, too. */
    async function another(): Promise<ChangeScanner> {
      workshop.installation.instruct(null);
      const made = await ChangeScanner.install("trixie", workshop, await build(1, {}));
      await installHold(made.nixos.host);
      return made;
    }

    /** What runs, when nothing is half way; null otherwise. */
    async function running(on: ChangeScanner) {
      const { current, booted, profile } = await on.nixos.seen();
      const found = built.get(current);
      const status = await on.ask({ verb: "status" });
      if (status.answer !== "status" || status.step !== "rest" || found === undefined) return null;
      return profile === current && built.get(booted)?.kernel === found.kernel ? found : null;
    }

    /** Signs a new release and the instruction to take it. */
    async function ask({ target, way }: Case, on: ChangeScanner, kernel: number) {
      const to = await build(
        way === "reboot" ? kernel + 1 : kernel,
        target === "sick" ? { safety: "failing" } : {},
      );
      const release = `f${number}`;
      on.release(release, number, to, HEALTH[target]);
      return { to, changeId: on.instruct(release, to) };
    }

    /** Of a case that failed; then that scanner is gone, whatever still waits for it. */
    async function lastWords(on: ChangeScanner, one: Case): Promise<void> {
      const journal = await within(LAST_WORDS_MS, "its journal", on.journal()).catch(String);
      console.log(`${titleOf(one)}\n${journal}`);
      await within(LAST_WORDS_MS, "the scanner to go", on.remove()).catch((error) => console.log(error));
    }

    async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
      const stop = new AbortController();
      const cut = sleep(limitMs, null, { signal: stop.signal }).then(() => {
        throw new Error(`cut off after ${limitMs / 1000} s: ${what}`);
      });
      try {
        return await Promise.race([work, cut]);
      } finally {
        stop.abort();
      }
    }
  },
);
