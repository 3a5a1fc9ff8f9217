"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { HeadlineMark } from "#app/ui/mark.tsx";
import { useWords } from "#app/viewer.tsx";
import type { ScannerPage, Siblings } from "#server/scanner/view.ts";
import { Panel } from "./panel.tsx";

/** EXP-3: is it this one, or all that run the same? Answered from the same model on the same system, as far as the reader may see. */
export function SiblingsPanel({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const query = useQuery(trpc.scanner.siblings.queryOptions({ scannerId: scanner.scannerId }));
  return (
    <DataState query={query} what={t("siblings.what")}>
      {(siblings) => <Shown siblings={siblings} scanner={scanner} />}
    </DataState>
  );
}

function Shown({ siblings, scanner }: { siblings: Siblings; scanner: ScannerPage }) {
  const { t } = useWords();
  const { model, releaseName, total, alikeTotal, alike, example, before } = siblings;
  const partner = alike[0] ?? example;
  return (
    <Panel id="siblings" title={titleOf(siblings, t)}>
      {total > 0 && (
        <p className="t2">
          <bdi>
            {t("siblings.who", {
              model: model ?? t("siblings.noModel"),
              release: releaseName ?? t("siblings.noRelease"),
            })}
          </bdi>{" "}
          {before !== null && <Before before={before} />}
        </p>
      )}
      {alikeTotal > 0 && <Alike siblings={siblings} scanner={scanner} />}
      {partner !== null && (
        <Link className="btn" href={beside(scanner.scannerId, partner.scannerId)}>
          <bdi>{t("siblings.compare", { serial: partner.serial })}</bdi>
        </Link>
      )}
    </Panel>
  );
}

const beside = (a: string, b: string) =>
  paths.compare({ scannerId: a, atMs: null }, { scannerId: b, atMs: null });

function titleOf({ total, alikeTotal, items }: Siblings, t: ReturnType<typeof useWords>["t"]): string {
  if (total === 0) return t("siblings.none");
  if (alikeTotal > 0) return t("siblings.alike", { n: alikeTotal, total });
  return items.length > 0 ? t("siblings.onlyHere", { total }) : t("siblings.quiet", { total });
}

function Before({
  before: { releaseName: release, total, alike },
}: {
  before: NonNullable<Siblings["before"]>;
}) {
  const { t } = useWords();
  return alike === 0
    ? t("siblings.beforeNone", { total, release })
    : t("siblings.before", { n: alike, total, release });
}

function Alike({
  siblings: { alike, alikeTotal, total },
  scanner,
}: {
  siblings: Siblings;
  scanner: ScannerPage;
}) {
  const { t } = useWords();
  const others = total - alikeTotal;
  return (
    <ul className="sib">
      {alike.map(({ scannerId, serial, alias, headline, siteName, shared: [first = "", ...more] }) => (
        <li key={scannerId}>
          <HeadlineMark headline={headline} size="small" />
          <Link className="name" href={paths.scanner(scannerId)}>
            <bdi>{serial}</bdi> {alias !== null && <bdi className="t3">{alias}</bdi>}
          </Link>
          <Link
            className="link cmp"
            href={beside(scanner.scannerId, scannerId)}
            aria-label={t("siblings.compare", { serial })}
          >
            {t("siblings.compareShort")}
          </Link>
          <span className="what">
            <bdi>{siteName}</bdi>,{" "}
            <bdi>{more.length === 0 ? first : t("siblings.shared", { item: first, n: more.length })}</bdi>
          </span>
        </li>
      ))}
      {alikeTotal > alike.length && (
        <li className="rest">{t("siblings.more", { n: alikeTotal - alike.length })}</li>
      )}
      {others > 0 && <li className="rest">{t("siblings.others", { n: others })}</li>}
    </ul>
  );
}
