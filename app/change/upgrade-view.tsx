"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { paths } from "#app/paths.ts";
import { useConnected } from "#app/realtime.tsx";
import { sentence } from "#app/release/comparison.tsx";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { SelectField } from "#app/ui/field.tsx";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { Preflight } from "#server/change/view.ts";
import { Tally } from "./check-list.tsx";
import { checksOf } from "./checks.ts";
import type { readUpgradeQuery } from "./query.ts";
import { UpgradeForm } from "./upgrade-form.tsx";

type Asked = ReturnType<typeof readUpgradeQuery>;

const ASK_AGAIN_MS = 5_000;

/** Asking named scanners to go forward: one line of checks each, a reason, and a button that says what it does (ACT-7). */
export function UpgradeView({ asked }: { asked: Asked }) {
  const { t } = useWords();
  const { release, scannerIds } = asked;
  return (
    <>
      <Header
        crumbs={[{ label: t("changes.title"), href: paths.changes() }, { label: t("upgrade.crumb") }]}
      />
      <main id="content" tabIndex={-1} className="page">
        <div>
          <h1>
            <bdi>{release === null ? t("upgrade.titleNone") : t("upgrade.title", { release })}</bdi>
          </h1>
          <p className="intro">{t("upgrade.intro")}</p>
        </div>
        <ReleaseChoice asked={asked} />
        {scannerIds.length === 0 && <p className="t2">{t("upgrade.noScanner")}</p>}
        {release !== null && scannerIds.length > 0 && <Named release={release} asked={asked} />}
      </main>
    </>
  );
}

function ReleaseChoice({ asked }: { asked: Asked }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const router = useRouter();
  const list = useQuery(trpc.release.list.queryOptions());
  return (
    <DataState query={list} what={t("releases.what")} rows={1}>
      {({ rows }) => {
        const offered = rows.filter(({ withdrawn, name }) => withdrawn === null || name === asked.release);
        if (offered.length === 0) return <p className="t2">{t("upgrade.noRelease")}</p>;
        return (
          <div className="form">
            <SelectField
              label={t("upgrade.release")}
              value={asked.release ?? ""}
              onChange={({ target: { value } }) =>
                router.replace(paths.upgrade({ ...asked, release: value === "" ? null : value }))
              }
            >
              <option value="">{t("upgrade.chooseRelease")}</option>
              {offered.map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </SelectField>
          </div>
        );
      }}
    </DataState>
  );
}

function Named({ release, asked }: { release: string; asked: Asked }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const router = useRouter();
  const { scannerIds } = asked;
  const connected = useConnected();
  const query = useQuery(
    trpc.change.preflight.queryOptions(
      { scannerIds, action: "activate", release },
      // Who leaves one out, or looks at another release, keeps the reason that was written already.
      { refetchInterval: connected ? ASK_AGAIN_MS : false, placeholderData: (before) => before },
    ),
  );
  const leaveOut = (id: string) =>
    router.replace(paths.upgrade({ release, scannerIds: scannerIds.filter((one) => one !== id) }));
  return (
    <DataState query={query} what={t("upgrade.what")} rows={scannerIds.length + 1}>
      {(answer) => {
        const scanners = answer.scanners.filter(({ scannerId }) => scannerIds.includes(scannerId));
        return (
          <>
            <section>
              <div className="sec">
                <h2>{t("upgrade.scanners", { n: scanners.length })}</h2>
              </div>
              <ul className="preflights">
                {scanners.map((one) => (
                  <Line key={one.scannerId} preflight={one} onLeaveOut={() => leaveOut(one.scannerId)} />
                ))}
              </ul>
            </section>
            <UpgradeForm release={release} scanners={scanners} looking={query.isPlaceholderData} />
          </>
        );
      }}
    </DataState>
  );
}

/** One scanner: whether it can take it, what holds it up, what it does there. */
function Line({ preflight, onLeaveOut }: { preflight: Preflight; onLeaveOut: () => void }) {
  const { t } = useWords();
  const say = useSay();
  const { serial, alias, siteName, against, notes, effect, from } = preflight;
  const [why] = against;
  return (
    <li data-cannot={why !== undefined || undefined}>
      <p>
        <bdi className="strong">{serial}</bdi> {alias !== null && <bdi className="t2">{alias}</bdi>}{" "}
        <bdi className="t3">{siteName}</bdi>
      </p>
      <p className={why === undefined ? undefined : "strong"}>
        {why === undefined ? t("upgrade.can") : `${t("upgrade.cannot")}: ${say.blocked(why)}`}
      </p>
      <p className="t2">
        <Tally checks={checksOf(preflight, null)} />
      </p>
      {notes.map((note) => (
        <p className="t2" key={note.code}>
          {say.note(note)}
        </p>
      ))}
      {effect !== null && (
        <p className="t2">
          <bdi>
            {from?.releaseName != null && `${t("action.from", { release: from.releaseName })}: `}
            {sentence(effect.map(say.effect))}
          </bdi>
        </p>
      )}
      <Button look="small" onClick={onLeaveOut}>
        <bdi>{t("upgrade.leaveOut", { serial })}</bdi>
      </Button>
    </li>
  );
}
