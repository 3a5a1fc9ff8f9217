import type { Preferences } from "./data.ts";

/** For a reader without a session: the browser's language decides between the two we speak, the system decides the theme. */
export function strangerPreferences(acceptLanguage: string | null): Preferences {
  const first = acceptLanguage?.split(",")[0]?.trim().toLowerCase() ?? "";
  return {
    locale: first.startsWith("de") ? "de" : "en",
    ...{ theme: "system", times: "viewer", timeZone: "UTC" },
    ...{ shortcuts: true, fleetColumns: null, density: "compact" },
  };
}
