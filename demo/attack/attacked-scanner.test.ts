import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REFUSED_TEXTS } from "#core/message/refused-texts.ts";
import { AttackedScanner } from "#demo/attack/attacked-scanner.ts";
import { attack, type Lent } from "#demo/attack/attacks.ts";
import { SCRIPTS } from "#demo/attack/scripts.ts";
import { firstRootsFolder } from "#demo/ceremony/hold-ceremony.ts";
import { confirmedBefore } from "#demo/change/confirmed-before.ts";
import { attackView } from "#demo/tray/attack-view.ts";
import { ExampleChange } from "#tests/support/example-change.ts";

const OTHER = "01936f3e-7a2b-7c3d-8e4f-5a6b7c8d9e0f";
const AT_ONCE = { answer: 0, scan: 0 };

let example: ExampleChange;
const home = () => join(example.data, "agents", example.scanner.serial);

beforeAll(async () => {
  example = await ExampleChange.open(
    ({ condition, model }) => condition.word === "nominal" && model !== "FS-10",
  );
});
afterAll(() => example.close());

function lent(): Lent {
  const { machine, scanner, data } = example;
  const { host } = machine;
  const { scan } = host.state;
  return {
    serial: scanner.serial,
    scannerId: scanner.scannerId,
    open: () =>
      AttackedScanner.open({
        ...{ data, host, stage: example.stage, plannedMs: example.plannedMs, log: () => undefined },
        folder: join(home(), "attacked"),
        home: join(home(), "change"),
        firstRoots: firstRootsFolder(data),
        identity: join(home(), "state"),
        scannerId: scanner.scannerId,
        otherScanner: OTHER as never,
        past: () => confirmedBefore(host.state, example.stage.systems),
      }),
    runs: () => host.picture.systems.running.release.name,
    handBack: () => host.change((state) => ({ ...state, scan })),
  };
}

describe("whoever owns the server of a simulated scanner [SIG-2, RUN-5]", () => {
  test.each(SCRIPTS)("[$id] $name: refused by name, and it runs what it ran", async (script) => {
    const ran = example.machine.host.picture.systems.running.release.name;
    const ended = await attack(script, lent(), AT_ONCE);
    expect(ended).toMatchObject({ id: script.id, state: "held", runs: ran });
    expect(ended.seen?.after).toEqual(ended.seen?.before);
    const wanted = script.moves.at(-1)?.expect;
    const view = attackView(ended, "en");
    if (wanted?.kind === "refused") {
      expect(example.machine.host.state.change).toMatchObject({ state: "refused", reason: wanted.reason });
      expect(view.name).toBe(REFUSED_TEXTS[`refusal-name.${wanted.reason}`].en);
    } else expect(example.told.slice(-2)).toEqual(["waiting", "cancelled"]);
    expect(view.said.join(" ")).toContain(view.name);
    expect(readdirSync(home())).not.toContain("attacked");
  });
});
