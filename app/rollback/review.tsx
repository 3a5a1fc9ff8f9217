"use client";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { Tally } from "#app/change/check-list.tsx";
import type { Check } from "#app/change/checks.ts";
import { paths } from "#app/paths.ts";
import { refusalOf } from "#app/refusal.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { Preflight } from "#server/change/view.ts";
import type { ScannerPage } from "#server/scanner/view.ts";
import type { Ask } from "./ask.ts";

type Props = {
  scanner: ScannerPage;
  ask: Ask;
  preflight: Preflight;
  checks: readonly Check[];
  onBack: () => void;
};

/** Everything once more before it happens. The heading has the focus, so that no key that was held down starts anything. */
export function Review({ scanner, ask, preflight, checks, onBack }: Props) {
  const { t } = useWords();
  const trpc = useTRPC();
  const router = useRouter();
  const say = useSay(scanner.timeZone);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { scannerId, serial } = scanner;
  const { target, requestKey } = ask;
  const request = useMutation(
    trpc.change.request.mutationOptions({
      onSuccess: ({ changes: [made] }) => {
        if (made !== undefined) router.replace(paths.rollback(scannerId, made.changeId));
      },
    }),
  );
  const reason = reasonText(ask, t);
  const [against] = preflight.against;
  const why = against === undefined ? null : t("rollback.blocked", { why: say.blocked(against) });
  return (
    <section className="touch-review">
      <h2 ref={heading} tabIndex={-1}>
        {t("rollback.reviewTitle")}
      </h2>
      <ReviewFacts scanner={scanner} ask={ask} preflight={preflight} reason={reason} />
      <p className="strong">
        <Tally checks={checks} />
      </p>
      {request.error !== null && (
        <div className="error-box" role="alert">
          <ProblemText problem={refusalOf(request.error)} />
        </div>
      )}
      {request.isPending && <p role="status">{t("rollback.wait")}</p>}
      <div className="touch-acts">
        <Button
          look="ink"
          busy={request.isPending || request.isSuccess}
          disabledReason={why}
          onClick={() =>
            request.mutate({
              scannerIds: [scannerId],
              action: "rollback",
              release: target.release,
              reason,
              requestKey,
            })
          }
        >
          <bdi>{t("rollback.do", { serial, release: target.release })}</bdi>
        </Button>
        <Button onClick={onBack}>{t("rollback.back")}</Button>
      </div>
    </section>
  );
}

function reasonText({ why, words }: Ask, t: ReturnType<typeof useWords>["t"]): string {
  return why === null || why === "other" ? words.trim() : t(`rollback.why.${why}`);
}

type FactsProps = Pick<Props, "scanner" | "ask" | "preflight"> & { reason: string };

function ReviewFacts({ scanner, ask, preflight, reason }: FactsProps) {
  const { t } = useWords();
  const { serial, alias, siteName, room } = scanner;
  const runs = preflight.from?.releaseName ?? preflight.from?.toplevel ?? null;
  const rows = [
    { name: t("rollback.scanner"), value: alias === null ? serial : `${serial} ${alias}` },
    { name: t("rollback.place"), value: room === null ? siteName : `${siteName}, ${room}` },
    { name: t("rollback.runs"), value: runs ?? t("release.runsNothing") },
    { name: t("rollback.will"), value: ask.target.release },
    { name: t("rollback.reason"), value: reason },
  ];
  return (
    <dl className="touch-rows">
      {rows.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}
