import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serve } from "#agent/activate/serve.ts";
import { activateAnswerSchema, REQUEST_LIMIT_BYTES } from "#core/change/verbs.ts";
import { ActivatorRoom } from "#tests/support/activator-room.ts";

let room: ActivatorRoom;
let socket: string;
let ended: Promise<void>;
beforeEach(() => {
  room = new ActivatorRoom();
  socket = join(room.folders.run, "activate.sock");
  ended = serve(room.host().host, { where: { path: socket }, idleMs: 300 });
});
afterEach(async () => {
  await ended;
  room.remove();
});

/** What comes back on a real socket; `end`: hangs up its half afterwards. */
function say(text: string, end = true): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const client = connect(socket, () => (end ? client.end(text) : client.write(text)));
    client.on("data", (piece) => {
      answer += String(piece);
    });
    client.once("error", reject);
    client.once("close", () => resolve(answer));
  });
}
const told = async (text: string, end = true) => activateAnswerSchema.parse(JSON.parse(await say(text, end)));

describe("the activator's socket [ACT-9]", () => {
  test("a verb of the list is answered by one line, and the connection ends", async () => {
    expect(await told('{"verb":"status"}\n', false)).toMatchObject({ answer: "status", step: "rest" });
    expect(await told('{"verb":"status"}')).toMatchObject({ answer: "status" });
    expect(await told('{"verb":"consider"}\n')).toMatchObject({ answer: "need-metadata" });
    expect(await told('{"verb":"fetched","bytes":1,"totalBytes":2}\n')).toMatchObject({ answer: "status" });
  });

  test.each([
    ["a verb that is none", '{"verb":"activate","toplevel":"/nix/store/x"}\n'],
    ["more than the verb", '{"verb":"consider","force":true}\n'],
    ["no JSON", "consider\n"],
    ["nothing", ""],
    ["more than a request may be", `${"x".repeat(REQUEST_LIMIT_BYTES + 1)}`],
  ])("%s is refused, and nothing is done", async (_, text) => {
    expect(await told(text)).toMatchObject({ answer: "failed" });
    expect(existsSync(join(room.folders.state, "journal.json"))).toBe(false);
  });

  test("many at once are answered one after the other, and who hangs up early holds nobody up", async () => {
    const gone = connect(socket, () => gone.destroy());
    const answers = await Promise.all(Array.from({ length: 10 }, () => told('{"verb":"status"}\n')));
    expect(answers.every(({ answer }) => answer === "status")).toBe(true);
  });

  test("when nobody asks any more it ends, and its socket is closed", async () => {
    await told('{"verb":"status"}\n');
    await ended;
    await expect(say('{"verb":"status"}\n')).rejects.toMatchObject({
      code: expect.stringMatching(/ENOENT|ECONNREFUSED/),
    });
  });
});
