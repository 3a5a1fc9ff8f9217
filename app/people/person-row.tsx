"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { refusalOf } from "#app/refusal.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { CopyField } from "#app/ui/copy.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Dialog } from "#app/ui/dialog.tsx";
import { ReasonDialog } from "#app/ui/reason-dialog.tsx";
import { useSay } from "#app/ui/say.ts";
import { Time } from "#app/ui/time/time.tsx";
import { useAbsolute, useMe, useWords } from "#app/viewer.tsx";
import type { Person } from "#server/person/view.ts";

export function PersonRow({ person }: { person: Person }) {
  const { t } = useWords();
  const say = useSay();
  const me = useMe();
  const absolute = useAbsolute();
  const { userId, name, email, memberships, deactivatedAtMs, lastSeenMs } = person;
  return (
    <tr className={deactivatedAtMs === null ? undefined : "holds"}>
      <th scope="row">
        <bdi className="strong">{name}</bdi>{" "}
        {userId === me.userId && <span className="t3">({t("people.you")}) </span>}
        <bdi className="t2">{email}</bdi>
      </th>
      <td data-label={t("people.roles")}>
        {memberships.map(({ role, scope }) => (
          <div key={`${role} ${scope.id}`}>
            {say.word("role", role)}, <bdi>{scope.name}</bdi>
          </div>
        ))}
      </td>
      <td data-label={t("people.seen")}>
        {deactivatedAtMs !== null ? (
          t("people.deactivated", { time: absolute(deactivatedAtMs) })
        ) : lastSeenMs === null ? (
          <span className="t3">{t("time.never")}</span>
        ) : (
          <Time ms={lastSeenMs} />
        )}
      </td>
      <td className="num">
        {deactivatedAtMs === null && userId !== me.userId && <PersonActs person={person} />}
      </td>
    </tr>
  );
}

function PersonActs({ person: { userId, name } }: { person: Person }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [leaving, setLeaving] = useState(false);
  const deactivate = useMutation(
    trpc.person.deactivate.mutationOptions({
      onSuccess: () => {
        setLeaving(false);
        return queryClient.invalidateQueries(trpc.person.list.queryFilter());
      },
    }),
  );
  const reset = useMutation(trpc.person.resetLink.mutationOptions());
  return (
    <>
      <span className="row-wrap inline-acts">
        <Button look="small" busy={reset.isPending} onClick={() => reset.mutate({ userId })}>
          {t("people.reset")}
        </Button>
        <Button look="small" onClick={() => setLeaving(true)}>
          {t("people.deactivate")}
        </Button>
      </span>
      {reset.error !== null && <ProblemText problem={refusalOf(reset.error)} />}
      <ReasonDialog
        open={leaving}
        onOpenChange={setLeaving}
        title={t("people.deactivateTitle", { name })}
        body={t("people.deactivateBody", { name })}
        act={t("people.deactivateDo", { name })}
        problem={deactivate.error}
        busy={deactivate.isPending}
        onReason={(reason) => deactivate.mutate({ userId, reason })}
      />
      <Dialog
        open={reset.data !== undefined}
        onOpenChange={(open) => !open && reset.reset()}
        title={<bdi>{t("people.resetTitle", { name })}</bdi>}
      >
        <p className="t2">{t("people.resetBody", { name })}</p>
        {reset.data !== undefined && <LinkField path={reset.data.link} label={t("people.reset")} />}
      </Dialog>
    </>
  );
}

/** The server gives a path; what people copy is the whole address they see this portal under. */
export function LinkField({ path, label }: { path: string; label: string }) {
  return <CopyField text={new URL(path, window.location.origin).href} label={label} />;
}
