"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { ChangeLive, useChange } from "#app/change/change-live.tsx";
import { paths } from "#app/paths.ts";
import { useConnected } from "#app/realtime.tsx";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useWords } from "#app/viewer.tsx";
import type { ScannerId } from "#core/identity/identity.ts";
import type { ScannerPage } from "#server/scanner/view.ts";
import { preselected } from "./ask.ts";
import { RollbackForm } from "./rollback-form.tsx";
import { SafeToTouch } from "./safe-to-touch.tsx";
import { TargetChoice } from "./target-choice.tsx";

const ASK_AGAIN_MS = 5_000;

/** What a page for a phone in a gloved hand needs, and nothing else: one scanner, one way back. */
export function RollbackView({ scannerId }: { scannerId: ScannerId }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const connected = useConnected();
  const query = useQuery(
    trpc.scanner.get.queryOptions({ scannerId }, { refetchInterval: connected ? ASK_AGAIN_MS : false }),
  );
  const { data } = query;
  return (
    <>
      <Header
        crumbs={[
          { label: t("fleet.title"), href: paths.fleet() },
          { label: data?.serial ?? "…", href: paths.scanner(scannerId) },
          { label: t("rollback.crumb") },
        ]}
        {...(data === undefined ? {} : { asOfMs: data.nowMs, zone: data.timeZone })}
      />
      <main id="content" tabIndex={-1} className="page touch">
        <DataState query={query} what={t("scanner.what")} rows={10}>
          {(scanner) => <Loaded scanner={scanner} />}
        </DataState>
      </main>
    </>
  );
}

function Loaded({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const { scannerId, serial, alias, siteName } = scanner;
  const watched = useSearchParams().get("change");
  const open = useQuery(
    trpc.change.list.queryOptions({ scannerId, open: true, limit: 1 }, { enabled: watched === null }),
  );
  const changeId = watched ?? open.data?.rows[0]?.changeId ?? null;
  return (
    <>
      <div>
        <h1>
          <bdi>{t(watched === null ? "rollback.title" : "rollback.watching", { serial })}</bdi>
        </h1>
        <p className="t2">
          <bdi>{alias === null ? siteName : `${alias}, ${siteName}`}</bdi>
        </p>
      </div>
      {changeId !== null ? (
        <Watch changeId={changeId} scanner={scanner} already={watched === null} />
      ) : (
        <DataState query={open} what={t("changes.what")}>
          {() => <Choose scanner={scanner} />}
        </DataState>
      )}
    </>
  );
}

type WatchProps = { changeId: string; scanner: ScannerPage; already: boolean };

function Watch({ changeId, scanner, already }: WatchProps) {
  const { t } = useWords();
  const { scannerId, serial } = scanner;
  const query = useChange(changeId);
  return (
    <>
      {already && <p className="strong">{t("rollback.already")}</p>}
      <DataState query={query} what={t("change.what")} rows={8}>
        {(change) => <ChangeLive change={change} />}
      </DataState>
      <Link className="btn" href={paths.scanner(scannerId)}>
        <bdi>{t("rollback.toScanner", { serial })}</bdi>
      </Link>
    </>
  );
}

/** None of them can be chosen; they are shown for the reasons why. */
const ignore = () => undefined;

function Choose({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const { scannerId } = scanner;
  const query = useQuery(trpc.change.rollbackTargets.queryOptions({ scannerId }));
  return (
    <DataState query={query} what={t("rollback.what")}>
      {(targets) => {
        const first = preselected(targets);
        if (first !== null) return <RollbackForm scanner={scanner} targets={targets} first={first} />;
        return (
          <>
            <SafeToTouch scanner={scanner} />
            <section>
              <h2>{t("rollback.nothing")}</h2>
              <p>{t(targets.length === 0 ? "rollback.nothingBody" : "rollback.nonePossible")}</p>
            </section>
            {targets.length > 0 && (
              <TargetChoice targets={targets} chosen={null} zone={scanner.timeZone} onChoose={ignore} />
            )}
          </>
        );
      }}
    </DataState>
  );
}
