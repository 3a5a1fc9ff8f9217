import { expect, test } from "vitest";
import { Shelf } from "#agent/fetch/shelf.ts";
import type { WholeNar } from "#agent/fetch/spool.ts";

const nar = (at: number, bytes = 1_000): WholeNar => ({
  part: `/spool/${at}.part`,
  name: `cache/nar/${at}.nar`,
  narinfo: { name: `${at}.narinfo`, text: "" },
  bytes,
});

test("every file is placed once, many at a time, and the last when it ends", async () => {
  const placed: number[] = [];
  let told = 0;
  const shelf = new Shelf({ place: async (files) => void placed.push(files.length) }, () => {
    told += 1;
  });
  for (let at = 0; at < 300; at += 1) await shelf.take(nar(at));
  expect(placed).toEqual([128, 128]);
  await shelf.end();
  expect(placed).toEqual([128, 128, 44]);
  expect(told, "the last needs no telling: what has come is looked at then").toBe(2);
});

test("large files wait for no others", async () => {
  const placed: number[] = [];
  const shelf = new Shelf({ place: async (files) => void placed.push(files.length) }, () => undefined);
  for (let at = 0; at < 4; at += 1) await shelf.take(nar(at, 50 * 1024 * 1024));
  await shelf.end();
  expect(placed).toEqual([2, 2, 0]);
});

test("a disk that fails is heard of", async () => {
  const shelf = new Shelf({ place: async () => Promise.reject(new Error("ENOSPC")) }, () => undefined);
  for (let at = 0; at < 128; at += 1) await shelf.take(nar(at));
  await expect(shelf.end()).rejects.toThrow("ENOSPC");
});
