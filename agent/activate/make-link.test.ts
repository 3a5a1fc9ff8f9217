import { mkdtempSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { makeLink } from "#agent/activate/nix-store.ts";
import { syncFolder } from "#agent/link/durable.ts";

vi.mock(import("#agent/link/durable.ts"), async (original) => {
  const real = await original();
  return { ...real, syncFolder: vi.fn(real.syncFolder) };
});

test("a link is on the disk when it is told as made, which no power cut finds on a disk that keeps its order [I4, F2]", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fiducial-link-"));
  const path = join(folder, "roots/target");
  const seen: string[] = [];
  vi.mocked(syncFolder).mockImplementation(async (synced) => {
    seen.push(`${synced}: ${readlinkSync(path)}`);
  });
  try {
    await makeLink(path, "/nix/store/old");
    await makeLink(path, "/nix/store/new");
    expect(seen).toEqual([
      `${join(folder, "roots")}: /nix/store/old`,
      `${join(folder, "roots")}: /nix/store/new`,
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
