"use client";
import { useWords } from "#app/viewer.tsx";
import type { AskKind } from "#core/ask/kinds.ts";
import { isStorePath, storePathParts } from "#core/closure/store-path.ts";

/** A value in words: an empty one says what its emptiness means for its kind. */
export function useValueText(): (kind: AskKind, value: string) => string {
  const { t } = useWords();
  return (kind, value) => {
    if (value !== "") return isStorePath(value) ? storePathParts(value).name : value;
    if (kind === "pci" || kind === "usb") return t("ask.noDriver");
    return kind === "provided" ? t("value.notReported") : t("ask.noVersion");
  };
}
