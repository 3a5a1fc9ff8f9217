import { describe, expect, test } from "vitest";
import { closurePathList } from "#core/closure/path-list.ts";
import { closurePathListSchema, closureUploadSchema, MAX_CLOSURE_PATHS } from "#core/closure/upload.ts";
import { hash, storePath } from "#tests/fixtures/made-closure.ts";

const top = storePath("nixos-system-1");
const library = storePath("zlib-1");
const info = (path: typeof top, references: (typeof top)[] = []) => ({
  path,
  narHash: hash(1),
  narSize: 1,
  references,
});

describe("a path list", () => {
  test("is sorted bytewise and refers by position, to itself too [SEE-2]", () => {
    const paths = [top, library].sort();
    const list = closurePathList(top, [info(top, paths.toReversed()), info(library)]);
    expect(list).toEqual({
      ok: true,
      paths: paths.map((path) => ({
        path,
        narHash: hash(1),
        narSize: 1,
        references: path === top ? [0, 1] : [],
      })),
    });
  });

  test.each([
    [
      "a reference that Nix did not name",
      [info(top, [library])],
      { kind: "incomplete", path: top, missing: library },
    ],
    ["a list without its toplevel", [info(library)], { kind: "no-toplevel", path: top }],
    ["a path twice", [info(top), info(top)], { kind: "twice", path: top }],
  ])("%s is refused: its digest would be that of another closure", (_what, infos, problem) => {
    expect(closurePathList(top, infos)).toEqual({ ok: false, problem });
  });

  test("one that is too long is refused and not cut", () => {
    const infos = Array.from({ length: MAX_CLOSURE_PATHS + 1 }, () => info(top));
    expect(closurePathList(top, infos)).toEqual({
      ok: false,
      problem: { kind: "too-many", count: infos.length },
    });
  });
});

describe("an upload", () => {
  const [one, other] = [top, library].sort() as [typeof top, typeof top];
  const entry = (path: string, references: number[] = []) => ({
    path,
    narHash: hash(1),
    narSize: 1,
    references,
  });
  const list = { toplevel: one, digest: hash(9), paths: [entry(one, [1]), entry(other)] };
  const upload = { protocol: 1, scannerId: "0198f3a0-0000-7000-8000-000000000001", ...list };
  const boot = { kernelParams: ["quiet"], kernel: `${one}/bzImage`, initrd: null, systemd: null };

  test("is the path list of fiducial-facts with protocol and scanner before it [SEE-2]", () => {
    expect(closurePathListSchema.parse({ ...list, boot })).toEqual({ ...list, boot });
    expect(closureUploadSchema.parse({ ...upload, boot: null })).toEqual({ ...upload, boot: null });
  });

  test.each([
    ["out of order", { paths: [entry(other), entry(one)] }, "paths.1.path"],
    ["a path twice", { paths: [entry(one), entry(one)] }, "paths.1.path"],
    ["a reference outside the list", { paths: [entry(one, [2]), entry(other)] }, "paths.0.references"],
    ["a toplevel that is not in it", { toplevel: storePath("other-1") }, "toplevel"],
    ["no path", { paths: [] }, "paths"],
    ["a path with dot segments", { paths: [entry("/nix/store/../x")] }, "paths.0.path"],
    ["a hash in another spelling", { digest: hash(9).toUpperCase().replace("9", "A") }, "digest"],
    ["a field nobody knows", { extra: 1 }, ""],
    ["a boot file with a space", { boot: { ...boot, kernel: "/a b" } }, "boot.kernel"],
  ])("with %s is refused", (_what, change, path) => {
    const parsed = closureUploadSchema.safeParse({ ...upload, ...change });
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues[0]?.path.join(".")).toBe(path);
  });
});
