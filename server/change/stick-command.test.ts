import { expect, test } from "vitest";
import { stickCommand } from "./stick-command.ts";

const change = {
  ...{ releaseName: "2026.2", serial: "FM25-0137" },
  scannerId: "01936f3e-7a2b-7c3d-8e4f-5a6b7c8d9e0f",
};
const UNTIL_MS = Date.UTC(2026, 11, 4, 9, 12, 33, 999);

test("the line names release, scanner, server and the second until which it is good [OFF-1]", () => {
  expect(stickCommand({ origin: "https://fiducial.example.org" }, change, UNTIL_MS)).toBe(
    "fiducial bundle write /media/stick --release 2026.2 --scanner FM25-0137=01936f3e-7a2b-7c3d-8e4f-5a6b7c8d9e0f \\\n  --server https://fiducial.example.org --expires 2026-12-04T09:12:33Z",
  );
});

test("a server with an authority of its own is believed by its file", () => {
  const ownCa = { fileSha256: "0".repeat(64), fingerprint: "ab cd" };
  expect(stickCommand({ origin: "https://lan:3000", ownCa }, change, UNTIL_MS)).toContain(
    "--server https://lan:3000 --ca-file fiducial-ca.pem --expires",
  );
});
