import { expect, test } from "vitest";
import { noRoom, noRoomText, SPARE_AT_ARM_BYTES } from "#core/change/room.ts";

const MIB = 1024 * 1024;

test("what comes and half a gigabyte beside it must fit; to the byte [SIG-4]", () => {
  const room = { freeBytes: 612 * MIB, neededBytes: 100 * MIB };
  expect(noRoom(room)).toBeNull();
  expect(noRoom({ ...room, freeBytes: 612 * MIB - 1 })).toEqual({ why: "full", missingBytes: 1 });
  expect(noRoom({ freeBytes: 256 * MIB, neededBytes: 0 }, SPARE_AT_ARM_BYTES)).toBeNull();
});

test("a disk that could not be looked at has no room that anybody knows of [SIG-4, SEE-14]", () => {
  for (const freeBytes of [null, Number.NaN, Number.POSITIVE_INFINITY])
    expect(noRoom({ freeBytes, neededBytes: 1 }, 0)).toEqual({ why: "unseen", missingBytes: 1 });
});

test("says what is to come, what is free and what is missing", () => {
  const room = { freeBytes: 5, neededBytes: 7 };
  expect(noRoomText(room, { why: "full", missingBytes: 2 })).toBe(
    "7 bytes are to come, 5 are free, 2 are missing",
  );
  expect(noRoomText({ ...room, freeBytes: null }, { why: "unseen", missingBytes: 7 })).toContain(
    "could not be seen",
  );
});
