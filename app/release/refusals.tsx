"use client";
import { useQuery } from "@tanstack/react-query";
import { ShieldX } from "lucide-react";
import Link from "next/link";
import { refusalKind } from "#app/change/refusal-kind.ts";
import { paths } from "#app/paths.ts";
import { useConnected } from "#app/realtime.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useSay } from "#app/ui/say.ts";
import { Time } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import type { ReleaseRefusal } from "#server/release/view.ts";

const ASK_AGAIN_MS = 15_000;

/** Who refused it, and why: an attack by its name first, because it is about the release or its way and not about one scanner (SIG-2). */
export function Refusals({ name }: { name: string }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const connected = useConnected();
  const query = useQuery(
    trpc.release.refusals.queryOptions({ name }, { refetchInterval: connected ? ASK_AGAIN_MS : false }),
  );
  return (
    <section className="refusals">
      <div className="sec">
        <h2>{t("release.refusals")}</h2>
      </div>
      <DataState query={query} what={t("release.refusals.what")} rows={2}>
        {({ rows, more }) =>
          rows.length === 0 ? (
            <p className="t2">{t("release.refusals.none")}</p>
          ) : (
            <>
              <ul>
                {rows.map((row) => (
                  <Row key={row.changeId} row={row} />
                ))}
              </ul>
              {more && <p className="small-print">{t("release.refusals.more", { n: rows.length })}</p>}
            </>
          )
        }
      </DataState>
    </section>
  );
}

function Row({ row }: { row: ReleaseRefusal }) {
  const { t } = useWords();
  const say = useSay(row.timeZone);
  const { reason, serial, alias, siteName, changeId, atMs, timeZone } = row;
  const attack = reason !== null && refusalKind(reason.code) === "attack";
  return (
    <li>
      <span className="word" data-weight={attack ? "strong" : undefined}>
        {attack && <ShieldX aria-hidden />}
        {reason === null
          ? t("result.whyUnsaid")
          : attack
            ? t("release.refusals.attack", { name: say.word("refusal-name", reason.code) })
            : say.blocked(reason)}
      </span>{" "}
      <Link className="link inline-link" href={paths.change(changeId)}>
        <bdi>
          {serial}
          {alias !== null && ` ${alias}`}
        </bdi>
      </Link>
      , <bdi className="t2">{siteName}</bdi> <Time ms={atMs} zone={timeZone} />
    </li>
  );
}
