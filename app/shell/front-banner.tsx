"use client";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { useMe, useWords } from "#app/viewer.tsx";

/** What this installation is, over every page, where it is not simply the portal somebody works with. */
export function FrontBanner({ text }: { text: string | null }) {
  const { t } = useWords();
  const me = useMe();
  if (text === null) return null;
  return (
    <aside className="banner front-banner" data-tone="quiet" aria-label={t("front.banner")}>
      <span>{text}</span>
      {me.may["enrolment.list"] && (
        <Link className="link inline-link" href={paths.enrol}>
          {t("front.enrol")}
        </Link>
      )}
    </aside>
  );
}
