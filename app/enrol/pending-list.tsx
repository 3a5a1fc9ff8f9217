"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { paths } from "#app/paths.ts";
import { refusalOf } from "#app/refusal.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { ReasonDialog } from "#app/ui/reason-dialog.tsx";
import { useSay } from "#app/ui/say.ts";
import { Time } from "#app/ui/time/time.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import type { PendingScanner } from "#server/enrolment/view.ts";

/** Machines that asked, with the fingerprint to compare; they appear by themselves. */
export function PendingList({ pending }: { pending: readonly PendingScanner[] }) {
  const { t } = useWords();
  const [approved, setApproved] = useState<{ scannerId: string; serial: string } | null>(null);
  return (
    <section aria-live="polite">
      <div className="sec">
        <h2>{t("enrol.step3")}</h2>
        {pending.length > 0 && <span className="r">{t("enrol.pending", { n: pending.length })}</span>}
      </div>
      {approved !== null && (
        <p className="approved">
          <bdi>{t("enrol.approved", approved)}</bdi>{" "}
          <Link className="link inline-link" href={paths.scanner(approved.scannerId)}>
            {t("enrol.open", approved)}
          </Link>
        </p>
      )}
      {pending.length === 0 && approved === null && <p className="t2">{t("enrol.waiting")}</p>}
      {pending.map((scanner) => (
        <Pending key={scanner.keyFingerprint} scanner={scanner} onApproved={setApproved} />
      ))}
    </section>
  );
}

type Props = { scanner: PendingScanner; onApproved: (scanner: PendingScanner) => void };

function Pending({ scanner, onApproved }: Props) {
  const { t } = useWords();
  const say = useSay();
  const { serial, hostname, siteName, keyFingerprint, hardwareFingerprint, identity, reason, replaces } =
    scanner;
  return (
    <article className="pending" aria-label={serial}>
      <p>
        <bdi className="strong">{serial}</bdi>{" "}
        <span className="t2">
          <bdi>{siteName}</bdi>, <bdi>{t("enrol.host", { host: hostname })}</bdi>,{" "}
          {say.word("identity", identity)}
        </span>{" "}
        <span className="t3">
          <Time ms={scanner.enrolledAtMs} />
        </span>
      </p>
      {reason !== null && <p className="t2">{say.conflict(reason)}</p>}
      {replaces !== null && (
        <p className="t2">
          <bdi>
            {t(replaces.retired ? "enrol.comesBack" : "enrol.replaces", { serial, host: replaces.hostname })}
          </bdi>
        </p>
      )}
      <dl className="dl">
        <dt>{t("enrol.key")}</dt>
        <dd>
          <span className="fingerprint">{keyFingerprint}</span>
          <p className="small-print">{t("enrol.keyHint")}</p>
        </dd>
        <dt>{t("enrol.hardware")}</dt>
        <dd className="mono t2" title={hardwareFingerprint}>
          {hardwareFingerprint.slice(0, 16)}…
        </dd>
      </dl>
      {identity === "pending" ? (
        <Decide scanner={scanner} onApproved={onApproved} />
      ) : (
        <Link className="btn" href={paths.scanner(scanner.scannerId)}>
          {t("enrol.open", { serial })}
        </Link>
      )}
    </article>
  );
}

function Decide({ scanner, onApproved }: Props) {
  const { t } = useWords();
  const trpc = useTRPC();
  const { may } = useMe();
  const queryClient = useQueryClient();
  const [compared, setCompared] = useState(false);
  const [refusing, setRefusing] = useState(false);
  const { scannerId, serial, keyFingerprint } = scanner;
  const done = () => queryClient.invalidateQueries();
  const approve = useMutation(
    trpc.enrolment.approve.mutationOptions({
      onSuccess: () => {
        onApproved(scanner);
        return done();
      },
    }),
  );
  const refuse = useMutation(trpc.enrolment.refuse.mutationOptions({ onSuccess: done }));
  if (!may["enrolment.approve"]) return null;
  return (
    <>
      <label className="check">
        <input type="checkbox" checked={compared} onChange={(event) => setCompared(event.target.checked)} />
        {t("enrol.compared")}
      </label>
      {approve.error !== null && <ProblemText problem={refusalOf(approve.error)} />}
      <div className="row-wrap">
        <div>
          <Button
            look="ink"
            disabledReason={compared ? null : t("enrol.notCompared")}
            busy={approve.isPending}
            onClick={() => approve.mutate({ scannerId, keyFingerprint })}
          >
            {t("enrol.approve", { serial })}
          </Button>
        </div>
        <Button onClick={() => setRefusing(true)}>{t("enrol.refuse", { serial })}</Button>
      </div>
      <ReasonDialog
        open={refusing}
        onOpenChange={setRefusing}
        title={t("enrol.refuseTitle", { serial })}
        body={t("enrol.refuseBody")}
        act={t("enrol.refuse", { serial })}
        problem={refuse.error}
        busy={refuse.isPending}
        onReason={(reason) => refuse.mutate({ scannerId, reason })}
      />
    </>
  );
}
