import type { Metadata } from "next";
import { signedIn } from "#app/caller.ts";
import { paths } from "#app/paths.ts";
import { SettingsView } from "#app/settings/settings-view.tsx";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsRoute() {
  await signedIn(paths.settings);
  return <SettingsView />;
}
