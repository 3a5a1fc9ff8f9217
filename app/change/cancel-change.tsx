"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useDone } from "#app/keeping/use-act.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ReasonDialog } from "#app/ui/reason-dialog.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import { isUpdating } from "#core/headline/change-budget.ts";
import type { ChangeRow } from "#server/change/view.ts";

/** Before it is armed it can be taken back; afterwards the button says why not (ACT-7). Nobody is offered what their role may not. */
export function CancelChange({ change }: { change: ChangeRow }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const { may } = useMe();
  const [open, setOpen] = useState(false);
  const cancel = useMutation(trpc.change.cancel.mutationOptions(useDone(() => setOpen(false))));
  const { changeId, serial, state, mayCancel, instruction } = change;
  if (!may["change.cancel"] || instruction === "withdrawn") return null;
  const why = mayCancel ? null : isUpdating(state) ? t("cancel.tooLate") : t("cancel.notYours");
  const act = t("cancel.do", { serial });
  return (
    <div>
      <Button disabledReason={why} onClick={() => setOpen(true)}>
        <bdi>{act}</bdi>
      </Button>
      <ReasonDialog
        open={open}
        onOpenChange={setOpen}
        title={act}
        body={t("cancel.body")}
        act={act}
        problem={cancel.error}
        busy={cancel.isPending}
        onReason={(reason) => cancel.mutate({ changeId, reason })}
      />
    </div>
  );
}
