import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compareVersions, parsePackageName } from "#core/closure/package-name.ts";

test.each([
  ["apache-httpd-2.0.48", "apache-httpd", "2.0.48"],
  ["glibc-2.38-44-bin", "glibc", "2.38-44-bin"],
  ["linux-6.6.30", "linux", "6.6.30"],
  ["etc", "etc", ""],
  ["unit-sshd.service", "unit-sshd.service", ""],
  ["name-", "name-", ""],
  ["name--1", "name", "-1"],
  ["a-1-2", "a", "1-2"],
])("%s is the package %s of version %j, as builtins.parseDrvName says", (text, name, version) => {
  expect(parsePackageName(text)).toEqual({ name, version });
});

test.each([
  ["1.0", "2.3", -1],
  ["2.1", "2.3", -1],
  ["2.3", "2.3", 0],
  ["2.5", "2.3", 1],
  ["3.1", "2.3", 1],
  ["2.3.1", "2.3", 1],
  ["2.3.1", "2.3a", 1],
  ["2.3pre1", "2.3", -1],
  ["2.3pre3", "2.3pre12", -1],
  ["2.3a", "2.3c", -1],
  ["2.3pre1", "2.3c", -1],
  ["2.3pre1", "2.3q", -1],
  ["1.0", "1-0", 0],
  ["1.10", "1.9", 1],
  ["2147483648", "5", -1],
  ["", "pre", 1],
  ["", "1", -1],
  ["", "", 0],
])("version %j against %j is %i, as builtins.compareVersions says", (a, b, order) => {
  expect(compareVersions(a, b)).toBe(order);
  expect(compareVersions(b, a)).toBe(order === 0 ? 0 : -order);
});

test("nothing of a name is lost", async () => {
  await fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9+._?=-]{1,40}$/), (text) => {
      const { name, version } = parsePackageName(text);
      expect(version === "" ? name : `${name}-${version}`).toBe(text);
    }),
  );
});

test("swapping two versions turns the order round", async () => {
  const version = fc.stringMatching(/^[0-9a-c.-]{0,8}(pre|rc)?[0-9]{0,11}$/);
  await fc.assert(
    fc.property(version, version, (a, b) => {
      expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0);
      expect(compareVersions(a, a)).toBe(0);
    }),
  );
});
