import { resolve } from "node:path";
import { expect, test } from "vitest";
import { destinationOf } from "./destination.ts";

test.each(["https://fiducial.example.org", "http://127.0.0.1:3000", "HTTPS://x"])(
  "%s is a server",
  (address) => {
    expect(destinationOf(address)).toEqual({ kind: "server", address });
  },
);

test.each(["/media/stick", "stick", "./127.0.0.1:3000", "../a.b", "~stick/x.y", ".hidden"])(
  "%s is a folder",
  (folder) => {
    expect(destinationOf(folder)).toEqual({ kind: "folder", folder: resolve(folder) });
  },
);

test.each([
  "127.0.0.1:3000",
  "localhost:3000",
  "[::1]:3000",
  "fiducial.example.org",
  "fiducial.example.org/x",
])("%s is an address that lacks its scheme, and no folder is made of it", (text) => {
  expect(() => destinationOf(text)).toThrow(`write https://${text}`);
});

test.each(["ftp://x", "file:///media/stick"])("%s is neither", (text) => {
  expect(() => destinationOf(text)).toThrow("begins with https://");
});
