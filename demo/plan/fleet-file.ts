import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";

/**
 * What the data folder's fleet was made of. The plan's now is the moment of making: whoever continues the fleet later plans it with
 * the same words and gets the same scanners.
 */
export const fleetFileSchema = z.strictObject({
  format: z.literal("fiducial.example-fleet/1"),
  seed: z.string().min(1).max(64),
  scanners: z.int().min(5).max(10_000),
  nowMs: z.int().positive(),
});
export type FleetFile = z.infer<typeof fleetFileSchema>;

export function fleetFilePath(dataFolder: string): string {
  return join(dataFolder, "fleet.json");
}

/** Null: no fleet was made in this folder. Throws where the file is there and is not one. */
export async function readFleetFile(dataFolder: string): Promise<FleetFile | null> {
  try {
    return fleetFileSchema.parse(JSON.parse(await readFile(fleetFilePath(dataFolder), "utf8")));
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return null;
    throw new Error(`${fleetFilePath(dataFolder)} is damaged; npm run reset-demo makes the fleet anew.`, {
      cause: error,
    });
  }
}
