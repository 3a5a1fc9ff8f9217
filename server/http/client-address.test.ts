import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { clientAddress } from "./client-address.ts";

const from = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
  }) as unknown as IncomingMessage;

test("a client that names another address keeps its own [B-02]", () => {
  expect(clientAddress(from("203.0.113.9", "10.0.0.1"), [])).toBe("203.0.113.9");
  expect(clientAddress(from("203.0.113.9", "10.0.0.1"), ["192.0.2.1"])).toBe("203.0.113.9");
});

test("behind a named proxy the nearest address it did not vouch for counts, whatever the client put before it", () => {
  expect(clientAddress(from("::ffff:192.0.2.1", "10.0.0.1, 203.0.113.9"), ["192.0.2.1"])).toBe("203.0.113.9");
  expect(clientAddress(from("192.0.2.1", "203.0.113.9, 192.0.2.2"), ["192.0.2.1", "192.0.2.2"])).toBe(
    "203.0.113.9",
  );
});

test("a proxy that names nobody is itself the client", () => {
  expect(clientAddress(from("192.0.2.1"), ["192.0.2.1"])).toBe("192.0.2.1");
});
