"use client";
import { useSay } from "#app/ui/say.ts";
import { StorePath } from "#app/ui/store-path.tsx";
import { useAbsolute, useWords } from "#app/viewer.tsx";
import type { ChangeEvidence, ChangeView } from "#server/change/view.ts";
import { refusalKind } from "./refusal-kind.ts";

/** How it ended, only ever from what was observed: a report confirms, nothing else does (SEE-14). Null while it is under way. */
export function Outcome({ change }: { change: ChangeView }) {
  const { t } = useWords();
  const { state, evidence } = change;
  const why = useSay(change.timeZone);
  const reason = change.stateReason === null ? t("result.whyUnsaid") : why.blocked(change.stateReason);
  switch (state) {
    case "confirmed":
      return evidence === null ? null : <Confirmed change={change} evidence={evidence} />;
    case "staged":
      return change.endedAtMs === null ? null : <p className="result">{t("result.staged")}</p>;
    case "rolled-back":
      return (
        <div>
          <p className="result">
            <bdi>{t("result.rolledBack", { why: reason, release: change.release.name })}</bdi>
          </p>
          {evidence !== null && <Evidence change={change} evidence={evidence} />}
        </div>
      );
    case "rollback-failed":
      return (
        <p className="result loud" role="alert">
          {t("result.rollbackFailed")}
        </p>
      );
    case "refused":
      return <Refused change={change} />;
    case "cancelled":
    case "expired":
      return (
        <p className="result">{t(`result.${WHY_NOT_BEGUN[change.stateReason?.code ?? ""] ?? state}`)}</p>
      );
    default:
      return null;
  }
}

/**
 * `ended-unheard`: the server ended it by its time alone, and that nothing happened was not seen. `overtaken`: a person at the scanner
 * began another one.
 */
const WHY_NOT_BEGUN: Readonly<Record<string, "endedUnheard" | "overtaken">> = {
  "ended-unheard": "endedUnheard",
  overtaken: "overtaken",
};

/** Only what the report showed is said: after a switch without a reboot the system before is still the booted one. */
function Confirmed({ change, evidence }: { change: ChangeView; evidence: ChangeEvidence }) {
  const { t } = useWords();
  const time = useAbsolute(change.timeZone)(evidence.atMs);
  const booted = evidence.booted === change.toplevel;
  const healthy = evidence.safety === "ok";
  const what = healthy ? (booted ? "bootedHealthy" : "healthy") : booted ? "booted" : "running";
  return (
    <div>
      <p className="result" suppressHydrationWarning>
        {t("result.confirmed", { what: t(`result.seen.${what}`), time })}
      </p>
      {!booted && <p className="t2">{t("result.live")}</p>}
      {evidence.safety === "none" && <p className="t2">{t("result.noDaemon")}</p>}
      <Evidence change={change} evidence={evidence} />
    </div>
  );
}

/** Who refused: the scanner, or the signer before it. An attack is told by its name, what was seen, and what to do (update-systems.md §4.5). */
function Refused({ change }: { change: ChangeView }) {
  const { t } = useWords();
  const say = useSay(change.timeZone);
  const { stateReason } = change;
  if (stateReason === null) return <p className="result">{t("result.refusedPlain")}</p>;
  const { code } = stateReason;
  if (change.steps.at(-1)?.source === "server")
    return <p className="result">{t("result.signerRefused", { why: say.blocked(stateReason) })}</p>;
  const kind = refusalKind(code);
  if (kind === null)
    return <p className="result">{t("result.refused", { name: say.blocked(stateReason) })}</p>;
  return (
    <div className={kind === "attack" ? "refused attack" : "refused"}>
      <p className="result">{t("result.refused", { name: say.word("refusal-name", code) })}</p>
      <p>{say.word("refusal-told", code)}</p>
      <p>{say.word("refusal-kind", kind)}</p>
    </div>
  );
}

const SHOWN = ["running", "booted", "profile", "nextBoot"] as const;

function Evidence({ change, evidence }: { change: ChangeView; evidence: ChangeEvidence }) {
  const { t } = useWords();
  const say = useSay();
  return (
    <details className="fold" open>
      <summary>{t("evidence.title")}</summary>
      <dl className="closures">
        <div>
          <dt>{t("evidence.asked")}</dt>
          <dd>
            <StorePath path={change.toplevel} />
          </dd>
        </div>
        {SHOWN.map((which) => (
          <div key={which}>
            <dt>{t(`closures.${which}`)}</dt>
            <dd>
              <Seen path={evidence[which]} />
            </dd>
          </div>
        ))}
        <div>
          <dt>{say.word("axis", "safety")}</dt>
          <dd>{say.word("safety", evidence.safety)}</dd>
        </div>
      </dl>
    </details>
  );
}

function Seen({ path }: { path: string | null }) {
  const { t } = useWords();
  return path === null ? <span className="cannot">{t("evidence.notSaid")}</span> : <StorePath path={path} />;
}
