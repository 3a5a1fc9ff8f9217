"use client";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { Empty } from "#app/ui/banner.tsx";
import { Button } from "#app/ui/button.tsx";
import { useWords } from "#app/viewer.tsx";

export function NotFoundPage() {
  const { t } = useWords();
  return (
    <main id="content" tabIndex={-1}>
      <Empty whole title={t("notFound.title")}>
        <p>{t("notFound.body")}</p>
        <Link className="btn" href={paths.fleet()}>
          {t("notFound.fleet")}
        </Link>
      </Empty>
    </main>
  );
}

export function FailedPage({ digest, retry }: { digest: string | undefined; retry: () => void }) {
  const { t } = useWords();
  return (
    <main id="content" tabIndex={-1}>
      <Empty whole title={t("state.failed")}>
        <p>{t("state.failedBody")}</p>
        {digest !== undefined && <p className="mono t3">{t("state.request", { id: digest })}</p>}
        <Button onClick={retry}>{t("state.retry")}</Button>
      </Empty>
    </main>
  );
}
