import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Part } from "./shell/about-view.tsx";

const own = z.object({ dependencies: z.record(z.string(), z.string()) });
const installed = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().default("not stated"),
});

/** Names, versions and licences as the installed packages state them; nothing is copied by hand, so nothing goes stale. */
export async function builtInParts(): Promise<Part[]> {
  const root = process.cwd();
  const { dependencies } = own.parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")));
  const parts = await Promise.all(
    Object.keys(dependencies).map(async (name): Promise<Part> => {
      const text = await readFile(join(root, "node_modules", name, "package.json"), "utf8");
      const { version, license } = installed.parse(JSON.parse(text));
      return { name, version, licence: license };
    }),
  );
  return parts.sort((a, b) => a.name.localeCompare(b.name, "en"));
}
