import { afterEach, describe, expect, test } from "vitest";
import { SCRIPTS } from "#demo/attack/scripts.ts";
import { EvilRoom } from "#tests/support/evil-room.ts";

/** More than all metadata and all closures that people signed in that room, and far less than what is sent at the scanner. */
const MOST_SPOOLED_BYTES = 256 * 1024;

let evil: EvilRoom;
afterEach(() => evil.close());

describe("whoever owns the server and every online key [SIG-2, SIG-4]", () => {
  test.each(
    SCRIPTS.flatMap((script) => (["fetcher", "spool"] as const).map((half) => ({ ...script, half }))),
  )("[$id] $name: refused by name, and nothing differs (by the $half)", async ({ moves, half }) => {
    evil = await EvilRoom.open({ nextIsSick: moves.some(({ before }) => before === "next-fails") });
    for (const [at, move] of moves.entries()) {
      const before = await evil.standing();
      const answer = await evil.play(move, half);
      const { check: _, ...wanted } = { check: "", ...move.expect };
      expect(answer, `move ${at + 1}: ${move.does}`).toMatchObject(wanted);
      const isSame = move.before === "next-fails" || wanted.kind === "waits";
      if (!isSame) expect(await evil.standing()).toEqual(before);
      if (answer.kind === "refused" && answer.by === "activator")
        expect(await evil.told()).toMatchObject({ state: "refused", reason: answer.reason });
      if (half === "fetcher") expect(evil.spooledBytes()).toBeLessThan(MOST_SPOOLED_BYTES);
    }
    expect(evil.scanner.profile).toBe(evil.situation.running.toplevel);
  });
});
