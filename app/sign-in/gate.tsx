"use client";
import type { ReactNode } from "react";
import { RegistrationMark } from "#app/shell/registration-mark.tsx";
import { useWords } from "#app/viewer.tsx";

type Props = { title: ReactNode; intro?: ReactNode; children?: ReactNode };

/** A page for somebody without a session: the mark, one sheet, and what this portal is not. */
export function Gate({ title, intro, children }: Props) {
  const { t } = useWords();
  return (
    <div className="gate">
      <header>
        <span className="brand">
          <RegistrationMark />
          <span>Fiducial</span>
        </span>
      </header>
      <main id="content">
        <div className="sheet">
          <div>
            <h1>{title}</h1>
            {intro !== undefined && <p className="t2 intro">{intro}</p>}
          </div>
          {children}
        </div>
      </main>
      <footer>{t("about.notAlarm")}</footer>
    </div>
  );
}
