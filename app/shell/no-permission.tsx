"use client";
import { Empty } from "#app/ui/banner.tsx";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import { PERMISSIONS, type ProcedureName } from "#core/access/permission.ts";
import { ROLES } from "#core/access/role.ts";
import { Header } from "./header.tsx";

/** Says which roles can, so that a reader knows whom to ask. */
export function NoPermission({ procedure }: { procedure: ProcedureName }) {
  const { t } = useWords();
  const say = useSay();
  const roles = ROLES.filter((role) => PERMISSIONS[procedure][role] === "scope").map((role) =>
    say.word("role", role),
  );
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
