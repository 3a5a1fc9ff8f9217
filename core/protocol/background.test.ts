import { expect, test } from "vitest";
import { BACKGROUND_HEADER } from "#core/protocol/background.ts";

/** A script may not set these (Fetch standard, "forbidden request-header"); the browser would drop them without a word. */
const WITHHELD = /^(sec-|proxy-)|^(connection|cookie|date|host|origin|referer|te|trailer|upgrade|via)$/i;

test("a page's script can send the header of a request nobody asked for, and the server finds it [B-11]", () => {
  expect(
    new Request("http://a/", { headers: { [BACKGROUND_HEADER]: "1" } }).headers.get(BACKGROUND_HEADER),
  ).toBe("1");
  expect(BACKGROUND_HEADER).not.toMatch(WITHHELD);
});
