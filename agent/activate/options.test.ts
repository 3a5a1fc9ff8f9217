import { expect, test } from "vitest";
import { FOLDERS } from "#agent/activate/folders.ts";
import { readOptions, USAGE, VERBS } from "#agent/activate/options.ts";

test("the verbs are closed, and nothing among them energises, resets or releases anything [ACT-9]", () => {
  expect(VERBS).toEqual([
    ...["serve", "serve-local", "run", "recover", "deadline", "watch"],
    ...["status", "rollback", "consent", "hold", "release-hold", "report", "passcode", "unblock", "bundle"],
  ]);
  for (const verb of VERBS) expect(USAGE).toContain(verb);
  expect(readOptions(["reset-interlock"])).toMatchObject({ kind: "problem" });
  expect(readOptions([])).toMatchObject({ kind: "problem" });
  expect(readOptions(["run", "status"])).toMatchObject({ kind: "problem" });
});

test("who acts by hand says to what and why [ACT-4, ACT-5]", () => {
  expect(readOptions(["rollback", "--to", "r1"])).toEqual({
    kind: "problem",
    problem: "rollback needs --reason",
  });
  expect(readOptions(["unblock", "--reason", "x"])).toEqual({
    kind: "problem",
    problem: "unblock needs --to",
  });
  expect(readOptions(["consent"])).toMatchObject({ kind: "problem" });
  const read = readOptions([
    "rollback",
    "--to",
    "r1",
    "--reason",
    "image noise",
    "--attest",
    "--state",
    "/s",
  ]);
  expect(read).toMatchObject({
    kind: "options",
    options: { to: "r1", reason: "image noise", attest: true, folders: { ...FOLDERS, state: "/s" } },
  });
});

test("a bundle is verified, applied or answered, and is named [OFF-1]", () => {
  const read = readOptions(["bundle", "apply", "/mnt/stick", "--no-wait"]);
  expect(read).toMatchObject({ options: { bundle: { act: "apply", folder: "/mnt/stick" }, wait: false } });
  expect(readOptions(["status"])).toMatchObject({ options: { bundle: null } });
  for (const wrong of [
    ["bundle"],
    ["bundle", "import", "/x"],
    ["bundle", "apply"],
    ["bundle", "apply", "a", "b"],
  ])
    expect(readOptions(wrong)).toMatchObject({ kind: "problem" });
});

test("what people at the scanner say has a text, and a passcode is set and nothing else [LOC-1]", () => {
  expect(readOptions(["hold"])).toMatchObject({ problem: "hold needs --reason" });
  expect(readOptions(["release-hold"])).toMatchObject({ problem: "release-hold needs --reason" });
  expect(readOptions(["report"])).toMatchObject({ problem: "report needs --text" });
  expect(readOptions(["consent", "--change", "c", "--choice", "later"])).toMatchObject({ kind: "problem" });
  expect(readOptions(["consent", "--change", "c", "--choice", "tonight"])).toMatchObject({
    options: { choice: "tonight" },
  });
  expect(readOptions(["passcode"])).toMatchObject({ kind: "problem" });
  expect(readOptions(["passcode", "123456"])).toMatchObject({ kind: "problem" });
  expect(readOptions(["passcode", "set"])).toMatchObject({ options: { verb: "passcode" } });
});

test("help, and what is no flag", () => {
  expect(readOptions(["--help"])).toEqual({ kind: "help" });
  expect(readOptions(["run", "--no-check-sigs"])).toMatchObject({ kind: "problem" });
});
