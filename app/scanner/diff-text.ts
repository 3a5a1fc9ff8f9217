import type { Locale } from "#app/ui/words.ts";
import type { PackageVersion } from "#core/closure/package-change.ts";
import { bytesText } from "#core/time/duration.ts";

/** With its sign, for what a change adds: +42 MB, −1.2 MB, 0 B. */
export function deltaText(bytes: number, locale: Locale): string {
  if (bytes === 0) return bytesText(locale, 0);
  return `${bytes > 0 ? "+" : "−"}${bytesText(locale, Math.abs(bytes))}`;
}

/** Versions that stand side by side, oldest first; outputs are named only where there is more than the usual one. */
export function versionText(versions: readonly PackageVersion[]): string {
  return versions
    .map(({ version, outputs }) => {
      const named = outputs.filter((output) => output !== "out");
      return named.length === 0 ? version : `${version} (${named.join(", ")})`;
    })
    .join(", ");
}
