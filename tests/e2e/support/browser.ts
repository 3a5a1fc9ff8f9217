import { existsSync } from "node:fs";

/** Path of a Chromium that runs here (stack: the package from npm needs nothing from the system). */
export async function chromiumPath(): Promise<string> {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && existsSync(named)) return named;
  if (process.platform === "linux" && process.arch === "x64") {
    const { default: chromium } = await import("@sparticuz/chromium");
    return chromium.executablePath();
  }
  for (const path of ["/usr/bin/chromium", "/usr/bin/google-chrome"]) if (existsSync(path)) return path;
  throw new Error("no Chromium found: set CHROMIUM_PATH to one");
}
