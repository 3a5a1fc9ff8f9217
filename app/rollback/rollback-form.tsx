"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CheckList } from "#app/change/check-list.tsx";
import { checksOf } from "#app/change/checks.ts";
import { useConnected } from "#app/realtime.tsx";
import { useUrlState } from "#app/scanner/url-state.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { Preflight, RollbackTarget } from "#server/change/view.ts";
import type { ScannerPage } from "#server/scanner/view.ts";
import { type Ask, missing, newRequestKey } from "./ask.ts";
import { Review } from "./review.tsx";
import { SafeToTouch } from "./safe-to-touch.tsx";
import { TargetChoice } from "./target-choice.tsx";
import { WhyChoice } from "./why-choice.tsx";

const ASK_AGAIN_MS = 5_000;

type Props = { scanner: ScannerPage; targets: readonly RollbackTarget[]; first: RollbackTarget };

/** Choose, say why, look at it once more, then do it; the review is a step in the browser's history, so Back goes back (ACT-4). */
export function RollbackForm({ scanner, targets, first }: Props) {
  const { t } = useWords();
  const trpc = useTRPC();
  const connected = useConnected();
  const url = useUrlState();
  const [ask, setAsk] = useState<Ask>({ target: first, why: null, words: "", requestKey: "" });
  const { target } = ask;
  const query = useQuery(
    trpc.change.preflight.queryOptions(
      { scannerIds: [scanner.scannerId], action: "rollback", release: target.release },
      { refetchInterval: connected ? ASK_AGAIN_MS : false },
    ),
  );
  const reviewing = url.get("step") === "review" && ask.requestKey !== "";
  const review = () => {
    setAsk({ ...ask, requestKey: newRequestKey() });
    url.go({ step: "review" });
  };
  return (
    <DataState query={query} what={t("check.title")} rows={6}>
      {({ scanners: [preflight] }) => {
        if (preflight === undefined) return null;
        const checks = checksOf(preflight, target);
        if (reviewing)
          return <Review {...{ scanner, ask, preflight, checks }} onBack={() => window.history.back()} />;
        return (
          <>
            <SafeToTouch scanner={scanner} />
            <TargetChoice
              targets={targets}
              chosen={target}
              zone={scanner.timeZone}
              onChoose={(chosen) => setAsk({ ...ask, target: chosen })}
            />
            <Effect preflight={preflight} />
            <CheckList checks={checks} preflight={preflight} zone={scanner.timeZone} />
            <WhyChoice
              why={ask.why}
              words={ask.words}
              onWhy={(why) => setAsk({ ...ask, why })}
              onWords={(words) => setAsk({ ...ask, words })}
            />
            <ReviewButton ask={ask} preflight={preflight} onReview={review} />
          </>
        );
      }}
    </DataState>
  );
}

function Effect({ preflight }: { preflight: Preflight }) {
  const { t } = useWords();
  const say = useSay();
  const { effect } = preflight;
  return (
    <section>
      <h2>{t("rollback.effect")}</h2>
      {effect === null ? (
        <p className="cannot">{t("rollback.effectUnknown")}</p>
      ) : (
        <p>
          <bdi>{effect.map(say.effect).join(", ")}</bdi>
        </p>
      )}
    </section>
  );
}

type ButtonProps = { ask: Ask; preflight: Preflight; onReview: () => void };

function ReviewButton({ ask, preflight, onReview }: ButtonProps) {
  const { t } = useWords();
  const say = useSay();
  const [against] = preflight.against;
  const open = missing(ask);
  const why =
    against !== undefined
      ? t("rollback.blocked", { why: say.blocked(against) })
      : open === null
        ? null
        : t(open === "why" ? "rollback.needWhy" : "rollback.needWords");
  return (
    <div className="touch-acts">
      <Button look="ink" disabledReason={why} onClick={onReview}>
        {t("rollback.review")}
      </Button>
    </div>
  );
}
