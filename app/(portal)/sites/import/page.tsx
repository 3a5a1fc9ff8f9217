import type { Metadata } from "next";
import { signedIn } from "#app/caller.ts";
import { paths } from "#app/paths.ts";
import { ImportView } from "#app/sheet/import-view.tsx";
import { NoPermission } from "#app/shell/no-permission.tsx";

export const metadata: Metadata = { title: "Import" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function ImportRoute({ searchParams }: Props) {
  const asked = (await searchParams).what === "sites" ? "sites" : "labels";
  const me = await signedIn(paths.importSheet(asked));
  if (!me.may["sheet.previewLabels"]) return <NoPermission procedure="sheet.previewLabels" />;
  return <ImportView kind={me.may["sheet.previewSites"] ? asked : "labels"} />;
}
