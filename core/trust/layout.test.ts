import { expect, test } from "vitest";
import { metadataName, repositoryFolder, targetName } from "#core/trust/layout.ts";

test("names are those of consistent snapshots: versioned metadata, hashes before target names [SIG-6]", () => {
  expect(metadataName("root", 3)).toBe("3.root.json");
  expect(metadataName("targets", 12)).toBe("12.targets.json");
  expect(metadataName("timestamp", 9)).toBe("timestamp.json");
  expect(targetName("releases/2026.1/release.json", "ab")).toBe("targets/releases/2026.1/ab.release.json");
});

test("one folder of releases, one of instructions per scanner", () => {
  expect(repositoryFolder("release", "s1")).toBe("release");
  expect(repositoryFolder("director", "s1")).toBe("director/s1");
});
