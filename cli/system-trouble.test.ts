import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { systemTrouble } from "./system-trouble.ts";

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

test("what the operating system refuses is said with what to do", () => {
  expect(systemTrouble(thrownBy(() => readFileSync("/")))).toMatch(/^That is a folder.*\(EISDIR: /);
  expect(systemTrouble(thrownBy(() => readFileSync("/nowhere/at/all")))).toContain("'/nowhere/at/all'");
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    syscall: "write",
  });
  expect(systemTrouble(full)).toBe(
    "The disk is full. Make room and run the same again: nothing is half-written. (ENOSPC: no space left on device, write)",
  );
});

test("an error of the program itself keeps its stack", () => {
  expect(systemTrouble(new Error("ENOSPC"))).toBeNull();
  expect(systemTrouble("EACCES")).toBeNull();
});
