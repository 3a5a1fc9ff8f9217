"use client";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { Header } from "#app/shell/header.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import { ImportForm, type SheetKind } from "./import-form.tsx";

const KINDS = ["labels", "sites"] as const;

/** A sheet is looked at first and written only as shown. */
export function ImportView({ kind }: { kind: SheetKind }) {
  const { t } = useWords();
  const { may } = useMe();
  const offered = KINDS.filter((one) => one === "labels" || may["sheet.previewSites"]);
  return (
    <>
      <Header crumbs={[{ label: t("site.title"), href: paths.sites }, { label: t("sheet.title") }]} />
      <main id="content" tabIndex={-1} className="page">
        <div>
          <h1>{t("sheet.title")}</h1>
          <p className="intro">{t(kind === "labels" ? "sheet.labelsIntro" : "sheet.sitesIntro")}</p>
        </div>
        {offered.length > 1 && (
          <nav className="seg" aria-label={t("sheet.which")}>
            {offered.map((one) => (
              <Link key={one} href={paths.importSheet(one)} aria-current={one === kind ? "page" : undefined}>
                {t(one === "labels" ? "sheet.labels" : "sheet.sites")}
              </Link>
            ))}
          </nav>
        )}
        <ImportForm key={kind} kind={kind} />
      </main>
    </>
  );
}
