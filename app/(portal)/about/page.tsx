import type { Metadata } from "next";
import { builtInParts } from "#app/built-in-parts.ts";
import { signedIn, visitor } from "#app/caller.ts";
import { paths } from "#app/paths.ts";
import { AboutView } from "#app/shell/about-view.tsx";

export const metadata: Metadata = { title: "About" };

export default async function AboutRoute() {
  await signedIn(paths.about);
  const { client } = await visitor();
  const [{ build }, parts] = await Promise.all([client.setup.status.query(), builtInParts()]);
  return <AboutView build={build} parts={parts} />;
}
