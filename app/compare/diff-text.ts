"use client";
import { useSay } from "#app/ui/say.ts";
import { useAbsolute, useWords } from "#app/viewer.tsx";
import type { KindDiff } from "#core/compare/diff.ts";
import type { Compared } from "#server/compare/view.ts";
import type { ScannerThen } from "#server/past/view.ts";
import { pathText, useLeafText } from "./leaf-text.ts";

/** The comparison as plain text, for a ticket or a mail: everything that differs or cannot be compared, a line each. */
export function useDiffText(): (data: Compared, kinds: readonly KindDiff[]) => string {
  const { t } = useWords();
  const say = useSay();
  const time = useAbsolute();
  const leafText = useLeafText();
  const sideText = ({ serial, siteName, atMs, running }: ScannerThen) =>
    `${serial} (${siteName}), ${time(atMs)}, ${running?.releaseName ?? running?.toplevel ?? t("past.ranUnknown")}`;
  return ({ a, b }, kinds) => {
    const lines = kinds.flatMap((kind) =>
      [...kind.differ, ...kind.open].map(
        (line) =>
          `${say.word("fact", kind.kind)}: ${pathText(line.path)}\t${leafText(line.path, line.a)}\t${leafText(line.path, line.b)}`,
      ),
    );
    return [sideText(a), sideText(b), "", ...lines].join("\n");
  };
}
