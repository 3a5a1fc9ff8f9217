"use client";
import { useSay } from "#app/ui/say.ts";
import { StorePath } from "#app/ui/store-path.tsx";
import { Time } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import { bytesText } from "#core/time/duration.ts";
import type { Closures5, NamedClosure, ScannerPage } from "#server/scanner/view.ts";
import { FactValue, Panel } from "./panel.tsx";

const OBSERVED = ["running", "booted", "profile", "nextBoot"] as const;

/** The five closures apart (SEE-1), and whether what is on disk is what was built (SEE-3). */
export function ClosuresPanel({ closures, scanner }: { closures: Closures5; scanner: ScannerPage }) {
  const { t, locale } = useWords();
  const { pinned, digests } = closures;
  const running = closures.running.closure;
  // On a host without NixOS all four are unknown for one reason, which is said once.
  const alike =
    running.state === "unknown" &&
    OBSERVED.every((which) => {
      const { closure } = closures[which];
      return closure.state === "unknown" && closure.reason.code === running.reason.code;
    });
  const digest = digests.find(
    ({ toplevel }) => running.state === "observed" && toplevel === running.value.path,
  );
  return (
    <Panel id="closures" title={<Title closures={closures} />}>
      {alike && <FactValue fact={running}>{() => null}</FactValue>}
      <dl className="closures">
        {!alike &&
          OBSERVED.map((which) => (
            <div key={which}>
              <dt>{t(`closures.${which}`)}</dt>
              <dd>
                <OneClosure named={closures[which]} zone={scanner.timeZone} />
              </dd>
            </div>
          ))}
        <div>
          <dt>{t("closures.pinned")}</dt>
          <dd>
            {pinned === null ? (
              <span className="t3">{t("closures.noPin")}</span>
            ) : (
              <>
                <bdi className="strong">{pinned.releaseName}</bdi>{" "}
                {pinned.toplevel === null ? (
                  <span className="t3">{t("closures.observedPin")}</span>
                ) : (
                  <StorePath path={pinned.toplevel} />
                )}
              </>
            )}
          </dd>
        </div>
        {digest !== undefined && (
          <div>
            <dt>{t("digest.title")}</dt>
            <dd>
              <span className="mono" title={digest.digest}>
                {digest.digest.slice(0, 16)}…
              </span>{" "}
              <span className="t3">
                {t("digest.paths", { n: digest.pathCount, size: bytesText(locale, digest.narSize) })}
              </span>
            </dd>
          </div>
        )}
      </dl>
      <Verification closures={closures} zone={scanner.timeZone} />
    </Panel>
  );
}

function Title({ closures }: { closures: Closures5 }) {
  const { t } = useWords();
  if (closures.running.closure.state === "unknown") return t("closures.unseen");
  const paths = OBSERVED.map((which) => closures[which].closure).map((one) =>
    one.state === "observed" ? one.value.path : null,
  );
  const different = new Set(paths.filter((path) => path !== null)).size;
  if (different === 1 && !paths.includes(null)) return t("closures.agree");
  return different > 1 ? t("closures.differ", { n: different }) : t("closures.what");
}

function OneClosure({ named, zone }: { named: NamedClosure; zone: string }) {
  const { t } = useWords();
  return (
    <FactValue fact={named.closure}>
      {({ path, generation, sinceMs }) => (
        <>
          <StorePath path={path} />
          <span className="t3">
            {named.releaseName !== null && <bdi>{named.releaseName}, </bdi>}
            {generation === null ? t("closures.noGeneration") : t("closures.generation", { n: generation })}
            {sinceMs !== null && (
              <>
                , <Time ms={sinceMs} zone={zone} />
              </>
            )}
          </span>
        </>
      )}
    </FactValue>
  );
}

/** What the last verification found, when, and of which closure: it says nothing of another one, nor of what happened since (SEE-3). */
function Verification({ closures, zone }: { closures: Closures5; zone: string }) {
  const { t } = useWords();
  const say = useSay();
  const { verification, running } = closures;
  if (verification === null) return null;
  if (verification.state === "unknown") {
    return (
      <p className="t3">
        {t("verify.title")}: {say.unknown(verification.reason)}
      </p>
    );
  }
  const { phase, checkedPaths: checked, totalPaths: total, bad, moreBad } = verification.value;
  const { toplevel, finishedAtMs } = verification.value;
  const isRunning = running.closure.state === "observed" && running.closure.value.path === toplevel;
  const wrong = bad.length + moreBad;
  const progress =
    phase === "paused" ? t("verify.paused", { checked, total }) : t("verify.running", { checked, total });
  return (
    <div className="verify">
      <h3 className="strong">{wrong > 0 ? t("verify.bad", { n: wrong }) : t("verify.title")}</h3>
      <p className="t2">
        {phase === "finished" ? wrong === 0 && t("verify.good", { total }) : progress}{" "}
        {finishedAtMs !== null && (
          <>
            {t("verify.finished")} <Time ms={finishedAtMs} zone={zone} />.
          </>
        )}
      </p>
      {!isRunning && (
        <p className="t3">
          {t("verify.other")} <StorePath path={toplevel} />
        </p>
      )}
      {bad.length > 0 && (
        <ul className="bad-paths">
          {bad.map(({ path, problem }) => (
            <li key={path}>
              <StorePath path={path} /> <b>{t(`path.${problem}`)}</b>
            </li>
          ))}
          {moreBad > 0 && <li className="t3">{t("list.more", { n: moreBad })}</li>}
        </ul>
      )}
    </div>
  );
}
