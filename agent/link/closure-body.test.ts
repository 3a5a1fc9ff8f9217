import { mkdirSync, mkdtempSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { closureBody } from "#agent/link/closure-body.ts";
import { closureUploadSchema } from "#core/closure/upload.ts";
import { STUB_SCANNER_ID } from "#tests/support/stub-server.ts";

const DIGEST = "a".repeat(64);
const path = `/nix/store/${"0".repeat(32)}-system`;
const list = {
  toplevel: path,
  digest: DIGEST,
  paths: [{ path, narHash: DIGEST, narSize: 1, references: [0] }],
  boot: null,
};
let runDir: string;
let file: string;
beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), "fiducial-closure-"));
  mkdirSync(join(runDir, "closures"));
  file = join(runDir, "closures", `${DIGEST}.json`);
});

test("the list that fiducial-facts left becomes the body the server's schema takes [SEE-2]", async () => {
  writeFileSync(file, `${JSON.stringify(list, null, 1).replace("{\n ", "{")}\n`);
  const made = await closureBody(runDir, STUB_SCANNER_ID, DIGEST);
  const parsed = closureUploadSchema.safeParse(JSON.parse(made.ok ? made.body.toString() : "{}"));
  expect(parsed.data).toEqual({ protocol: 1, scannerId: STUB_SCANNER_ID, ...list });
});

test("a name that is no digest never becomes a path (path traversal)", async () => {
  writeFileSync(join(runDir, "secret.json"), "{}");
  expect(await closureBody(runDir, STUB_SCANNER_ID, "../secret")).toEqual({
    ok: false,
    problem: "is not a digest",
  });
});

test("a list that is missing, empty or larger than the server takes is said to be", async () => {
  expect(await closureBody(runDir, STUB_SCANNER_ID, DIGEST)).toMatchObject({
    problem: "is not known on this machine",
  });
  writeFileSync(file, "");
  expect(await closureBody(runDir, STUB_SCANNER_ID, DIGEST)).toMatchObject({ problem: "is not a path list" });
  truncateSync(file, 5 * 1024 * 1024);
  expect(await closureBody(runDir, STUB_SCANNER_ID, DIGEST)).toMatchObject({ ok: false });
});
