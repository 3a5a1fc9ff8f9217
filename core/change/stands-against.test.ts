import { describe, expect, test } from "vitest";
import { type Candidate, type ScannerKnown, standsAgainst, systemFor } from "#core/change/stands-against.ts";
import { type Audience, audienceSchema } from "#core/release/release.ts";

const ID = "019a5b1e-0000-7000-8000-0000000000a1";
const OTHER = "019a5b1e-0000-7000-8000-0000000000a2";
const candidate: Candidate = { action: "activate", counter: 5, withdrawn: null, toplevel: "/new", floor: 3 };
const known: ScannerKnown = {
  identity: "approved",
  model: "M",
  running: { toplevel: "/old", counter: 4 },
  confirmed: false,
  onDisk: null,
  changesEnabled: true,
  openChange: false,
  held: false,
  blocked: ["/failed"],
  misfit: null,
};
const codes = (one: Partial<Candidate>, about: Partial<ScannerKnown> = {}) =>
  standsAgainst({ ...candidate, ...one }, { ...known, ...about }).map(({ code }) => code);

describe("what stands against a change before it is asked for [SIG-5, ACT-7]", () => {
  test("nothing", () => {
    expect(codes({})).toEqual([]);
    expect(codes({}, { changesEnabled: null, running: null })).toEqual([]);
    expect(codes({}, { running: { toplevel: "/adopted", counter: null } })).toEqual([]);
  });

  test.each<[string, Partial<Candidate>, Partial<ScannerKnown>]>([
    ["locked-out", {}, { identity: "locked-out" }],
    ["retired", {}, { identity: "retired" }],
    ["wrong-model", { toplevel: null }, {}],
    ["model-not-known", { toplevel: null }, { model: null }],
    ["busy", {}, { openChange: true }],
    ["held", {}, { held: true }],
    ["held", { action: "stage" }, { held: true }],
    ["blocked-here", {}, { blocked: ["/new"] }],
    ["blocked-here", { action: "rollback" }, { blocked: ["/new"], confirmed: true }],
    ["changes-off", {}, { changesEnabled: false }],
    ["below-floor", { floor: 6 }, {}],
    ["firmware-does-not-fit", {}, { misfit: { code: "firmware-does-not-fit" } }],
    ["withdrawn", { withdrawn: "bad driver" }, {}],
    ["older-release", { counter: 4 }, {}],
    ["never-confirmed-here", { action: "rollback" }, {}],
    ["not-on-disk", { action: "rollback" }, { confirmed: true, onDisk: false }],
  ])("%s", (code, one, about) => {
    expect(codes(one, about)).toEqual([code]);
  });

  test("back to a confirmed generation neither age nor withdrawal counts, the floor does [E-05, E-06]", () => {
    const back = { action: "rollback", counter: 1, withdrawn: "old", floor: 0 } as const;
    expect(codes(back, { confirmed: true, onDisk: true })).toEqual([]);
    expect(codes(back, { confirmed: true, onDisk: true, held: true })).toEqual([]);
    expect(codes({ ...back, floor: 2 }, { confirmed: true })).toEqual(["below-floor"]);
  });

  test("what runs already may be asked for once, to be confirmed where it stands", () => {
    const runs = { running: { toplevel: "/new", counter: 5 } };
    expect(codes({}, runs)).toEqual([]);
    expect(codes({}, { ...runs, confirmed: true })).toEqual(["runs-already"]);
    expect(codes({ action: "rollback" }, { ...runs, confirmed: true })).toEqual(["runs-already"]);
  });
});

describe("the system that is for a scanner [SIG-6]", () => {
  const audience = (one: object): Audience => audienceSchema.parse(one);
  const model = { name: "model", for: [audience({ model: "M", hardwareRevisions: null })] };
  const revision = { name: "revision", for: [audience({ model: "M", hardwareRevisions: ["B"] })] };
  const named = { name: "named", for: [audience({ scannerId: ID })] };
  const labels = { scannerId: ID, model: "M", hardwareRevision: "A" };

  test("names it, or else its model and revision", () => {
    expect(systemFor([model, named], labels)?.name).toBe("named");
    expect(systemFor([named, model], { ...labels, scannerId: OTHER })?.name).toBe("model");
    expect(systemFor([revision], labels)).toBeNull();
    expect(systemFor([revision], { ...labels, hardwareRevision: null })).toBeNull();
    expect(systemFor([revision], { ...labels, hardwareRevision: "B" })?.name).toBe("revision");
    expect(systemFor([model], { ...labels, model: null })).toBeNull();
  });
});
