"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { type Nudged, useConnected, useNudges } from "#app/realtime.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { ChangeMark } from "#app/ui/change-mark.tsx";
import { useSay } from "#app/ui/say.ts";
import { distanceText } from "#app/ui/time/duration.ts";
import { useAbsolute, useClock, useWords } from "#app/viewer.tsx";
import { durationText } from "#core/time/duration.ts";
import type { ChangeRow, ChangeView } from "#server/change/view.ts";
import { CancelChange } from "./cancel-change.tsx";
import { ChangeSteps } from "./change-steps.tsx";
import { hearingOf } from "./heard.ts";
import { Outcome } from "./outcome.tsx";
import { Pardons } from "./pardons.tsx";

const ASK_AGAIN_MS = 3_000;

/** One change, asked again whenever its scanner is heard and every few seconds while it is under way. */
export function useChange(changeId: string) {
  const trpc = useTRPC();
  const connected = useConnected();
  const queryClient = useQueryClient();
  const options = trpc.change.get.queryOptions({ changeId });
  const query = useQuery({
    ...options,
    refetchInterval: ({ state }) => (connected && state.data?.endedAtMs === null ? ASK_AGAIN_MS : false),
  });
  const scannerId = query.data?.scannerId;
  const { queryKey } = trpc.change.get.queryOptions({ changeId });
  const key = JSON.stringify(queryKey);
  const hear = useCallback(
    (nudged: Nudged) => {
      if (nudged === "everything" || (scannerId !== undefined && nudged.includes(scannerId)))
        void queryClient.invalidateQueries({ queryKey: JSON.parse(key) });
    },
    [queryClient, key, scannerId],
  );
  useNudges(hear);
  return query;
}

/** The same on the page of a change and at the scanner: where it stands, what was seen, how it ended. */
export function ChangeLive({ change }: { change: ChangeView }) {
  return (
    <div className="change-live">
      <div className="change-now">
        {/* Said once per step; the running time beside it is no news. */}
        <div role="status">
          <Mark change={change} />
        </div>
        <div className="say">
          <Elapsed change={change} />
          <div role="status">
            <Standing change={change} />
          </div>
        </div>
      </div>
      <Outcome change={change} />
      <Pardons change={change} />
      <Asked change={change} />
      <ChangeSteps change={change} />
      {change.endedAtMs === null && <Heard change={change} />}
      {change.endedAtMs === null && <CancelChange change={change} />}
    </div>
  );
}

/** A word that was said before a silence is not where it stands: after it had begun that is not known. */
function Mark({ change }: { change: ChangeRow }) {
  const { t } = useWords();
  const say = useSay();
  const hearing = useClock((nowMs) => hearingOf(change, nowMs));
  const { state, percent } = change;
  if (hearing !== "unknown") return <ChangeMark state={state} percent={percent} size="big" />;
  return (
    <>
      <ChangeMark state="unknown" size="big" />{" "}
      <span className="t2">{t("change.lastWord", { state: say.word("change", state) })}</span>
    </>
  );
}

function Elapsed({ change }: { change: ChangeRow }) {
  const { t, locale } = useWords();
  const { requestedAtMs, endedAtMs } = change;
  const running = useClock((nowMs) => distanceText((endedAtMs ?? nowMs) - requestedAtMs, locale));
  return (
    <p className="elapsed" suppressHydrationWarning>
      {endedAtMs === null
        ? running
        : t("change.took", { duration: durationText(locale, endedAtMs - requestedAtMs) })}
    </p>
  );
}

/** What it waits for now, in words; nothing once it has ended. */
function Standing({ change }: { change: ChangeRow }) {
  const { t } = useWords();
  const say = useSay(change.timeZone);
  const absolute = useAbsolute(change.timeZone);
  const { state, stateReason, instruction, signerProblem, endedAtMs } = change;
  const { requestedAtMs, notBeforeMs, notAfterMs } = change;
  if (endedAtMs !== null) return null;
  if (state === "waiting")
    return (
      <p>
        {stateReason === null
          ? t("change.waitsUnsaid")
          : t("change.waits", { why: say.blocked(stateReason) })}
      </p>
    );
  if (state !== "offered") return null;
  const why = signerProblem === null ? t("result.whyUnsaid") : say.blocked(signerProblem);
  return (
    <>
      <p>
        {
          {
            unsigned: t("change.unsigned"),
            signed: t("change.signed"),
            withdrawn: t("change.withdrawn"),
            refused: t("change.signerRefused", { why }),
          }[instruction]
        }
      </p>
      <p className="t2" suppressHydrationWarning>
        {notBeforeMs > requestedAtMs && t("change.notBefore", { time: absolute(notBeforeMs) })}{" "}
        {t("change.until", { time: absolute(notAfterMs) })}
      </p>
    </>
  );
}

/** Who asked, when, why, and from what to what. */
function Asked({ change }: { change: ChangeRow }) {
  const { t } = useWords();
  const absolute = useAbsolute(change.timeZone);
  const { from, release, requestedBy, requestedAtMs, why } = change;
  return (
    <div className="change-asked">
      <p className="from-to">
        <bdi className="mono">
          {t("change.fromTo", { from: from?.releaseName ?? t("change.fromUnknown"), to: release.name })}
        </bdi>
      </p>
      <p className="t2" suppressHydrationWarning>
        <bdi>
          {t("change.asked", { time: absolute(requestedAtMs), who: requestedBy ?? t("change.somebody") })}
        </bdi>{" "}
        <bdi className="strong">“{why}”</bdi>
      </p>
    </div>
  );
}

/** When it was last heard, what that leaves unknown, and that it needs nobody watching. */
function Heard({ change }: { change: ChangeRow }) {
  const { t } = useWords();
  const absolute = useAbsolute(change.timeZone);
  const now = useClock((nowMs) => hearingOf(change, nowMs));
  const { lastHeardMs, notAfterMs, instruction } = change;
  // What was never signed has reached nobody, heard or not.
  const hearing = instruction === "signed" || now === "unknown" ? now : "heard";
  const time = lastHeardMs === null ? null : absolute(lastHeardMs);
  return (
    <p className="t2 heard" suppressHydrationWarning>
      {t("change.continues")}{" "}
      {time === null ? t("change.neverHeard") : hearing === "heard" && t("change.lastHeard", { time })}
      {time !== null && hearing !== "heard" && (
        <b className="strong">
          {hearing === "unknown"
            ? t("change.unknownSince", { time })
            : t("change.silent", { time, until: absolute(notAfterMs) })}
        </b>
      )}
    </p>
  );
}
