"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { refusalOf } from "#app/refusal.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { useSay } from "#app/ui/say.ts";
import { Time } from "#app/ui/time/time.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import type { TokenRow } from "#server/enrolment/view.ts";

/** What was handed out and what became of it. */
export function TokenTable({ tokens }: { tokens: readonly TokenRow[] }) {
  const { t } = useWords();
  const say = useSay();
  const trpc = useTRPC();
  const { may } = useMe();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    trpc.enrolment.revokeToken.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.enrolment.list.pathFilter()),
    }),
  );
  return (
    <section>
      <div className="sec">
        <h2>{t("enrol.tokens")}</h2>
      </div>
      {revoke.error !== null && <ProblemText problem={refusalOf(revoke.error)} />}
      {tokens.length === 0 ? (
        <p className="t2">{t("enrol.noTokens")}</p>
      ) : (
        <ul className="rows">
          {tokens.map((token) => (
            <li key={token.tokenId}>
              <span>
                <bdi>{token.siteName}</bdi>
                {token.serial !== null && (
                  <bdi className="t2"> {t("enrol.tokenFor", { serial: token.serial })}</bdi>
                )}
              </span>
              <span className="t2">
                {say.word("token", token.state)}
                {token.usedBySerial !== null && (
                  <bdi> {t("enrol.usedBy", { serial: token.usedBySerial })}</bdi>
                )}
              </span>
              <span className="t3">
                <Time ms={token.createdAtMs} />
              </span>
              <span className="end">
                {token.state === "open" && may["enrolment.revokeToken"] && (
                  <Button
                    look="small"
                    busy={revoke.isPending}
                    onClick={() => revoke.mutate({ tokenId: token.tokenId })}
                  >
                    {t("enrol.revoke")}
                  </Button>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
