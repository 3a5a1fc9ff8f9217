"use client";
import Link from "next/link";
import { useState } from "react";
import { HeadlineThenMark } from "#app/past/headline-then.tsx";
import { paths } from "#app/paths.ts";
import { Button } from "#app/ui/button.tsx";
import { StorePath } from "#app/ui/store-path.tsx";
import { useAbsolute, useWords } from "#app/viewer.tsx";
import type { ScannerThen } from "#server/past/view.ts";
import type { CompareQuery } from "./query.ts";
import { ScannerPicker } from "./scanner-picker.tsx";

type Props = { side: ScannerThen; query: CompareQuery; which: "a" | "b" };

/** One side: who, when, how it stood and what it ran. */
export function SideHead({ side, query, which }: Props) {
  const { t } = useWords();
  const [choosing, setChoosing] = useState(false);
  const time = useAbsolute(side.timeZone);
  const atMs = query[which]?.atMs ?? null;
  if (choosing) return <ScannerPicker query={query} side={which} />;
  return (
    <section className="side" aria-label={t(which === "a" ? "compare.left" : "compare.right")}>
      <h2>
        <Link href={atMs === null ? paths.scanner(side.scannerId) : paths.scannerAt(side.scannerId, atMs)}>
          <bdi>{side.serial}</bdi>
        </Link>{" "}
        {side.alias !== null && <bdi className="t2">{side.alias}</bdi>}
      </h2>
      <p className="t2">
        <bdi>{side.siteName}</bdi>, {atMs === null ? t("compare.now") : t("compare.at", { time: time(atMs) })}
      </p>
      <p className="row-wrap">
        <HeadlineThenMark headline={side.headline} />
      </p>
      <p>
        {side.running === null ? (
          <span className="cannot">{t("past.ranUnknown")}</span>
        ) : side.running.releaseName === null ? (
          <StorePath path={side.running.toplevel} copy={false} />
        ) : (
          <bdi className="mono">{side.running.releaseName}</bdi>
        )}
      </p>
      <Button
        look="small"
        onClick={() => setChoosing(true)}
        aria-label={t("compare.change", { serial: side.serial })}
      >
        {t("compare.change", { serial: side.serial })}
      </Button>
    </section>
  );
}
