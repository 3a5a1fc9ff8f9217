"use client";
import { Empty } from "#app/ui/banner.tsx";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import { type ProcedureName, rolesThatMay } from "#core/access/permission.ts";
import { Header } from "./header.tsx";

type Props = {
  procedure: ProcedureName;
  /** What of it the page is for, where not every role that may call it may do that (core/access/permission.ts). */
  field?: string;
};

/** Says which roles can, so that a reader knows whom to ask. */
export function NoPermission({ procedure, field }: Props) {
  const { t } = useWords();
  const say = useSay();
  const roles = rolesThatMay(procedure, field ?? null).map((role) => say.word("role", role));
  return (
    <>
      <Header crumbs={[{ label: t("state.noPermission") }]} />
      <main id="content" tabIndex={-1}>
        <Empty whole title={t("state.noPermission")}>
          <p>{t("state.noPermissionBody", { roles: roles.join(", ") })}</p>
        </Empty>
      </main>
    </>
  );
}
