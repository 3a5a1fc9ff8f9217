import { expect, test } from "vitest";
import { firstRequest } from "#tests/bench/wire.ts";

const beat = "POST /agent/v1/heartbeat HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody";

test("a request counts once it is whole, with its head", () => {
  expect(firstRequest(Buffer.from(beat.slice(0, 20)))).toBeNull();
  expect(firstRequest(Buffer.from(beat.slice(0, -1)))).toBeNull();
  expect(firstRequest(Buffer.from(`${beat}POST`))).toEqual({ endpoint: "heartbeat", bytes: beat.length });
});

test("what is no message of an agent is counted apart", () => {
  expect(firstRequest(Buffer.from("GET / HTTP/1.1\r\n\r\n"))).toEqual({ endpoint: "other", bytes: 18 });
});
